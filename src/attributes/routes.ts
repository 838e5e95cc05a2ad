import type { Names } from '../model/names.ts';
import type { Request } from '../model/request.ts';
import type { Route } from '../model/route.ts';
import { type Column, numeral, type ReportColumns } from './attribute.ts';

/** `default`, a host by name where it has one, a network with the length of its prefix. */
function destinationText(route: Route, names: Names): string {
  const { destination, prefixLength, family, source } = route;
  const from = source === null ? '' : ` from ${sourceText(source)}`;
  if (prefixLength === 0) return `default${from}`;
  const isHost = prefixLength === (family === 'inet' ? 32 : 128);
  const host = isHost ? names.host(destination) : undefined;
  const network = isHost ? undefined : names.network(destination);
  return `${host ?? `${network ?? destination}/${prefixLength}`}${from}`;
}

function sourceText({ address, prefixLength }: NonNullable<Route['source']>): string {
  return `${address}/${prefixLength}`;
}

function count(key: string, header: string, pick: (route: Route) => number | null): Column<Route> {
  return { key, header, align: 'right', value: (route) => numeral(pick(route)) };
}

const columns: readonly Column<Route>[] = [
  { key: 'family', header: 'Family', align: 'left', tone: 'quiet', value: ({ family }) => family },
  {
    key: 'destination',
    header: 'Destination',
    align: 'left',
    long: true,
    width: 18,
    tone: 'strong',
    value: ({ destination }) => destination,
    show: (route, { names }) => destinationText(route, names),
  },
  count('prefix', 'Prefix', (route) => route.prefixLength),
  {
    key: 'gateway',
    header: 'Gateway',
    align: 'left',
    long: true,
    width: 15,
    value: ({ gateway }) => gateway ?? '',
    show: ({ gateway }, { names }) => (gateway === null ? '' : (names.host(gateway) ?? gateway)),
  },
  {
    key: 'source',
    header: 'Source',
    align: 'left',
    long: true,
    value: ({ source }) => (source === null ? '' : sourceText(source)),
  },
  { key: 'flags', header: 'Flags', align: 'left', value: ({ flags }) => flags },
  count('flagbits', 'Flag Bits', (route) => route.flagBits),
  count('metric', 'Metric', (route) => route.metric),
  count('refcount', 'Ref', (route) => route.refCount),
  count('usecount', 'Use', (route) => route.useCount),
  count('mss', 'MSS', (route) => route.mss),
  count('window', 'Window', (route) => route.window),
  count('irtt', 'IRTT', (route) => route.irtt),
  count('mtu', 'MTU', (route) => route.mtu),
  {
    key: 'interface',
    header: 'Iface',
    align: 'left',
    width: 8,
    value: (route) => route.interface ?? '',
  },
];

function tableKeys({ extend }: Request): () => readonly string[] {
  const keys = [
    ...['destination', 'gateway', 'flags', 'metric'],
    ...(extend > 0 ? ['refcount', 'usecount'] : []),
    ...(extend > 1 ? ['mss', 'window', 'irtt', 'mtu'] : []),
    'interface',
  ];
  return () => keys;
}

/** The columns of routing tables. */
export const routeColumns: ReportColumns<Route> = { columns, tableKeys };
