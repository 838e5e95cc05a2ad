import { exitCode } from '../errors.ts';
import { eventLoopTurn } from '../flow/event-loop.ts';
import type { Host } from '../host.ts';
import type { Exposition } from '../model/report/metric.ts';
import type { Task } from '../options/index.ts';
import { measuring } from '../pipeline/measure.ts';
import type { SourceFor } from '../sources/source.ts';
import { metricsText } from '../views/metrics/text.ts';
import { reportingResolver } from './reporting-resolver.ts';
import { intoFile } from './save.ts';
import { warningReporter } from './warnings.ts';

/**
 * `--format prometheus` and `openmetrics`: one measurement, written to standard output or atomically into a file.
 * @returns the exit code; if no machine answered, that of trouble, after writing the metrics
 * @throws NetstatError for an invalid request, if nothing can be read at all, or if the file cannot be written
 */
export async function metrics(
  { listing, request }: Extract<Task, { kind: 'metrics' }>,
  host: Host,
  sourceFor: SourceFor,
): Promise<number> {
  const { view, schedule, target } = listing;
  const { format, save } = request;
  const { debug, stdout } = host;
  const file = save === null || save.path === '-' ? null : save;
  const pause = file === null ? undefined : eventLoopTurn;
  debug?.enter('source');
  const source = await sourceFor({ ...host, ...target, stages: debug, pause });
  debug?.enter('read');
  const reporter = warningReporter(host, view);
  const measure = await measuring(listing, request, {
    source,
    pause,
    version: host.version,
    resolver: reportingResolver(schedule.resolveTimeout, host),
    elapsed: () => host.elapsed(),
    note: reporter.note,
    mayAllFail: true,
  });
  const write = async (exposition: Exposition, to: (text: string) => void) => {
    debug?.enter('format');
    for (const text of metricsText(exposition.families, format)) {
      to(text);
      if (file === null) await stdout.drained?.();
    }
    reporter.report(exposition.warnings);
    return exitCode.done;
  };
  const exposition = await measure();
  const code = await (file === null
    ? write(exposition, (text) => stdout.write(text))
    : intoFile(file, host, (to) => write(exposition, to)));
  // The file is written even then: the old one would still say that they are up.
  return exposition.noneAnswered ? exitCode.trouble : code;
}
