/** A process that holds a descriptor of a socket. */
export interface Owner {
  readonly pid: number;
  /** The name netstat shows: the command's first word, its folders dropped where it starts with `/`. */
  readonly program: string | null;
  /** The whole command line, its words joined by blanks; null where it was not asked for or not told. */
  readonly commandLine: string | null;
  /** The executable's path; null where it was not asked for or may not be read. */
  readonly executable: string | null;
  /** The descriptor's number in that process; null on platforms that do not tell. */
  readonly fd: number | null;
}

/**
 * Why a socket shows no owner.
 * `denied`: some processes may not be looked into, so it may have one.
 * `none`: every process was looked into and none holds it, or its state cannot have one (TIME_WAIT).
 * `kernel`: the kernel itself holds it.
 * `unknown`: the platform does not tell.
 */
export type NoOwner = 'denied' | 'none' | 'kernel' | 'unknown';
