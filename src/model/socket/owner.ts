import type { Writable } from '../writable.ts';
/** An ancestor of a process. */
export interface ParentProcess {
  readonly pid: number;
  /** The kernel's name for it, at most 15 bytes; null if it is hidden. */
  readonly name: string | null;
}

/** Further facts about a process. */
export interface ProcessFacts {
  /** Start time: ISO 8601, UTC, to the whole second; null: not known. */
  readonly startedAt: string | null;
  /** Whether its executable was deleted or replaced; null: not known. */
  readonly executableDeleted: boolean | null;
  /** Its effective user ID; null: not known. */
  readonly uid: number | null;
  /** Its ancestors, the topmost first; null: not known. */
  readonly parents: readonly ParentProcess[] | null;
}

/**
 * A process that holds a descriptor of a socket. Has those of `ProcessFacts` that its platform reports, if they
 * were asked for.
 */
export interface Owner extends Partial<ProcessFacts> {
  readonly pid: number;
  /** The name that netstat shows: the command's first word, without its directory if it starts with `/`. */
  readonly program: string | null;
  /** The command line, its words joined by spaces; null if not asked for or not known. */
  readonly commandLine: string | null;
  /** Present if the command line was cut, since it is too long. */
  readonly commandTruncated?: true;
  /** The executable's path; null if not asked for or not readable. */
  readonly executable: string | null;
  /**
   * The descriptor's number in that process; null if the platform does not report it, or the process holds the
   * socket without one (io_uring).
   */
  readonly fd: number | null;
}

/** A fact about a process, beyond its name, that can be compared. */
type Detail = 'commandLine' | 'executable' | keyof ProcessFacts;

/** For each of these facts: whether it is not known of a process, or not all of it. */
export const lacks: Readonly<Record<Detail, (owner: Owner) => boolean>> = {
  commandLine: ({ commandLine }) => commandLine === null,
  executable: ({ executable }) => executable === null,
  executableDeleted: ({ executableDeleted = null }) => executableDeleted === null,
  startedAt: ({ startedAt = null }) => startedAt === null,
  uid: ({ uid = null }) => uid === null,
  parents: ({ parents }) => parents?.some(({ name }) => name === null) ?? true,
};

const lacksEach = Object.values(lacks);

/** Whether one of these facts is not known of a process, or not all of its command line. */
export function lacksDetail(owner: Owner): boolean {
  return owner.commandTruncated === true || lacksEach.some((lacksIt) => lacksIt(owner));
}

/**
 * A process as the owner of this descriptor. Fields are written out, since with `...` V8 would keep each object
 * for as long as it could.
 */
export function ownerWith(process: Omit<Owner, 'fd'>, fd: number | null): Owner {
  const { pid, program, commandLine, executable } = process;
  const { startedAt, executableDeleted = null, uid = null, parents = null } = process;
  if (startedAt === undefined) return { pid, program, commandLine, executable, fd };
  const owner: Writable<Owner> = {
    pid,
    program,
    commandLine,
    executable,
    executableDeleted,
    startedAt,
    uid,
    parents,
    fd,
  };
  if (process.commandTruncated) owner.commandTruncated = true;
  return owner;
}

/**
 * The longest command line that is kept, in bytes. A process can give itself one of any length, and it is repeated
 * with each of its sockets: text is limited further (`views/text/bounded-command-lines.ts`).
 */
export const longestCommandLine = 65_536;

/** The reasons of `NoOwner`. */
export const noOwners = ['denied', 'none', 'kernel', 'unknown'] as const;

/**
 * Why a socket shows no owner.
 * `denied`: some processes may not be inspected, or are hidden, so it may have one.
 * `none`: it cannot have one: TIME_WAIT, or not accepted yet.
 * `kernel`: the platform says that the kernel itself holds it. (Linux never says that.)
 * `unknown`: none was found, or the platform does not report owners.
 */
export type NoOwner = (typeof noOwners)[number];

/** The owners of a socket, or of its other end. */
export interface OwnersFound {
  /** null: not asked for. */
  readonly owners: readonly Owner[] | null;
  readonly noOwner: NoOwner | null;
}

/** Whether owners were looked for, but could not be seen. */
export function areOwnersHidden({ owners, noOwner }: OwnersFound): boolean {
  return owners !== null && owners.length === 0 && noOwner === 'denied';
}

const beforeColon = /^([^:]+):(?:\s|$)/;

/**
 * The name at the beginning of a title: its first word, up to a bracket. Names of several words, which desktop programs
 * have, begin with a capital letter and have no digits: `Plex Media Server`.
 */
const firstName = /^(?:\p{Lu}\p{L}*(?: \p{L}+)*(?![^\s[(])|\S[^\s[(]*)/u;

/** The name of a file of Windows, which may contain blanks. */
const fileName = /\.exe$/i;

/**
 * A program's name without the title that it has put in its place, which may tell what it does for whom: `nginx` for
 * `nginx: worker process`, `sidekiq` for `sidekiq 6.5.1 shop [0 of 10 busy]`. Other names are returned unchanged.
 */
export function nameWithoutTitle(program: string): string {
  if (fileName.test(program)) return program;
  const title = partBeforeColon(program);
  return firstName.exec(title)?.[0] ?? title;
}

/** `nginx` for `nginx: worker process`; other names unchanged. */
export function partBeforeColon(program: string): string {
  return beforeColon.exec(program)?.[1] ?? program;
}

/** `redis-server` for `redis-server 127.0.0.1:6379`, which has the address at which it listens behind its name. */
const beforeAddress =
  /^(\S*[^\s:]) -?(?:\*|\d+(?:\.\d+){3}|\[?[\da-f]*:[\da-f:.]*\]?):\d{1,5}(?:\s|$)/i;

/**
 * A program's name without a title that cannot be part of a name: one behind a colon, or an address and port. Other names
 * are returned unchanged, such as `my app`, which `nameWithoutTitle` shortens.
 */
export function nameWithoutSureTitle(program: string): string {
  return beforeAddress.exec(program)?.[1] ?? partBeforeColon(program);
}

/** The executable of systemd, for the system or for a user. */
const systemd = /\/systemd\/systemd$/;

/** Names of the first process if it is a service manager; in a container it may be anything. */
const firstProcesses = ['systemd', 'init', 'launchd'];

/**
 * Whether the process is a service manager, which holds sockets for services that it starts on the first
 * connection. Decided by what others cannot choose: PID 1, or the path of the executable.
 */
export function isServiceManager({ pid, program, executable }: Owner): boolean {
  if (executable !== null && systemd.test(executable)) return true;
  return pid === 1 && program !== null && firstProcesses.includes(program);
}
