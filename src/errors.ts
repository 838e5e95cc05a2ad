/** The kind of an error, for programs. */
export type ErrorCode =
  /** The command line, or an option given to the library, is invalid. */
  | 'usage'
  /** This platform, kernel or build has no source for what was asked. */
  | 'unsupported'
  /** A source exists but could not be read. */
  | 'unreadable'
  /** A source was read, but is in a form that this version does not know. */
  | 'unrecognized';

/**
 * What an error is about, where code decides by it: another answer may help, or another way.
 * @internal
 */
export type ErrorSubject =
  /** A flag, as it is typed, that may be meant as another tool's. */
  | { readonly flag: string }
  /** The value of a filter, by the filter's name. */
  | { readonly filter: string }
  /** The words after the flags, as a filter. */
  | 'expression'
  /** Names of interfaces that are not there. */
  | 'interfaces'
  /** A network namespace that is not there. */
  | 'netns';

/** What an error carries besides its message. */
export interface ErrorDetails {
  readonly path?: string;
  /** @internal */
  readonly about?: ErrorSubject;
  /** @internal */
  readonly at?: number;
  readonly cause?: unknown;
  readonly excerpt?: readonly string[];
}

/** The one error that this package throws on purpose: no useful answer is possible. */
export class NetstatError extends Error {
  override readonly name = 'NetstatError';
  readonly code: ErrorCode;
  /** The file, command or option at fault. */
  readonly path: string | null;
  /**
   * What this program decides by, not by `path`, which is for people; null: nothing.
   * @internal
   */
  readonly about: ErrorSubject | null;
  /**
   * The offset of a mistake in what the error is about; null: not known, or it is all of it.
   * @internal
   */
  readonly at: number | null;
  /** The message's first line. A quoted name in it may contain a line break. */
  readonly summary: string;
  /** The message's further lines, which show the place of a mistake; usually none. */
  readonly excerpt: readonly string[];

  constructor(code: ErrorCode, summary: string, options: ErrorDetails = {}) {
    const excerpt = options.excerpt ?? [];
    super(
      [summary, ...excerpt].join('\n'),
      'cause' in options ? { cause: options.cause } : undefined,
    );
    this.code = code;
    this.path = options.path ?? null;
    this.about = options.about ?? null;
    this.at = options.at ?? null;
    this.summary = summary;
    this.excerpt = excerpt;
  }
}

/** An error about one file, command or option, whose name begins its message. */
export function errorNaming(
  code: ErrorCode,
  path: string,
  what: string,
  details: Omit<ErrorDetails, 'path'> = {},
): NetstatError {
  return new NetstatError(code, `${path}: ${what}`, { ...details, path });
}

/**
 * Whether the error is a `NetstatError`. By name, since the program is built in parts and each part has its own
 * copy of the class.
 */
export function isNetstatError(error: unknown): error is NetstatError {
  return error instanceof Error && error.name === 'NetstatError';
}

/**
 * The same error in other words, with all that it carries: other words are no other failure, so its cause stays too.
 * `changes`: what differs; null: nothing, although the original has it.
 */
export function reworded(
  error: NetstatError,
  summary: string,
  changes: Partial<Pick<NetstatError, 'path' | 'about' | 'at' | 'excerpt' | 'cause'>> = {},
): NetstatError {
  const { path, about, at, excerpt } = { ...error, ...changes };
  // Of an error, the cause is no property that is spread.
  const caused = 'cause' in changes ? changes : error;
  return new NetstatError(error.code, summary, {
    excerpt,
    ...(path !== null && { path }),
    ...(about !== null && { about }),
    ...(at !== null && { at }),
    ...('cause' in caused && { cause: caused.cause }),
  });
}

/** The process's exit codes: those of grep, and the shell's for an interrupt. */
export const exitCode = {
  done: 0,
  /**
   * `--quiet`, `--pids`: nothing matched; `--wait`: not in time; `--diff`: not the same; `--diagnose`: something was
   * found.
   */
  noMatch: 1,
  /** Usage, or a source that could not be read. */
  trouble: 2,
  /** 128 + SIGHUP. */
  hungUp: 129,
  /** 128 + SIGINT. */
  interrupted: 130,
  /** 128 + SIGQUIT. */
  quit: 131,
  /** 128 + SIGTERM. */
  terminated: 143,
} as const;
