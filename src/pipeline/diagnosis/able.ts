import type { Check } from '../../analysis/checks/index.ts';
import type { SystemFacts } from '../../model/machine/system-facts.ts';
import type { Protocol } from '../../model/protocol.ts';
import { type Fact, factTitles, platformTitles } from '../../model/report/facts.ts';
import type { Socket } from '../../model/socket/socket.ts';
import type { Source } from '../../sources/source.ts';
import type { DiagnosisParts } from './parts.ts';
import { asksNoOnePort } from './service-asked.ts';

/** The facts about sockets that a check needs. */
function factsNeeded({ needs }: Check): readonly Fact[] {
  return [
    ...(needs.rowFacts ?? []),
    ...(needs.tcpInfo ? (['tcpInfo'] as const) : []),
    ...(needs.socketInfo ? (['socketInfo'] as const) : []),
    ...(needs.exposure === true ? (['exposure'] as const) : []),
  ];
}

/** Why a check cannot run, whatever is read; null: it can. */
export function whyNot(check: Check, isNamed: boolean, parts: DiagnosisParts): string | null {
  // Of several ports, one reason is told for all checks of a service.
  if (check.about === 'service' && asksNoOnePort(parts.query.filters, parts.service)) {
    return 'it is about one service: select a single port, by its number';
  }
  // What no other command line would change, before what one would.
  return whyNever(check, parts.source) ?? whyNotAsked(check, isNamed, parts);
}

/** Why a check cannot run on what this source provides, whatever is asked for; null: it can. */
function whyNever(check: Check, source: Source): string | null {
  const { needs } = check;
  if (needs.twoReadings && source.isStill) {
    return 'it compares two readings, but a captured /proc has only one';
  }
  const title = platformTitles[source.platform];
  if (needs.protocols.length > 0 && protocolsRead(check, source).length === 0) {
    return `${title} does not provide sockets of ${needs.protocols.join(', ')}`;
  }
  const fact = factsNeeded(check).find((one) => !source.facts.includes(one));
  if (fact !== undefined) {
    const what = factTitles[fact];
    if (source.platform !== 'linux') return `${title} does not provide ${what}`;
    return source.facts.includes('machines')
      ? `machines read with --on do not provide ${what}`
      : `only a live Linux provides ${what}, not --proc-root`;
  }
  if ((needs.facts?.length ?? 0) > 0 && source.systemFacts === undefined) {
    return `limits and settings of ${title} are not supported`;
  }
  const reports = (['routes', 'interfaces'] as const).filter((report) => needs[report]);
  const report = [...reports, ...(needs.counters === true ? (['statistics'] as const) : [])].find(
    (one) => !source.reports.includes(one),
  );
  return report === undefined ? null : `${report} are not supported on ${title}`;
}

/** Why a check cannot run on what was asked for; null: it can. */
function whyNotAsked(
  check: Check,
  isNamed: boolean,
  { source, query, selection, netns, service }: DiagnosisParts,
): string | null {
  // What is about the processes of the service is about no whole.
  const about = check.ofService && service ? 'service' : check.about;
  const isNarrowed = !selection.isPlain || query.protocolsNamed || query.which !== 'all';
  if (about !== 'sockets' && about !== 'service' && isNarrowed && !isNamed) {
    return `it is about the whole ${about}, but sockets are filtered; name it to run it anyway`;
  }
  if (about === 'service' && !service) {
    return 'it is about one service: select one with --port, --program or --remote';
  }
  if (about === 'machine' && typeof netns === 'object') {
    return 'it is about the machine, but one network namespace was selected';
  }
  const protocols = protocolsRead(check, source);
  const unselected = protocols.filter((one) => !query.protocols.includes(one));
  // What is about a whole cannot be told from a part.
  const isWhole = about === 'network' || about === 'machine';
  return unselected.length > 0 && (isWhole || unselected.length === protocols.length)
    ? `no sockets of ${unselected.join(', ')} were selected`
    : null;
}

/** The tables that a check looks at, as far as the source has them. */
function protocolsRead({ needs }: Check, source: Source): readonly Protocol[] {
  return needs.protocols.filter((one) => source.protocols.includes(one));
}

/** Why a fact that a check requires is missing; null: none is. */
export function lackingFact({ needs }: Check, { values, missing }: SystemFacts): string | null {
  const lack = needs.facts?.find((fact) => (values[fact] ?? null) === null);
  return lack === undefined ? null : (missing[lack] ?? `${lack} is unknown there`);
}

/** Reasons why facts are known only in part. */
export function partlyKnown({ needs }: Check, { values, missing }: SystemFacts): readonly string[] {
  return (needs.facts ?? []).flatMap((fact) =>
    (values[fact] ?? null) === null ? [] : (missing[fact] ?? []),
  );
}

/**
 * Whether a socket lacks something that a check needs: if the kernel cannot be asked over netlink, files are read,
 * which lack it.
 */
export function lacksFact(socket: Socket, { needs }: Check): boolean {
  if (socket.protocol === 'unix') return false;
  const { protocol, state, tcpInfo, acceptQueue, drops } = socket;
  if (needs.tcpInfo && state === 'ESTABLISHED' && protocol === 'tcp') return tcpInfo == null;
  if (!needs.socketInfo) return false;
  return protocol === 'tcp' ? state === 'LISTEN' && acceptQueue?.limit == null : drops == null;
}
