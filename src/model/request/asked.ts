import { type InetFamily, inetProtocols, type Protocol, protocolFlag } from '../protocol.ts';
import type { ReportKind } from '../report/snapshot.ts';
import { shellWord } from '../shell-word.ts';
import { isSameNetnsAsked, type Listing, type NetnsAsked } from './listing.ts';
import { type FilterOptions, filterNames, type Query, type Which } from './query.ts';
import type { View } from './view.ts';

/** Facts of sockets that are read only on request, named as in `View`. */
export const extraFacts = ['tcpInfo', 'socketInfo', 'peers', 'workloads', 'exposure'] as const;

type ExtraFact = (typeof extraFacts)[number];

/** What a saved answer was asked for: enough to ask the same again. */
export interface SavedQuestion {
  /** The machine's own name; null: not known, or a /proc other than its own was read. */
  readonly host: string | null;
  readonly report: ReportKind;
  /** Socket tables; for statistics, the protocols whose counters were read. */
  readonly protocols: readonly Protocol[];
  readonly families: readonly InetFamily[];
  /** Sockets: connected, listening or all. */
  readonly which: Which;
  readonly boundInactive: boolean;
  /** Only interfaces with these names; empty: all. */
  readonly interfaces: readonly string[];
  /** The filters that were given, as they were given. */
  readonly filters: Partial<FilterOptions>;
  readonly netns: NetnsAsked;
  /** Other machines that were asked; left out: the one it ran on. */
  readonly on?: readonly string[];
  /** The additional facts that each row was to have. */
  readonly extras: readonly ExtraFact[];
}

/** `--save`: where the answer is written. */
export interface SaveTo {
  /** A file; `-` is standard output. */
  readonly path: string;
  /** The file's permissions; null: readable by its owner only. */
  readonly mode: number | null;
}

/** `--diff`: what the answer is compared with. */
export interface Comparison {
  /** A saved file; `-` is standard input. */
  readonly path: string;
  /** Where the new answer is saved afterwards; null: nowhere. */
  readonly save: SaveTo | null;
  /** Expressions: rows that match one are left out on both sides. */
  readonly ignored: readonly string[];
  /** `-q`: nothing is printed, the exit code is the answer. */
  readonly quiet: boolean;
  /** The parts of the question that the command line chooses; the others are those that the file records. */
  readonly chosen: ReadonlySet<QuestionPart>;
}

/** The parts of a question that flags choose; filters only narrow it. */
export type QuestionPart =
  | 'report'
  | 'protocols'
  | 'families'
  | 'which'
  | 'boundInactive'
  | 'interfaces'
  | 'netns';

/** What a listing asks for, to be saved with its answer. */
export function askedOf({ query, view, target }: Listing, host: string | null): SavedQuestion {
  const { report, protocols, families, which, boundInactive, interfaces, filters } = query;
  const given = Object.entries(filters).filter(([, value]) =>
    Array.isArray(value) ? value.length > 0 : value,
  );
  return {
    host: target.procRoot === null && target.machines === null ? host : null,
    ...{ report, protocols, families, which, boundInactive, interfaces },
    filters: Object.fromEntries(given),
    netns: target.netns,
    ...(target.machines !== null && { on: target.machines.names }),
    extras: extraFacts.filter((fact) => view[fact]),
  };
}

/**
 * The same listing, but with the question of a saved answer in all parts that were not `chosen` for it. Extra facts are
 * those of both.
 */
export function askedAgain(
  listing: Listing,
  asked: SavedQuestion,
  chosen: Comparison['chosen'],
): Listing {
  const { query, target } = listing;
  const extras = Object.fromEntries(asked.extras.map((fact) => [fact, true])) as Partial<View>;
  type Part = Exclude<QuestionPart, 'netns'>;
  const of = <K extends Part>(part: K) =>
    (chosen.has(part) ? query : (asked as Pick<Query, Part>))[part];
  const [report, families] = [of('report'), of('families')];
  const protocols =
    chosen.has('families') && !chosen.has('protocols')
      ? inetAmong(asked.protocols, query.protocols)
      : of('protocols');
  const netns = chosen.has('netns') ? target.netns : asked.netns;
  // With all protocols of a family (-4), none counts as named.
  const isEvery = inetProtocols.every((protocol) => protocols.includes(protocol));
  return {
    ...listing,
    query: {
      ...query,
      report,
      protocols,
      families,
      which: of('which'),
      boundInactive: of('boundInactive'),
      interfaces: of('interfaces'),
      protocolsNamed: report === 'sockets' && !isEvery,
      requiredFamilies: families.length === 1 ? families : ['inet'],
      filters: narrowed(query.filters, asked.filters),
    },
    view: { ...listing.view, ...extras, withNetns: listing.view.withNetns || netns !== 'own' },
    target: { ...target, netns },
  };
}

/** The protocols that a family leaves of those saved: UNIX sockets have none. Of no others: those of the family. */
function inetAmong(saved: readonly Protocol[], ofFamily: readonly Protocol[]): readonly Protocol[] {
  const left = saved.filter((protocol) => protocol !== 'unix');
  return left.length > 0 ? left : ofFamily;
}

/** The filters of a saved question; a filter given now replaces the saved one of the same name. */
function narrowed(given: FilterOptions, then: SavedQuestion['filters']): FilterOptions {
  const both = { ...given, exposed: given.exposed || then.exposed === true };
  for (const name of filterNames) {
    if (given[name].length === 0) both[name] = then[name] ?? [];
  }
  return both;
}

/**
 * Whether a question selects no row that a wider one leaves out, as far as both show: additional
 * filters only narrow it.
 */
export function isWithin(asked: SavedQuestion, wider: SavedQuestion): boolean {
  const has = <T>(all: readonly T[], some: readonly T[]) => some.every((one) => all.includes(one));
  const { filters } = asked;
  const whole = wider.interfaces.length === 0;
  return (
    asked.report === wider.report &&
    has(wider.protocols, asked.protocols) &&
    has(wider.families, asked.families) &&
    // Of other reports every row is read, whatever a table for people leaves out.
    (asked.report !== 'sockets' || wider.which === 'all' || wider.which === asked.which) &&
    wider.boundInactive === asked.boundInactive &&
    (whole || (asked.interfaces.length > 0 && has(wider.interfaces, asked.interfaces))) &&
    (wider.filters.exposed !== true || filters.exposed === true) &&
    filterNames.every((name) => {
      const then = wider.filters[name] ?? [];
      // Several values of a filter widen it; expressions are words of one.
      return then.length === 0 || then.join('\0') === (filters[name] ?? []).join('\0');
    }) &&
    (asked.on === undefined
      ? wider.on === undefined
      : wider.on !== undefined && has(wider.on, asked.on)) &&
    ((wider.netns === 'all' && asked.netns === 'own') || isSameNetnsAsked(wider.netns, asked.netns))
  );
}

const whichFlags = { connected: [], listening: ['-l'], all: ['-a'] } as const;
const reportFlag = { routes: '-r', interfaces: '-i', groups: '-g', statistics: '-s' } as const;

/** What was asked as a command line would say it, for people. */
export function askedText(asked: SavedQuestion): string {
  const { report, protocols, families, which, interfaces, filters, netns } = asked;
  const words: string[] = [];
  if (report !== 'sockets') words.push(reportFlag[report]);
  if (protocols.length <= inetProtocols.length) {
    const isInet = inetProtocols.every((protocol) => protocols.includes(protocol));
    if (isInet && families.length > 1) words.push('-4', '-6');
    else if (!isInet) words.push(...protocols.map(protocolFlag));
  }
  const [family] = families;
  if (families.length === 1 && !(report === 'routes' && family === 'inet')) {
    words.push(family === 'inet' ? '-4' : '-6');
  }
  if (filters.exposed !== true && (report === 'sockets' || which === 'all')) {
    words.push(...whichFlags[which]);
  }
  if (asked.boundInactive) words.push('--bound-inactive');
  if (netns !== 'own')
    words.push(...(netns === 'all' ? ['--all-netns'] : ['--netns', shellWord(netns.name)]));
  const { expression = [], exposed, ...others } = filters;
  if (asked.on !== undefined) words.push('--on', shellWord(asked.on.join(',')));
  for (const [name, values] of Object.entries(others)) {
    for (const value of values) words.push(`--${name}`, shellWord(value));
  }
  if (exposed) words.push('--exposed');
  words.push(...[...interfaces, ...expression].map(shellWord));
  return words.length === 0 ? 'no option' : words.join(' ');
}
