/** A process that holds a descriptor of a socket. */
export interface Owner {
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
