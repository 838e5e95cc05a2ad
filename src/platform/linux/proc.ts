/** What is known of a table before it is read. */
export interface TableHints {
  /** It has so many rows that it is worth reading ahead. */
  readonly isBig?: boolean;
  /** No line of it is longer, in bytes; unless told, lines may have any length. */
  readonly longestLine?: number | undefined;
}

/** An open table: bytes come as the kernel hands them out. */
export interface TableFile {
  /** Reads at most the rest of `buffer` from `offset` on. Returns the bytes read; 0 at the end. */
  read(buffer: Uint8Array, offset: number): number;
  close(): void;
}

/**
 * A /proc, the system's own or another. Paths are relative to its root. What cannot be had throws
 * an error with a `code` as the system calls give it: ENOENT, EACCES, ESRCH …
 */
export interface Proc {
  readonly root: string;
  /** Byte order of the machine that wrote the tables: addresses are printed as host-order words. */
  readonly littleEndian: boolean;
  /** False for a capture: its tables need not be in the kernel's order, and threads cannot share it. */
  readonly isLive: boolean;
  /** As PlatformHost has it. */
  readonly pause?: (() => Promise<void>) | undefined;
  openTable(path: string, hints?: TableHints): TableFile;
  readFile(path: string): Buffer;
  /** Process IDs, ascending. */
  processIds(): number[];
  /** How many descriptors a process has; null where that cannot be told without listing them. */
  descriptorCount(pid: number): number | null;
  /** The names in /proc/PID/fd. */
  descriptors(pid: number): readonly string[];
  /** Where a link of a process leads: `exe`, `fd/3`, `ns/pid`. Never follows it. */
  readLink(pid: number | 'self', name: string): string;
}

/** The system call's error code (`ENOENT`), or an empty string for any other error. */
export function errnoOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

/** True when a file or process is not there (any more). */
export function isGone(code: string): boolean {
  return code === 'ENOENT' || code === 'ESRCH' || code === 'ENOTDIR';
}

/** True when it is there and we may not look. */
export function isForbidden(code: string): boolean {
  return code === 'EACCES' || code === 'EPERM';
}
