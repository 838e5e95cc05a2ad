import { NetstatError } from '../errors.ts';
import type { Protocol } from '../model/protocol.ts';
import { type Fact, factTitles, platformTitles } from '../model/report/facts.ts';
import type { PlatformName, ReportKind } from '../model/report/snapshot.ts';
import type { Listing, Target } from '../model/request/listing.ts';
import type { Needs } from '../model/request/needs.ts';
import { sortKeyOf } from '../model/request/query.ts';
import type { FactsAsked } from '../select/index.ts';
import type { Source } from '../sources/source.ts';

/** The command of each platform that reports what no source of ours does there. */
type Commands = Partial<Readonly<Record<PlatformName, string>>>;

const commands: Partial<Record<Fact, Commands>> = {
  tcpInternals: { darwin: 'nettop -m tcp' },
  socketInfo: { darwin: 'netstat -anL (queues only)' },
  users: { darwin: 'lsof -nP -i', win32: 'Get-Process -IncludeUserName' },
};

/** What Linux never reports, not even of this machine. */
const neverByLinux: Fact = 'creationTimes';

const reports: Partial<Record<ReportKind, Commands>> = {
  statistics: { darwin: 'netstat -s', win32: 'netstat -s' },
  groups: { win32: 'netsh interface ip show joins' },
};

const protocols: Partial<Record<Protocol, Commands>> = {
  raw: { darwin: 'netstat -an -f inet' },
};

/** `; lsof -nP -i does`, or an empty text. */
function nativeCommand(elsewhere: Commands | undefined, platform: PlatformName): string {
  const command = elsewhere?.[platform];
  return command === undefined ? '' : `; ${command} does`;
}

/**
 * Rejects filters on facts that a source does not report, which no row could match, and on the network namespace of
 * rows that are all of one.
 * @throws NetstatError `unsupported`
 */
export function requireFilteredFacts(
  source: Source,
  { netns }: Pick<Target, 'netns'>,
  asked: FactsAsked,
): void {
  for (const { fact, filter, mayLack = false } of asked) {
    if (mayLack && isLeftOutOfFiles(source, fact)) continue;
    if (!source.facts.includes(fact)) throw unavailableFrom(source, fact, filter);
    if (fact !== 'netns' || netns !== 'own') continue;
    const message = `${filter}: sockets of other network namespaces are read only with --all-netns, or --netns NAME`;
    throw new NetstatError('unsupported', message, { path: filter });
  }
}

/** Facts that a source may lack, and what asks for each: a flag, or a column alone. */
const askedBy = {
  tcpInfo: '--tcp-info',
  socketInfo: '--socket-info',
  boundSockets: '--bound-inactive',
  workloads: '--workloads',
  exposure: '--exposure',
  netns: 'netns',
  machines: 'host',
} as const satisfies Partial<Record<Fact, string>>;

/** Facts that files of Linux lack: rows come without them, with a warning. */
const lackingInFiles: readonly Fact[] = ['tcpInfo', 'tcpInternals', 'boundSockets'];

function isLeftOutOfFiles({ platform }: Source, fact: Fact): boolean {
  return platform === 'linux' && lackingInFiles.includes(fact);
}

/** Columns whose fact is not enough to choose rows by, but can be shown, and so sorted by. */
const shownAnyway: Partial<Readonly<Record<PlatformName, readonly string[]>>> = {
  darwin: ['command'],
};

/**
 * Rejects columns and sort keys of facts that the source does not have, by the name that was typed. A column may be
 * empty if it is read with the row anyway; sorting by it would do nothing.
 * @throws NetstatError `unsupported`
 */
export async function requireNamedFacts(
  source: Source,
  { query: { report, sort }, view }: Pick<Listing, 'query' | 'view'>,
): Promise<void> {
  if (sort.length === 0 && view.columns === null) return;
  const [{ attributeNamed }, { factsOfNeeds }] = await Promise.all([
    import('../attributes/index.ts'),
    import('../attributes/attribute.ts'),
  ]);
  const refuse = (name: string, facts: readonly Fact[]) => {
    const lacking = facts.find(
      (fact) => !source.facts.includes(fact) && !isLeftOutOfFiles(source, fact),
    );
    if (lacking !== undefined) throw unavailableFrom(source, lacking, name);
  };
  for (const name of view.columns ?? []) {
    const facts = factsOfNeeds(attributeNamed(report, name)?.needs ?? []);
    refuse(
      name,
      facts.filter((fact) => Object.hasOwn(askedBy, fact)),
    );
  }
  for (const { name } of sort.map(sortKeyOf)) {
    const { fact, key = '', sortNeeds = [] } = attributeNamed(report, name) ?? {};
    if (shownAnyway[source.platform]?.includes(key)) continue;
    refuse(name, [...(fact === undefined ? [] : [fact]), ...factsOfNeeds(sortNeeds)]);
  }
}

/** @throws NetstatError `unsupported` if a fact is needed that the source does not have */
export function requireNeededFacts(source: Source, needs: Pick<Needs, keyof typeof askedBy>): void {
  for (const fact of Object.keys(askedBy) as (keyof typeof askedBy)[]) {
    if (!needs[fact] || source.facts.includes(fact) || isLeftOutOfFiles(source, fact)) continue;
    throw unavailableFrom(source, fact, askedBy[fact]);
  }
}

/** The error for a fact that the source does not report; `filter`: what asks for it. */
function unavailableFrom(source: Source, fact: Fact, filter: string): NetstatError {
  return new NetstatError('unsupported', whyUnavailable(source, fact, filter), { path: filter });
}

/** Worded for the source's platform. */
function whyUnavailable({ platform, machines }: Source, fact: Fact, filter: string): string {
  const title = factTitles[fact];
  if (fact === 'machines') return `${filter}: ${title} is known only with --on`;
  if (platform !== 'linux' || fact === neverByLinux) {
    const command = nativeCommand(commands[fact], platform);
    return `${filter}: ${platformTitles[platform]} does not provide ${title}${command}`;
  }
  if (machines !== undefined) {
    return `${title} (${filter}): machines read with --on do not provide them; ask on the machine itself`;
  }
  return fact === 'netns'
    ? `${filter}: a captured /proc (--proc-root) shows no network namespaces, only a mounted one does`
    : `${title} (${filter}): only a live Linux provides them, not --proc-root`;
}

/** The error if a platform has no source for a report. */
export function unavailableReport(report: ReportKind, platform: PlatformName): NetstatError {
  const command = nativeCommand(reports[report], platform);
  return new NetstatError(
    'unsupported',
    `${report}: not supported on ${platformTitles[platform]}${command}`,
  );
}

/** The error if a platform has no source for a table of sockets. */
export function unavailableProtocol(protocol: Protocol, source: Source): NetstatError {
  const title = platformTitles[source.platform];
  const command = nativeCommand(protocols[protocol], source.platform);
  return new NetstatError(
    'unsupported',
    `${protocol}: tsnetstat does not list these sockets on ${title}, but ${source.protocols.join(', ')}${command}`,
  );
}
