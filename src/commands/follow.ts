import { exitCode, isNetstatError } from '../errors.ts';
import type { Host } from '../host.ts';
import { type Names, noNames } from '../model/report/names.ts';
import type { SocketEvent } from '../model/report/socket-event.ts';
import type { Task } from '../options/index.ts';
import { followOf, followSockets } from '../pipeline/follow/follow.ts';
import type { FollowTally } from '../pipeline/follow/task.ts';
import { namesFor } from '../pipeline/name.ts';
import type { Source, SourceFor } from '../sources/source.ts';
import { counted } from '../text/counted.ts';
import { boundedCommandLines } from '../views/text/bounded-command-lines.ts';
import { chunks } from '../views/text/chunks.ts';
import { eventViewFor } from '../views/text/events/index.ts';
import { textViewFor } from '../views/text/index.ts';
import { complain } from './complain.ts';
import { paintFor } from './paint.ts';
import { reportingResolver } from './reporting-resolver.ts';
import { type WarningReporter, warningReporter } from './warnings.ts';

/** How long, in milliseconds, a signal waits for pending writes. */
const lastWrites = 500;

type FollowTask = Omit<Extract<Task, { readonly kind: 'follow' }>, 'kind'>;

/**
 * --follow: prints a line for each change of the selected sockets, until it is interrupted.
 * @returns the exit code
 * @throws NetstatError for an invalid request, or if nothing can be read at all
 */
export async function follow(
  { listing }: FollowTask,
  host: Host,
  sourceFor: SourceFor,
): Promise<number> {
  const { view, schedule, target } = listing;
  const place = { ...host, ...target, stages: host.debug };
  const source = await sourceFor(place);
  const shown = await textViewFor(view.format);
  const resolver = reportingResolver(schedule.resolveTimeout, host);
  const asked = await followOf(listing, source, shown, resolver);
  const { begin, print } = await printer(listing, source, host);
  const reporter = warningReporter(host, view);
  const stop = new AbortController();
  const begunAt = host.elapsed();
  const summarize = (isCut: boolean) =>
    complain(host, summaryText(host.elapsed() - begunAt, tally(), isCut));
  let isBegun = false;
  const { events, tally } = followSockets({
    ...asked,
    interval: schedule.interval,
    signal: stop.signal,
    tellsLast: true,
    note: reporter.note,
    openNumbered:
      typeof target.netns === 'object'
        ? async (number) => sourceFor({ ...place, netns: { name: String(number) } })
        : undefined,
    onBegun(followed) {
      // If nothing can be read at all, standard output stays empty.
      isBegun = true;
      begin();
      if (host.stderr.isTerminal) complain(host, begunText(followed));
    },
  });

  async function printEvents(): Promise<number> {
    for await (const batch of events) {
      reportWarnings(batch, reporter, host);
      const rows = batch.flatMap((one) => (one.event === 'warning' ? [] : [one.socket]));
      await print(batch, await namesFor(rows, asked.needs, resolver));
    }
    return exitCode.done;
  }

  try {
    const ending = printEvents();
    const code = await Promise.race([host.ended(), ending]);
    stop.abort();
    summarize(!(await endsSoon(ending, host)));
    return code;
  } catch (error) {
    if (isBegun && isNetstatError(error)) summarize(false);
    throw error;
  } finally {
    stop.abort();
  }
}

/** Whether pending writes end: the reader of a full pipe may never continue. */
async function endsSoon(
  ending: Promise<unknown>,
  { sleep }: Pick<Host, 'sleep'>,
): Promise<boolean> {
  const isEnded = ending.then(
    () => true,
    () => true,
  );
  return Promise.race([isEnded, sleep(lastWrites).then(() => false)]);
}

function reportWarnings(
  events: readonly SocketEvent[],
  { report }: WarningReporter,
  host: Host,
): void {
  for (const event of events) {
    if (event.event !== 'warning') continue;
    const { code, message } = event.warning;
    // Every loss, and every failure of a machine: that event comes once until the machine has answered.
    if (code === 'lost' || code === 'host-failed') complain(host, `warning: ${message}`);
    else report([event.warning]);
  }
}

/** Prints events on standard output. */
interface Printer {
  /** Prints the header above the lines, if there is one. */
  begin(): void;
  print(events: readonly SocketEvent[], names: Names): Promise<void>;
}

async function printer(
  { query, view, schedule }: FollowTask['listing'],
  { platform, facts, protocols }: Source,
  { stdout, env }: Host,
): Promise<Printer> {
  const shown = await eventViewFor(view.format);
  const paint = await paintFor(view, { env, stdout });
  const offered = query.protocols.filter((protocol) => protocols.includes(protocol));
  const context = {
    ...{ query: { ...query, protocols: offered }, view, schedule, facts, paint, platform },
    width: stdout.isTerminal ? stdout.columns : null,
  };
  let lines = shown.lines({ ...context, names: noNames });
  let known = noNames;
  let headerDrained: Promise<void> | undefined;
  return {
    begin() {
      stdout.write(shown.header({ ...context, names: noNames }));
      // A full pipe takes the header as soon as it has room, not only when something happens.
      headerDrained = stdout.drained?.();
      stdout.endWithReader?.();
    },
    async print(events, names) {
      // The view caches cells with their names, so new names need a new one.
      if (names !== known) lines = shown.lines({ ...context, names });
      known = names;
      const bounded = boundedCommandLines();
      const texts = chunks(events, (event) =>
        lines(event.event === 'warning' ? event : { ...event, socket: bounded(event.socket) }),
      );
      for (const text of texts) {
        await headerDrained;
        stdout.write(text);
        await stdout.drained?.();
      }
    },
  };
}

function begunText(followed: number): string {
  const what = counted(followed, 'socket is', 'sockets are');
  return `${what} followed; changes are printed. Ctrl-C ends it`;
}

/** How long it followed, and counts of what happened. `isCut`: some of that may be missing. */
function summaryText(
  elapsed: number,
  { opened, closed, changed, lost, undecided }: FollowTally,
  isCut: boolean,
): string {
  const parts = [`${opened} opened`, `${closed} closed`, `${changed} changed`];
  if (undecided > 0) {
    parts.push(
      `${undecided} closed that no round saw and that are left out: a filter needs what only a round provides`,
    );
  }
  if (lost > 0) parts.push(`closes were lost ${lost === 1 ? 'once' : `${lost} times`}`);
  if (isCut) parts.push('cut off at the end: the last events may be missing');
  return `followed for ${(elapsed / 1000).toFixed(1)} s: ${parts.join(', ')}`;
}
