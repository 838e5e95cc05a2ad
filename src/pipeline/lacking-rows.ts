import type { Warning } from '../model/report/snapshot.ts';

/** Warnings that mean that rows are missing although their sockets may exist. */
export const lackingRows: ReadonlySet<Warning['code']> = new Set([
  ...(['forbidden', 'unreadable', 'empty', 'malformed', 'cut', 'host-failed'] as const),
]);
