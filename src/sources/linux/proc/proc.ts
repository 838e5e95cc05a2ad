import type { Warning } from '../../../model/snapshot.ts';
import type { Stages } from '../../../model/stages.ts';
import type { HeldSockets, WalkDepth } from '../owners/socket-descriptors.ts';
import type { DescriptorLinks } from './descriptor-links.ts';

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
 * Sends a request to the kernel: its answer, as bytes that are whole messages. `isBig`: it is worth a
 * thread that reads it ahead, since half of the time passes in the kernel.
 * @throws an error with a `code` where there is no such socket, or it takes no request
 */
export type SockDiag = (request: Uint8Array, isBig: boolean) => TableFile;

/**
 * What all processes hold that a /proc shows, as the kernel itself tells it at once; null where it does not.
 * `wanted`: these sockets, and some others; null: all. It costs as much as looking at some hundred descriptors, and
 * with a kernel older than 5.17 at some thousand; `areFew`: then it is not asked.
 */
export type AskHeld = (
  depth: WalkDepth,
  wanted: ReadonlySet<number> | null,
  areFew: boolean,
) => Promise<HeldSockets | null>;

/** A process (`self`: this one), or one thread of it: where its folder is. */
export type Task = number | 'self' | `${number}/task/${number}`;

/**
 * A /proc, the system's own or another. Paths are relative to its root. What cannot be had throws
 * an error with a `code` as the system calls give it: ENOENT, EACCES, ESRCH …
 */
export interface Proc {
  readonly root: string;
  /** Byte order of the machine that wrote the tables: addresses are printed as host-order words. */
  readonly littleEndian: boolean;
  /** Why the byte order may be another, where that would change addresses; null: it is known. */
  readonly orderDoubt: string | null;
  /** False for a capture, whose processes threads cannot look into. */
  readonly isLive: boolean;
  /** Its network is the one that this process lives in. */
  readonly isOwn: boolean;
  /**
   * It is another machine's, of which this object holds all that is known: nothing is to be looked up below
   * `root`, which is a name for messages.
   */
  readonly isElsewhere?: true;
  /** Why it does not tell what only the kernel's own answers tell; left out: see `isOwn`. */
  readonly whyUntold?: string;
  /** It is not the own network, and settings (`sys/net/`) are read in there all the same. */
  readonly entersNet?: boolean;
  /** What is to be told beside any answer. */
  readonly warnings: readonly Warning[];
  /**
   * Whether Linux itself fills this table, so that what Linux promises of the order of its rows, of its
   * reads and of its counts holds.
   */
  isKernels(path: string): boolean;
  /** Whether there is a folder of tables at all. */
  hasNet(): boolean;
  /** As PlatformHost has it. */
  readonly pause?: (() => Promise<void>) | undefined;
  /** As PlatformHost has it. */
  readonly onManyRows?: ((rows: number) => void) | undefined;
  /**
   * The way to ask the kernel itself for the sockets of a table; null where the file is to be read.
   * `pays`: what is asked for stands in no file, or comes sooner so. Left out where this /proc is not
   * that of the own network.
   */
  readonly sockDiag?: ((path: string, pays: boolean) => SockDiag | null) | undefined;
  /** The name of an interface of this network by its number; null: it is not told. Left out: nothing tells any. */
  readonly deviceName?: ((index: number) => string | null) | undefined;
  /** The way to ask the kernel what all processes hold; null, or left out: there is none. */
  readonly heldSockets?: (() => AskHeld | null) | undefined;
  /** As PlatformHost has it. */
  readonly stages?: Stages | undefined;
  openTable(path: string, hints?: TableHints): TableFile;
  /** The bytes of a file; `most`: its beginning is enough, at most so many of them. */
  readFile(path: string, most?: number): Buffer;
  /**
   * Process IDs, ascending.
   * @throws NetstatError where they cannot be listed
   */
  processIds(): number[];
  /** How many descriptors a process has; null where that cannot be told without listing them. */
  descriptorCount(of: Task): number | null;
  /** The names in /proc/PID/fd. */
  descriptors(of: Task): readonly string[];
  /** The threads of a process; none where it has but one. */
  threadIds(pid: number): readonly number[];
  /** Whether this is the kernel's /proc and shows some processes only (hidepid); `pids` as listed. */
  hidesProcesses(pids: readonly number[]): boolean;
  /** Where a link of a process leads: `exe`, `fd/3`. Never follows it. */
  readLink(of: Task, name: string): string;
  /**
   * Whether a file is there as a process sees its files: whether what it was started from was replaced. Left out
   * where the process's own root folder can be looked at.
   */
  isThere?(of: Task, path: string): boolean;
  /** A faster way to read the links of so many descriptors; null, or left out: there is none that pays. */
  openLinks?(of: Task, count: number): DescriptorLinks | null;
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
