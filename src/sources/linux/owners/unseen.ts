import { isNetstatError } from '../../../errors.ts';
import { errnoOf, isForbidden, type Proc } from '../proc/proc.ts';

/** What a search for owners could not look into. */
export interface Unseen {
  /** Processes that may not be looked into. */
  denied: number;
  /** Processes that could not be looked into for another reason, such as no descriptor left. */
  failed: number;
  /** The first such reason: a system call's error code. */
  error: string | null;
  /** This /proc shows some processes only. */
  hidden: boolean;
}

/** Nothing was out of sight. */
export function nothingUnseen(): Unseen {
  return { denied: 0, failed: 0, error: null, hidden: false };
}

/** What several searches together, or threads of one, could not look into. */
export function sumOf(parts: readonly Unseen[]): Unseen {
  const sum = nothingUnseen();
  for (const { denied, failed, error, hidden } of parts) {
    sum.denied += denied;
    sum.failed += failed;
    sum.error ??= error;
    sum.hidden ||= hidden;
  }
  return sum;
}

/** Of all errors only these say that what was looked for is there no more. */
export function hasEnded(code: string): boolean {
  return code === 'ENOENT' || code === 'ESRCH';
}

/** Counts a process that an error kept from being looked into. */
export function countError(error: unknown, unseen: Unseen): void {
  const code = errnoOf(error);
  if (hasEnded(code)) return;
  if (isForbidden(code)) {
    unseen.denied++;
    return;
  }
  unseen.failed++;
  unseen.error ??= code || String(error);
}

/**
 * The processes to search, ascending; none where they cannot be listed.
 * @throws NetstatError for a capture that cannot be understood
 */
export function processesOf(proc: Proc, unseen: Unseen): readonly number[] {
  try {
    const pids = proc.processIds();
    unseen.hidden = proc.hidesProcesses(pids);
    return pids;
  } catch (error) {
    const cause = isNetstatError(error) ? error.cause : error;
    if (errnoOf(cause) === '') throw error;
    countError(cause, unseen);
    return [];
  }
}
