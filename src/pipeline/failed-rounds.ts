import { isNetstatError, type NetstatError } from '../errors.ts';
import type { Machines } from '../sources/source.ts';

/** Decides which failures a command that reads round after round survives: it loses that round, and reads on. */
export interface FailedRounds {
  /** A round was read. */
  succeeded(): void;
  /** Whether reading goes on after this failure. */
  survives(error: unknown): error is NetstatError;
}

/** The most rounds that may fail in a row. */
const mostInARow = 5;

/**
 * Nothing has been read yet: then nothing is survived. Later it is what a system call could not do this time, such as a
 * kernel without memory for its answer; that a table or a network namespace is gone stays so. Other `machines` may start
 * again, and are asked for as long as it takes, unless each must answer.
 */
export function failedRounds(machines?: Pick<Machines, 'strict'>): FailedRounds {
  const most = machines === undefined ? mostInARow : Number.POSITIVE_INFINITY;
  const mayPass = (error: NetstatError) =>
    machines === undefined
      ? error.code === 'unreadable' && hasErrno(error.cause)
      : error.code !== 'usage' && !machines.strict;
  let left = 0;
  return {
    succeeded() {
      left = most;
    },
    survives: (error): error is NetstatError =>
      isNetstatError(error) && mayPass(error) && left-- > 0,
  };
}

const hasErrno = (cause: unknown): boolean =>
  typeof (cause as { code?: unknown } | null | undefined)?.code === 'string';
