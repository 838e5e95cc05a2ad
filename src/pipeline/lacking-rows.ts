import type { Warning } from '../model/snapshot.ts';

/** What keeps rows from being in an answer though their sockets are there. */
export const lackingRows: ReadonlySet<Warning['code']> = new Set([
  ...(['forbidden', 'unreadable', 'empty', 'malformed', 'cut', 'host-failed'] as const),
]);
