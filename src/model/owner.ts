/** A process above another one. */
export interface ParentProcess {
  readonly pid: number;
  /** The kernel's name for it, at most 15 bytes; null where it may not be seen. */
  readonly name: string | null;
}

/** What is known of a process beyond its names. */
export interface ProcessFacts {
  /** When it started: ISO 8601, UTC, to the whole second; null where it is not told. */
  readonly startedAt: string | null;
  /** Its executable was deleted, or replaced by another; null where it is not told. */
  readonly executableDeleted: boolean | null;
  /** The user in whose name it acts; null where it is not told. */
  readonly uid: number | null;
  /** The processes above it, the uppermost first; null where they are not told. */
  readonly parents: readonly ParentProcess[] | null;
}

/** A process that holds a descriptor of a socket. Of `ProcessFacts` it has what its platform tells, where that was asked for. */
export interface Owner extends Partial<ProcessFacts> {
  readonly pid: number;
  /** The name netstat shows: the command's first word, its folders dropped where it starts with `/`. */
  readonly program: string | null;
  /** The command line, its words joined by blanks; null where it was not asked for or not told. */
  readonly commandLine: string | null;
  /** The command line is longer: `longestCommandLine` says how much of it is told. */
  readonly commandTruncated?: true;
  /** The executable's path; null where it was not asked for or may not be read. */
  readonly executable: string | null;
  /**
   * The descriptor's number in that process; null on platforms that do not tell, and where it holds the
   * socket without one (io_uring).
   */
  readonly fd: number | null;
}

/**
 * A process as one that holds a socket by this descriptor. Written out, and not with `...`: V8 would keep each for as
 * long as it could.
 */
export function ownerWith(process: Omit<Owner, 'fd'>, fd: number | null): Owner {
  const { pid, program, commandLine, executable } = process;
  const { startedAt, executableDeleted = null, uid = null, parents = null } = process;
  if (startedAt === undefined) return { pid, program, commandLine, executable, fd };
  const owner: { -readonly [Key in keyof Owner]: Owner[Key] } = {
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
 * How many bytes of a command line are told. A process can give itself one of any length, and that of
 * each is told with each of its sockets.
 */
export const longestCommandLine = 65_536;

/**
 * Why a socket shows no owner.
 * `denied`: some processes may not be looked into, or not be seen, so it may have one.
 * `none`: it cannot have one: TIME_WAIT, or not accepted yet.
 * `kernel`: the platform says that the kernel itself holds it. (Linux never says that.)
 * `unknown`: none was found, or the platform does not tell.
 */
export type NoOwner = 'denied' | 'none' | 'kernel' | 'unknown';

const titled = /^([^:]+):(?:\s|$)/;

/**
 * What a program is called where it may have written a title over its name: `nginx` for
 * `nginx: worker process`, `sshd` for `sshd: user`. Of others the whole name.
 */
export function programTitle(program: string): string {
  return titled.exec(program)?.[1] ?? program;
}

/** Systemd, as the machine's or a user's own. */
const systemd = /\/systemd\/systemd$/;

/** What the first process is called where it manages services; in a container it may be anything. */
const firstProcesses = ['systemd', 'init', 'launchd'];

/**
 * Whether the process is a service manager, which holds sockets for the services that it starts once somebody
 * connects. Told by what others cannot choose: the first PID, or the path of the executable.
 */
export function isServiceManager({ pid, program, executable }: Owner): boolean {
  if (executable !== null && systemd.test(executable)) return true;
  return pid === 1 && program !== null && firstProcesses.includes(program);
}
