import { exitCode } from '../../errors.ts';
import type { Host } from '../../host.ts';
import type { Warning } from '../../model/report/snapshot.ts';
import type { Wait } from '../../model/request/listing.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { type Look, lookAgain, unseenIn } from '../../pipeline/wait.ts';
import { complain } from '../complain.ts';
import { reportingWarnings } from '../warnings.ts';

/**
 * -q: reads until there is a row, and prints nothing; with --wait, until the answer is the one that is waited for.
 * `mayAnswerLater` as in `lookAgain`.
 * @returns the exit code
 */
export async function listQuietly(
  pipeline: Pipeline,
  wait: Wait | null,
  mayAnswerLater: boolean,
  host: Host,
): Promise<number> {
  if (wait === null) return codeOf(await lookAt(pipeline, host), host);
  const { waitQuietly } = await import('./wait.ts');
  return waitQuietly(wait, () => lookAt(pipeline, host, mayAnswerLater), host);
}

/** Reads until there is a row. */
async function lookAt(pipeline: Pipeline, host: Host, mayAnswerLater = false): Promise<Look> {
  const warnings: Warning[] = [];
  const rows = pipeline.read({ warn: (warning) => warnings.push(warning) });
  const look = async (): Promise<Look> => {
    for await (const batch of rows.batches) {
      if (batch.length > 0) return { isThere: true, unseen: [] };
    }
    return { isThere: false, unseen: unseenIn(warnings, pipeline.sought) };
  };
  return reportingWarnings(host, warnings, () => lookAgain(mayAnswerLater, warnings, look));
}

/** The exit code of --quiet: without a match, 1 only if nothing is hidden. */
function codeOf({ isThere, unseen }: Look, host: Host): number {
  if (isThere) return exitCode.done;
  if (unseen.length === 0) return exitCode.noMatch;
  for (const { message } of unseen) complain(host, message);
  return exitCode.trouble;
}
