import { exitCode, isNetstatError } from '../errors.ts';
import type { Host } from '../host.ts';
import { deferFailure } from '../model/defer-failure.ts';
import type { Listing } from '../model/listing.ts';
import type { Row, Warning } from '../model/snapshot.ts';
import { lazyResolver } from '../pipeline/name.ts';
import { type Pipeline, pipelineOf } from '../pipeline/pipeline.ts';
import { type Beginning, inRounds } from '../pipeline/rounds.ts';
import type { PlatformHost, Source } from '../sources/source.ts';
import { colorLevel } from '../views/text/color-level.ts';
import { textViewFor } from '../views/text/index.ts';
import type { Paint } from '../views/text/paint.ts';
import type { TextView } from '../views/text/text-view.ts';
import { complain } from './complain.ts';
import { type WarningTeller, warningTeller } from './warnings.ts';

/**
 * Lists one report, or with -c one round after another until interrupted.
 * @returns the exit code
 * @throws NetstatError for what is asked wrongly or cannot be read at all
 */
export async function list(
  listing: Listing,
  host: Host,
  sourceFor: (host: PlatformHost) => Promise<Source>,
): Promise<number> {
  const { view, schedule, target } = listing;
  const { debug } = host;
  debug?.enter('source');
  const source = await sourceFor({ ...host, ...target, stages: debug });
  debug?.enter('options');
  const shown = await textViewFor(view.format);
  const resolver = lazyResolver(schedule.resolveTimeout, host);
  const pipeline = await pipelineOf(listing, source, shown, { resolver, stages: debug });
  debug?.enter('other');
  if (view.quiet) return answer(pipeline, host);

  const teller = warningTeller(host, view);
  const write = await writer(listing, shown, pipeline, source, host, teller);
  const clock = { now: () => new Date().toISOString(), sleep: host.sleep };
  await inRounds(schedule, clock, async (beginning) => {
    const warnings: Warning[] = [];
    try {
      return await write(beginning, warnings);
    } catch (error) {
      if (isNetstatError(error)) teller.except(error.message);
      throw error;
    } finally {
      teller.tell(warnings);
    }
  });
  return exitCode.done;
}

/** Writes a round to standard output, and gives the rows that the next one is compared with. */
type Writer = (beginning: Beginning, warnings: Warning[]) => Promise<readonly Row[]>;

async function writer(
  { view, schedule }: Listing,
  shown: TextView,
  pipeline: Pipeline,
  { platform }: Source,
  { stdout, env, debug }: Host,
  { note, hint }: WarningTeller,
): Promise<Writer> {
  const { query } = pipeline;
  const paint = await paintFor(colorLevel(view.color, env, stdout.isTerminal));
  const width = stdout.isTerminal ? stdout.columns : null;
  return async ({ takenAt, previous }, warnings) => {
    const round = await pipeline.open({ warn: (warning) => warnings.push(warning), note });
    const deferred = shown.hasEnd
      ? deferFailure(round.batches, (error) => noteFailure(error, warnings))
      : null;
    const batches = deferred?.batches ?? round.batches;
    const report = { kind: query.report, platform, takenAt, batches, warnings };
    const context = { query, view, schedule, names: round.names, paint, width, previous };
    const text = shown.format(report, context);
    for await (const chunk of debug?.timed('format', text) ?? text) {
      stdout.write(chunk);
      await stdout.drained?.();
    }
    deferred?.rethrow();
    if (round.leftOut > 0) hint(leftOutText(round.leftOut));
    return round.kept;
  };
}

/** netstat's default lists no servers, which is not what whoever names a port expects. */
function leftOutText(servers: number): string {
  const what = servers === 1 ? '1 server that fits is' : `${servers} servers that fit are`;
  return `${what} left out; -l lists servers, -a servers and the rest`;
}

async function paintFor(level: ReturnType<typeof colorLevel>): Promise<Paint | null> {
  return level === 0 ? null : (await import('../views/text/chalk-paint.ts')).chalkPaint(level);
}

/**
 * --quiet: the first row is answer enough. Where there is none, that nothing matched is known only if
 * nothing of what was asked for is missing; a table that a kernel lacks is not: it has no such sockets.
 */
async function answer(pipeline: Pipeline, host: Host): Promise<number> {
  const warnings: Warning[] = [];
  const rows = pipeline.read({ warn: (warning) => warnings.push(warning) });
  for await (const batch of rows.batches) if (batch.length > 0) return exitCode.done;
  const unseen = warnings.filter(({ code }) => code !== 'absent');
  if (unseen.length === 0) return exitCode.noMatch;
  for (const { message } of unseen) complain(host, message);
  return exitCode.trouble;
}

/** A document that goes on without what failed says so in its warnings. */
function noteFailure(error: unknown, warnings: Warning[]): void {
  if (!isNetstatError(error)) return;
  const { message, path } = error;
  if (warnings.some((one) => one.message === message || (path !== null && one.source === path))) {
    return;
  }
  warnings.push({ code: 'unreadable', message, source: path });
}
