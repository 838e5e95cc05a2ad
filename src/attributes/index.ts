import { NetstatError } from '../errors.ts';
import type { ReportKind, ReportRows, Row } from '../model/report/snapshot.ts';
import type { Listing } from '../model/request/listing.ts';
import { didYouMean, nearNames } from '../text/near-names.ts';
import { masked } from '../text/sanitize.ts';
import { shortened } from '../text/shortened.ts';
import { type Attribute, attributeIn, type ReportAttributes } from './attribute.ts';
import { groupAttributes } from './groups.ts';
import { interfaceAttributes } from './interfaces.ts';
import { routeAttributes } from './routes.ts';
import { socketAttributes } from './sockets.ts';
import { statisticsAttributes } from './statistics.ts';

const registry = {
  sockets: socketAttributes,
  routes: routeAttributes,
  interfaces: interfaceAttributes,
  groups: groupAttributes,
  statistics: statisticsAttributes,
} satisfies { [K in ReportKind]: ReportAttributes<ReportRows[K]> };

function of<K extends ReportKind>(report: K): ReportAttributes<ReportRows[K]> {
  return registry[report] as unknown as ReportAttributes<ReportRows[K]>;
}

/** The last attribute of every report: when the row was read, which distinguishes the rounds of `-c`. */
const taken: Attribute<Row> = {
  key: 'taken',
  header: 'Taken At',
  meaning: 'When reading began: ISO 8601, UTC.',
  align: 'left',
  width: 24,
  tone: 'quiet',
  value: (_, { takenAt }) => takenAt,
};

/** All attributes of a report's rows, in CSV's order. */
export function attributesOf<K extends ReportKind>(report: K): readonly Attribute<ReportRows[K]>[] {
  return [...of(report).attributes, taken as Attribute<ReportRows[K]>];
}

/** A report's attribute with this key or alias; undefined: there is none. */
export function attributeNamed<K extends ReportKind>(
  report: K,
  name: string,
): Attribute<ReportRows[K]> | undefined {
  return attributeIn(attributesOf(report), name);
}

/** The keys that `--columns` accepts for a report, without their aliases. */
export function columnKeys(report: ReportKind): readonly string[] {
  return attributesOf(report).map(({ key }) => key);
}

/** The columns that the boxed table shows for a row: see `ReportAttributes.tableKeys`. */
export function tableKeys<K extends ReportKind>(
  report: K,
  listing: Omit<Listing, 'target'>,
): (row: ReportRows[K] | null) => readonly string[] {
  const keysOf = of(report).tableKeys(listing);
  if (listing.view.machineNames === null) return keysOf;
  const withHost = new Map<readonly string[], readonly string[]>();
  return (row) => {
    const keys = keysOf(row);
    let all = withHost.get(keys);
    if (all === undefined) {
      all = ['host', ...keys];
      withHost.set(keys, all);
    }
    return all;
  };
}

/** The columns that a narrow table drops: see `ReportAttributes.firstToGo`. */
export function firstToGo(report: ReportKind): readonly string[] {
  return of(report).firstToGo;
}

/** Selects the rows that tables for people leave out unless -a is given, as in netstat; null: there are none. */
export function minorRows<K extends ReportKind>(
  report: K,
): ((row: ReportRows[K]) => boolean) | null {
  return of(report).isMinor ?? null;
}

/** Names of columns in other tools, in this program's own flags, and of JSON's fields that hold several; lower-case. */
export const otherNames: Readonly<Record<string, readonly string[]>> = {
  port: ['sport', 'dport'],
  address: ['src', 'dst'],
  addr: ['src', 'dst'],
  ip: ['src', 'dst'],
  uid: ['user'],
  process: ['program', 'pid'],
  comm: ['program'],
  cmd: ['command', 'program'],
  name: ['program'],
  'pid/program': ['pid', 'program'],
  owners: ['pid', 'program'],
  protocol: ['proto'],
  namespace: ['netns'],
  acceptqueue: ['acceptq', 'acceptlimit'],
  runtime: ['workload'],
};

/** The keys or aliases of the attributes that other tools, this program's flags or JSON call so. */
export function keysElsewhere<R>(
  attributes: readonly Attribute<R>[],
  name: string,
): readonly string[] {
  const asked = name.toLowerCase();
  const others = Object.hasOwn(otherNames, asked) ? (otherNames[asked] as readonly string[]) : [];
  const areNames = others.every((other) => attributeIn(attributes, other) !== undefined);
  return others.length > 0 && areNames ? others : keysInJson(attributes, name);
}

/**
 * The keys of the attributes that JSON calls so, by the field or by the end of its path: `bytesSent`,
 * `tcpInfo.bytesSent`, `local.port`. Of a path that no place ends with, the last field decides.
 */
function keysInJson<R>(attributes: readonly Attribute<R>[], name: string): readonly string[] {
  const called = (wanted: string) =>
    attributes
      .filter(({ fields = [], path = '' }) =>
        [...fields, path].some((place) => pathEnds(place).includes(wanted)),
      )
      .map(({ key }) => key);
  return (
    pathEnds(name)
      .map(called)
      .find((keys) => keys.length > 0) ?? []
  );
}

/** A path and its ends, longest first, without what tells words apart: `local.port` → localport, port. */
function pathEnds(path: string): readonly string[] {
  const parts = path.toLowerCase().replace(/[-_]/g, '').split('.');
  return parts.map((_, at) => parts.slice(at).join('')).filter((end) => end !== '');
}

/** Words for all names, of which none is one. */
const listWords = ['list', 'help', 'all'];

/** The keys and aliases that somebody who typed `name` may have meant; a header means its column. */
export function nearAttributes<R>(
  attributes: readonly Attribute<R>[],
  name: string,
): readonly string[] {
  const keys = new Map(attributes.map(({ header, key }) => [header, key]));
  const names = attributes.flatMap(({ key, aliases = [] }) => [key, ...aliases]);
  if (listWords.includes(name)) return [];
  const elsewhere = keysElsewhere(attributes, name);
  if (elsewhere.length > 0) return elsewhere;
  const near = nearNames(name, [...names, ...keys.keys()]);
  return [...new Set(near.map((one) => keys.get(one) ?? one))];
}

/** As many names as a message can list. */
const mostListed = 30;

/** Which names there are, for somebody who typed another: `columns of routes: family, …`, or where they are listed. */
export function namesOf(report: ReportKind, what: string, names: readonly string[]): string {
  return names.length > mostListed
    ? `tsnetstat --help columns lists the ${what} of ${report}`
    : `${what} of ${report}: ${names.join(', ')}`;
}

/** Maximum number of columns of one table; a key may occur more than once. */
export const mostColumns = 1000;

/**
 * The columns with these names, in this order; a column asked for by an alias has the alias as its key.
 * @throws NetstatError `usage` if a column does not exist, no name is given, or there are too many
 */
export function pickColumns<K extends ReportKind>(
  report: K,
  names: readonly string[],
): readonly Attribute<ReportRows[K]>[] {
  const known = () => namesOf(report, 'columns', columnKeys(report));
  if (names.length === 0) throw new NetstatError('usage', `no column named; ${known()}`);
  if (names.length > mostColumns) {
    throw new NetstatError(
      'usage',
      `--columns: ${names.length} columns named; a table has at most ${mostColumns}`,
    );
  }
  return names.map((name, at) => {
    const attribute = attributeNamed(report, name);
    if (name === '' && names.length > 1) {
      const place = at === names.length - 1 ? 'after the last comma' : 'before a comma';
      throw new NetstatError('usage', `--columns: a name is missing ${place}`);
    }
    if (!attribute) {
      const near = didYouMean(nearAttributes(attributesOf(report), name));
      const what = `${report} have no column '${masked(shortened(name))}'`;
      throw new NetstatError('usage', `--columns: ${what}; ${near || known()}`);
    }
    return attribute.key === name ? attribute : { ...attribute, key: name };
  });
}
