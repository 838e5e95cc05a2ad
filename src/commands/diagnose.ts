import { errorNaming, exitCode, isNetstatError, type NetstatError } from '../errors.ts';
import type { Host } from '../host.ts';
import { addTo } from '../model/add-to.ts';
import { inNetnsText } from '../model/machine/netns.ts';
import type { Diagnosis } from '../model/report/diagnosis.ts';
import { noNames } from '../model/report/names.ts';
import { askedOf } from '../model/request/asked.ts';
import type { Listing } from '../model/request/listing.ts';
import type { FilterOptions } from '../model/request/query.ts';
import { isForPrograms } from '../model/request/view.ts';
import { shellWord } from '../model/shell-word.ts';
import type { Socket } from '../model/socket/socket.ts';
import type { Task } from '../options/index.ts';
import {
  type AskedCheck,
  areChecks,
  checksAsked,
  strayWord,
} from '../pipeline/diagnosis/checks-asked.ts';
import { diagnose } from '../pipeline/diagnosis/diagnose.ts';
import type { EarlierSockets } from '../pipeline/diagnosis/service.ts';
import { asksNoOnePort, serviceAsked } from '../pipeline/diagnosis/service-asked.ts';
import { namesFor } from '../pipeline/name.ts';
import { selectionFor } from '../pipeline/selection.ts';
import type { LazyResolver } from '../resolve/index.ts';
import { hostName } from '../saved/host-name.ts';
import type { Source, SourceFor } from '../sources/source.ts';
import { counted } from '../text/counted.ts';
import { diagnosisFormatterFor } from '../views/text/diagnosis/index.ts';
import { complain } from './complain.ts';
import { paintFor } from './paint.ts';
import { reportingResolver } from './reporting-resolver.ts';
import { warnOfOrigin } from './warn-of-origin.ts';
import { warningReporter } from './warnings.ts';

/**
 * `--diagnose`: runs the checks and prints their findings.
 * @returns the exit code: whether any finding is shown
 * @throws NetstatError for an invalid request, or if nothing can be read at all
 */
export async function diagnoseCommand(
  { listing, request }: Extract<Task, { kind: 'diagnose' }>,
  host: Host,
  sourceFor: SourceFor,
): Promise<number> {
  const { query, view, schedule, target } = listing;
  const { debug } = host;
  const checks = checksAsked(request);
  if (checks.length === 0) {
    throw errorNaming('usage', '--ignore', 'no check is left to run');
  }
  debug?.enter('source');
  const source = await sourceFor({ ...host, ...target, stages: debug });
  debug?.enter('read');
  const resolver = reportingResolver(schedule.resolveTimeout, host);
  const selection = await selectionFor(query, target, source, resolver).catch((error) => {
    throw meantAsCheck(error, query.filters) ?? error;
  });
  const reporter = warningReporter(host, view);
  const asked = await serviceAsked(query, resolver);
  const { earlier: path } = request;
  if (path !== null && asked === null) {
    throw errorNaming(
      'usage',
      '--diff',
      'with --diagnose it shows who held a service before; select one with --port, --program or --remote',
    );
  }
  const earlier = path === null ? undefined : await earlierFrom(path, source, listing, host);
  const openAll = () => sourceFor({ ...host, ...target, netns: 'all', stages: debug });
  const diagnosis = await diagnose(
    {
      ...{ source, query, selection, checks },
      ...{ netns: target.netns, severity: request.severity },
      service: asked && { asked, openAll, earlier },
      elapsed: () => host.elapsed(),
      // With other machines, the progress line is shown instead.
      sleep: (length) =>
        target.machines === null ? sleepWithMessage(host, length) : host.sleep(length),
      note: (message) => reporter.note(message),
    },
    new Date().toISOString(),
  );
  debug?.enter('format');
  const code = codeOf(diagnosis);
  if (!view.quiet) {
    host.codeIfClosed(code);
    await show(diagnosis, listing, source, resolver, host);
  }
  reporter.report(diagnosis.warnings);
  // Who asks for ports or a program wants to know whether anything listens there.
  const isLeftOpen = asksNoOnePort(query.filters, asked) || isUnknown(diagnosis);
  const isExpected = ({ check, isNamed }: AskedCheck) =>
    isNamed || (check.about === 'service' && isLeftOpen);
  const isReported = reportNotRun(diagnosis, checks.filter(isExpected), listing, host);
  if (code === exitCode.trouble && !isReported) complain(host, nothingRan(diagnosis));
  return code;
}

/**
 * The error for a word that was meant as a check and read as a filter, which may follow it; null: it is another error.
 */
function meantAsCheck(error: unknown, { expression }: FilterOptions): NetstatError | null {
  const [word = '', ...others] = expression;
  const isWord =
    others.length === 0 ? /^[\w-]+(?:,[\w-]+)*(?::\w+=.*)?$/.test(word) : areChecks(word);
  return isWord && isNetstatError(error) && error.about === 'expression' ? strayWord(word) : null;
}

/** Waits between the two readings; a terminal shows a message meanwhile. */
async function sleepWithMessage(host: Host, milliseconds: number): Promise<void> {
  const { stderr } = host;
  const word = 'tsnetstat: reading twice, a second apart …';
  // A message longer than a line could not be erased.
  const isShown = stderr.isTerminal && (stderr.columns ?? 80) > word.length;
  if (isShown) stderr.write(word);
  await host.sleep(milliseconds);
  if (isShown) stderr.write(`\r${' '.repeat(word.length)}\r`);
}

/** Prints the findings, with names if they are for people. */
async function show(
  diagnosis: Diagnosis,
  { query, view, schedule }: Listing,
  { facts }: Source,
  resolver: LazyResolver,
  host: Host,
): Promise<void> {
  const { stdout } = host;
  const paint = await paintFor(view, host);
  const { hosts, ports } = view.numeric;
  const named = { hostNames: !hosts, serviceNames: !ports, userNames: false };
  const sockets = diagnosis.findings.flatMap((finding) => finding.sockets);
  const names = isForPrograms(view.format) ? noNames : await namesFor(sockets, named, resolver);
  const width = stdout.isTerminal ? stdout.columns : null;
  const format = await diagnosisFormatterFor(view.format);
  const text = await format(diagnosis, {
    ...{ query, view, schedule, names, facts, paint, width },
    previous: null,
  });
  stdout.write(text);
  await stdout.drained?.();
}

/**
 * Reports why checks did not run, or not everywhere: those that are expected to, or with -v all. Those of one reason share
 * a line. @returns whether there was anything to report
 */
function reportNotRun(
  { checks, notRun }: Diagnosis,
  expected: readonly AskedCheck[],
  { view, target }: Listing,
  host: Host,
): boolean {
  const wanted = new Set(expected.map(({ check }) => check.name));
  const reported = notRun.filter(({ check }) => view.verbose || wanted.has(check));
  // Of several networks or machines, it may have run in the others only.
  const isOnePlace = target.netns !== 'all' && target.machines === null;
  const ran = new Set(isOnePlace ? checks.map(({ check }) => check) : []);
  const byReason = new Map<string, string[]>();
  for (const { check, reason, netns, host: machine } of reported) {
    const on = machine === undefined ? '' : ` on ${machine}`;
    const isOwnOfAll = netns?.own === true && target.netns === 'all';
    const own = machine === undefined ? 'this' : 'its own';
    const where = on + (isOwnOfAll ? ` in ${own} network namespace` : inNetnsText(netns));
    const extent = ran.has(check) ? 'checked only in part' : 'not checked';
    addTo(byReason, `${where}: ${extent}: ${reason}`, check);
  }
  for (const [why, names] of byReason) complain(host, `${names.join(', ')}${why}`);
  return reported.length > 0;
}

function codeOf(diagnosis: Diagnosis): number {
  const { findings, checks } = diagnosis;
  if (findings.length > 0) return exitCode.noMatch;
  return checks.length === 0 || isUnknown(diagnosis) ? exitCode.trouble : exitCode.done;
}

/** Whether a service was asked about of which nothing could be seen. */
function isUnknown({ service }: Diagnosis): boolean {
  return service?.status === 'unknown';
}

function nothingRan({ notRun }: Diagnosis): string {
  const [first] = notRun;
  if (first === undefined) return 'no check ran';
  const rest = notRun.length - 1;
  const others = rest === 0 ? '' : `, and ${counted(rest, 'other')}; -v shows why`;
  return `no check ran: ${first.check}: ${first.reason}${others}`;
}

/** The sockets of a saved answer. @throws NetstatError if there is no such file, or it holds something else */
async function earlierFrom(
  path: string,
  source: Source,
  listing: Listing,
  host: Host,
): Promise<EarlierSockets> {
  const { readSaved } = await import('../saved/read-saved.ts');
  const saved = readSaved(path);
  if (saved === null) {
    throw errorNaming(
      'unreadable',
      path,
      `there is no such file; create one with --save ${shellWord(path)}`,
    );
  }
  if (saved.report !== 'sockets') {
    throw errorNaming('usage', path, `it contains ${saved.report}, not sockets`);
  }
  const sockets = saved.rows as Socket[];
  // With --on each row names its machine.
  if (listing.target.machines !== null) return { takenAt: saved.takenAt, sockets };
  warnOfOrigin(saved, askedOf(listing, hostName()).host, source, host);
  const own = sockets.filter((socket) => socket.host === undefined);
  if (own.length < sockets.length) {
    complain(host, `warning: ${path} is from other machines; select one with --on NAME`);
  }
  return { takenAt: saved.takenAt, sockets: own };
}
