import { exitCode, isNetstatError } from '../errors.ts';
import type { Host } from '../host.ts';
import { deferFailure } from '../model/defer-failure.ts';
import { noNames } from '../model/names.ts';
import type { Format, Request } from '../model/request.ts';
import type { Round } from '../model/round.ts';
import type { Row, Warning } from '../model/snapshot.ts';
import { taskFrom } from '../options/index.ts';
import { lazyResolver, named } from '../pipeline/name.ts';
import { interfaceNames, readRows } from '../pipeline/read.ts';
import { selectionOf } from '../select/index.ts';
import { sourceFor } from '../sources/index.ts';
import type { Batches, WarningSink } from '../sources/source.ts';
import { sanitize } from '../text/sanitize.ts';
import { colorLevel } from '../views/text/color-level.ts';
import type { FormatContext } from '../views/text/formatter.ts';
import { formatterFor } from '../views/text/index.ts';

/**
 * The whole program: a command line in, text out, an exit code back.
 * Data flows one way: argv → Request → source → select → resolve → format → stdout.
 */
export async function run(argv: readonly string[], host: Host): Promise<number> {
  try {
    const task = taskFrom(argv);
    switch (task.kind) {
      case 'help':
        host.stdout.write((await import('../options/help.ts')).helpText());
        return exitCode.done;
      case 'version':
        host.stdout.write(`tsnetstat ${host.version}\n`);
        return exitCode.done;
      case 'explain':
        host.stdout.write((await import('../explain/explain.ts')).explain(task.state));
        return exitCode.done;
      case 'completion':
        host.stdout.write((await import('./completion.ts')).completion(task.shell));
        return exitCode.done;
      case 'report':
        return await report(task.request, host);
    }
  } catch (error) {
    if (!isNetstatError(error)) throw error;
    complain(host, error.summary, error.excerpt);
    return exitCode.trouble;
  }
}

/** The only way to standard error: each text is one line there, whatever it quotes. */
function complain(host: Host, message: string, excerpt: readonly string[] = []): void {
  const lines = [`tsnetstat: ${message}`, ...excerpt].map(sanitize);
  host.stderr.write(`${lines.join('\n')}\n`);
}

/** Formats that need their last lines: where reading fails behind some rows, these come all the same. */
const hasAnEnd: readonly Format[] = ['json', 'table'];

/** One report, or with -c one round after another until interrupted. */
async function report(request: Request, host: Host): Promise<number> {
  const resolver = lazyResolver(request.resolveTimeout, host);
  const source = await sourceFor({ ...host, procRoot: request.procRoot });
  const selection = await selectionOf(request, resolver, () => interfaceNames(source));
  const sortBy = request.sort.length > 0 ? await import('../select/sort.ts') : null;
  // A wrong key is told before anything is read.
  sortBy?.compileSort(request.sort, noNames, request.report);
  if (request.columns !== null) {
    (await import('../attributes/index.ts')).checkColumns(request.report, request.columns);
  }
  const shown: Request = {
    ...request,
    which: selection.which,
    protocols: request.protocols.filter((protocol) => source.protocols.includes(protocol)),
  };
  const format = await formatterFor(request.format);
  const level = colorLevel(request.color, host.env, host.stdout.isTerminal);
  const paint =
    level === 0 ? null : await (await import('../views/text/chalk-paint.ts')).chalkPaint(level);
  const keepsRounds = request.interval !== null && request.report === 'statistics';

  const told = new Set<string>();
  let previous: Round | null = null;
  for (;;) {
    const takenAt = new Date().toISOString();
    const warnings: Warning[] = [];
    const sink: WarningSink = { warn: (warning) => warnings.push(warning) };
    try {
      const reading = readRows(source, request, selection, sink, sortBy !== null);
      if (request.quiet) return await answer(reading.batches, warnings, host);
      // What cannot be read at all ends the round here, before anything is printed.
      await reading.begun();
      const { names, batches } = await named(reading.batches, request, resolver);
      let rows: Batches<Row> = batches;
      if (sortBy !== null) {
        rows = sorted(rows, sortBy.compileSort(request.sort, names, request.report));
      }
      const kept: Row[] = [];
      if (keepsRounds) rows = keeping(rows, kept);
      const context: FormatContext = {
        request: shown,
        names,
        paint,
        width: host.stdout.isTerminal ? host.stdout.columns : null,
        previous,
      };
      const all = hasAnEnd.includes(request.format)
        ? deferFailure(rows, (error) => noteFailure(error, warnings))
        : null;
      const stream = {
        kind: request.report,
        platform: source.platform,
        takenAt,
        batches: all?.batches ?? rows,
        warnings,
      };
      for await (const chunk of format(stream, context)) {
        host.stdout.write(chunk);
        await host.stdout.drained?.();
      }
      all?.rethrow();
      previous = { takenAt, rows: kept };
    } catch (error) {
      // Told as what ended it, not as a warning too.
      if (isNetstatError(error)) told.add(error.message);
      throw error;
    } finally {
      if (!request.quiet) tellWarnings(warnings, request, host, told);
    }
    if (request.interval === null) return exitCode.done;
    await host.sleep(request.interval);
  }
}

/**
 * --quiet: the first row is answer enough. Where there is none, that nothing matched is known only if
 * nothing of what was asked for is missing; a table that a kernel lacks is not: it has no such sockets.
 */
async function answer(
  rows: Batches<Row>,
  warnings: readonly Warning[],
  host: Host,
): Promise<number> {
  for await (const batch of rows) if (batch.length > 0) return exitCode.done;
  const unseen = warnings.filter(({ code }) => code !== 'absent');
  if (unseen.length === 0) return exitCode.noMatch;
  for (const { message } of unseen) complain(host, message);
  return exitCode.trouble;
}

/**
 * What to say of an error that nobody threw on purpose: a fault of this program's. `isDebugging`: also
 * where it came from.
 */
export function faultText(error: unknown, isDebugging: boolean): string {
  const what = sanitize(String(error));
  if (!isDebugging) {
    return `internal error: ${what}; please report it, with what the same command says with --debug`;
  }
  const stack = error instanceof Error ? (error.stack ?? '').split('\n') : [];
  const places = stack.filter((line) => /^ +at /.test(line)).map(sanitize);
  return [`internal error: ${what}`, ...places].join('\n');
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

async function* sorted(
  batches: Batches<Row>,
  sort: (rows: readonly Row[]) => readonly Row[],
): Batches<Row> {
  const rows: Row[] = [];
  const all = deferFailure(batches);
  for await (const batch of all.batches) for (const row of batch) rows.push(row);
  yield sort(rows);
  all.rethrow();
}

async function* keeping(batches: Batches<Row>, kept: Row[]): Batches<Row> {
  for await (const batch of batches) {
    for (const row of batch) kept.push(row);
    yield batch;
  }
}

/**
 * Absent tables are worth a word only with -v; everything else that is missing always is, once however
 * many rounds it is missing from.
 */
function tellWarnings(
  warnings: readonly Warning[],
  request: Request,
  host: Host,
  told: Set<string>,
): void {
  for (const { code, message, source } of warnings) {
    if (code === 'absent' && !request.verbose) continue;
    const about = `${code} ${source}`;
    if (told.has(about) || told.has(message)) continue;
    told.add(about);
    complain(host, `warning: ${message}`);
  }
}
