import type { Stages } from '../../../flow/stages.ts';
import type { Warning } from '../../../model/report/snapshot.ts';
import type { OwnersAtOnce, WalkDepth } from '../owners/socket-descriptors.ts';
import type { WantedSockets } from '../owners/wanted-sockets.ts';
import type { DescriptorLinks } from './descriptor-links.ts';

/** What is known of a table before it is read. */
export interface TableHints {
  /** It has enough rows for reading ahead to pay off. */
  readonly isBig?: boolean;
  /** The longest line, in bytes; absent: lines may have any length. */
  readonly longestLine?: number | undefined;
}

/** An open table; bytes come as the kernel returns them. */
export interface TableFile {
  /** Reads into `buffer` from `offset` to its end at most. Returns the bytes read; 0 at the end. */
  read(buffer: Uint8Array, offset: number): number;
  close(): void;
}

/**
 * Sends a request to the kernel. Returns the answer: bytes made of whole messages. `isBig`: it is read
 * ahead, since half of the time is spent in the kernel.
 * @throws an error with a `code` if there is no such socket, or it rejects the request
 */
export type SockDiag = (request: Uint8Array, isBig: boolean) => TableFile;

/**
 * Asks the kernel which sockets the processes in a /proc hold; null if it does not answer. `wanted`: these sockets (a
 * few others may be included); null: all. It costs as much as looking at a few hundred descriptors, and a few thousand
 * with a kernel that does not relocate programs itself (before 5.17); `onlyFitting`: such a kernel is not asked.
 */
export type AskOwnersAtOnce = (
  depth: WalkDepth,
  wanted: WantedSockets | null,
  onlyFitting: boolean,
) => Promise<OwnersAtOnce | null>;

/** A process (`self`: this one) or one of its threads: the path of its directory. */
export type Task = number | 'self' | `${number}/task/${number}`;

/**
 * A /proc, the system's own or another. Paths are relative to its root. Methods throw errors with the `code` of the
 * failed system call: ENOENT, EACCES, ESRCH …
 */
export interface Proc {
  readonly root: string;
  /** Byte order of the machine that wrote the tables: addresses are printed as host-order words. */
  readonly littleEndian: boolean;
  /** Why the byte order may be wrong, if that would change addresses; null: it is certain. */
  readonly orderDoubt: string | null;
  /** False for a capture: threads cannot look at its processes. */
  readonly isLive: boolean;
  /** Its network namespace is that of this process. */
  readonly isOwn: boolean;
  /**
   * It is another machine's, and this object holds all that is known: nothing may be looked up below `root`, which is
   * only a name for messages.
   */
  readonly isElsewhere?: true;
  /** Why it lacks what only the kernel's own answers contain; absent: see `isOwn` and `sockDiag`. */
  readonly whyUnavailable?: string;
  /** Not the own network namespace, but settings (`sys/net/`) are still read in it. */
  readonly entersNet?: boolean;
  /** Warnings to add to any answer. */
  readonly warnings: readonly Warning[];
  /** Whether Linux itself fills this table, so that Linux's guarantees on row order, reads and counts hold. */
  isKernels(path: string): boolean;
  /** Whether there is a directory of tables at all. */
  hasNet(): boolean;
  /** As in PlatformHost. */
  readonly pause?: (() => Promise<void>) | undefined;
  /** As in PlatformHost. */
  readonly onManyRows?: ((rows: number) => void) | undefined;
  /** As in PlatformHost. */
  readonly ownsThread?: boolean | undefined;
  /** As in PlatformHost. */
  readonly compilesForOthers?: boolean | undefined;
  /**
   * Returns how to ask the kernel for the sockets of a table; null: read the file. `pays`: the answer contains more
   * than the file, or comes sooner. Absent if this /proc is not of the own network.
   */
  readonly sockDiag?: ((path: string, pays: boolean) => SockDiag | null) | undefined;
  /** Returns the name of an interface of this network; null: not known. Absent: no names are known. */
  readonly deviceName?: ((index: number) => string | null) | undefined;
  /** Returns how to ask the kernel what all processes hold; null or absent: it cannot be asked. */
  readonly ownersAtOnce?: (() => AskOwnersAtOnce | null) | undefined;
  /** As in PlatformHost. */
  readonly stages?: Stages | undefined;
  openTable(path: string, hints?: TableHints): TableFile;
  /** Reads a file; `most`: only its beginning, at most this many bytes. */
  readFile(path: string, most?: number): Buffer;
  /**
   * Returns the process IDs, ascending.
   * @throws NetstatError if they cannot be listed
   */
  processIds(): number[];
  /** Returns the number of descriptors of a process; null if they would have to be listed. */
  descriptorCount(of: Task): number | null;
  /** Returns the names in /proc/PID/fd. */
  descriptors(of: Task): readonly string[];
  /** Returns the threads of a process; none if it has only one. */
  threadIds(pid: number): readonly number[];
  /** Whether it shows only some processes: the kernel's /proc (hidepid), or a copy that has none; `pids` as listed. */
  hidesProcesses(pids: readonly number[]): boolean;
  /** Returns the target of a process's link: `exe`, `fd/3`. Never follows it. */
  readLink(of: Task, name: string): string;
  /**
   * Whether a file exists as seen by a process, to find out whether its executable was replaced. Absent if the
   * process's own root directory can be looked at.
   */
  isThere?(of: Task, path: string): boolean;
  /** Returns a faster way to read the links of `count` descriptors; null or absent: none that pays. */
  openLinks?(of: Task, count: number): DescriptorLinks | null;
}

/** The root for texts beside which another machine is named: as that machine itself would name it. */
export function rootThere({ root, isElsewhere }: Pick<Proc, 'root' | 'isElsewhere'>): string {
  return isElsewhere ? '/proc' : root;
}

/** Returns the system call's error code (`ENOENT`), or an empty string for any other error. */
export function errnoOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

/** Whether a file or process does not exist (any more). */
export function isGone(code: string): boolean {
  return code === 'ENOENT' || code === 'ESRCH' || code === 'ENOTDIR';
}

/** Whether access was denied. */
export function isForbidden(code: string): boolean {
  return code === 'EACCES' || code === 'EPERM';
}
