import type { NetstatError } from '../../../src/errors.ts';
import { taskFrom } from '../../../src/options/command-line.ts';
import { askedIn } from '../../support/listing.ts';

/** The words of a command line; none is quoted. */
export const split = (line: string) => line.split(' ').filter((word) => word !== '');

/** What is asked for in the end, or the error. */
export function asked(line: string, platform = 'linux') {
  const task = taskFrom(split(line), platform);
  return task.kind === 'list' ? askedIn(task.listing) : task;
}

/** The error of a line; null: it has none. */
export function refusal(line: string, platform = 'linux'): NetstatError | null {
  try {
    taskFrom(split(line), platform);
    return null;
  } catch (error) {
    return error as NetstatError;
  }
}
