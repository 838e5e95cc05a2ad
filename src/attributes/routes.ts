import { addressSortKey } from '../model/address/order.ts';
import type { Route } from '../model/machine/route.ts';
import type { Names } from '../model/report/names.ts';
import type { Listing } from '../model/request/listing.ts';
import { type Attribute, numeric, type ReportAttributes, textual } from './attribute.ts';
import { hostAttribute } from './host.ts';
import { netnsAttribute } from './netns.ts';

/** `default`, a host's name if it has one, or a network with its prefix length. */
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

const attributes: readonly Attribute<Route>[] = [
  textual(
    {
      key: 'family',
      header: 'Family',
      meaning: 'IPv4 or IPv6.',
      fields: ['route.family'],
      tone: 'quiet',
    },
    ({ family }) => family,
  ),
  {
    key: 'destination',
    header: 'Destination',
    meaning: 'Canonical address of the destination network or host.',
    fields: ['route.destination'],
    align: 'left',
    long: true,
    width: 18,
    tone: 'strong',
    needs: ['hostNames'],
    value: ({ destination }) => destination,
    show: (route, { names }) => destinationText(route, names),
    sort: ({ destination, prefixLength }) =>
      `${addressSortKey(destination)}/${prefixLength.toString().padStart(3, '0')}`,
  },
  numeric(
    {
      key: 'prefix',
      header: 'Prefix',
      meaning: 'Prefix length of `destination`; 0 is the default route.',
      fields: ['route.prefixLength'],
    },
    (route) => route.prefixLength,
  ),
  {
    key: 'gateway',
    header: 'Gateway',
    meaning: 'The next hop; null if the destination is directly connected.',
    fields: ['route.gateway'],
    align: 'left',
    long: true,
    width: 15,
    needs: ['hostNames'],
    value: ({ gateway }) => gateway ?? '',
    show: ({ gateway }, { names }) => (gateway === null ? '' : (names.host(gateway) ?? gateway)),
    sort: ({ gateway }) => (gateway === null ? null : addressSortKey(gateway)),
  },
  {
    key: 'source',
    header: 'Source',
    meaning: 'IPv6 source-specific routing: the source network; null if there is none.',
    fields: ['route.source'],
    align: 'left',
    long: true,
    value: ({ source }) => (source === null ? '' : sourceText(source)),
    sort: ({ source }) => (source === null ? null : addressSortKey(source.address)),
  },
  textual(
    {
      key: 'flags',
      header: 'Flags',
      meaning:
        "netstat's flag letters in netstat's order. `U`: up; `G`: through a gateway; `H`: to a single host; `!`: rejected; `D`, `M`: made, changed by a redirect. IPv6: `D`, `A`: by router advertisements; `e`: expires.",
      fields: ['route.flags'],
    },
    ({ flags }) => flags,
  ),
  numeric(
    {
      key: 'flagbits',
      header: 'Flag Bits',
      meaning: "The flags as bits: RTF_* of the platform (Windows: Linux' bits).",
      fields: ['route.flagBits'],
    },
    (route) => route.flagBits,
  ),
  numeric(
    {
      key: 'metric',
      header: 'Metric',
      meaning: 'Lower is preferred; null if not known.',
      fields: ['route.metric'],
    },
    (route) => route.metric,
  ),
  numeric(
    {
      key: 'refcount',
      header: 'Ref',
      meaning: 'References to the route; null if not known.',
      fields: ['route.refCount'],
    },
    (route) => route.refCount,
  ),
  numeric(
    {
      key: 'usecount',
      header: 'Use',
      meaning: 'Look-ups of the route; null if not known.',
      fields: ['route.useCount'],
    },
    (route) => route.useCount,
  ),
  numeric(
    {
      key: 'mss',
      header: 'MSS',
      meaning:
        "TCP's advertised maximum segment size plus 40 bytes of headers, as netstat shows it; 0 is the default; null if not known.",
      unit: 'bytes',
      fields: ['route.mss'],
    },
    (route) => route.mss,
  ),
  numeric(
    {
      key: 'window',
      header: 'Window',
      meaning: 'TCP window clamp in bytes; 0 is the default; null if not known.',
      unit: 'bytes',
      fields: ['route.window'],
    },
    (route) => route.window,
  ),
  numeric(
    {
      key: 'irtt',
      header: 'IRTT',
      meaning: 'Initial round-trip time in milliseconds; 0 is the default; null if not known.',
      unit: 'ms',
      fields: ['route.irtt'],
    },
    (route) => route.irtt,
  ),
  numeric(
    {
      key: 'mtu',
      header: 'MTU',
      meaning: 'MTU in bytes, if the platform reports it separately from `mss`.',
      unit: 'bytes',
      fields: ['route.mtu'],
    },
    (route) => route.mtu,
  ),
  textual(
    {
      key: 'interface',
      aliases: ['iface'],
      header: 'Iface',
      meaning: 'Outgoing interface; null if the route has none.',
      fields: ['route.interface'],
      width: 8,
    },
    (route) => route.interface,
  ),
  netnsAttribute('route'),
  hostAttribute('route'),
];

function tableKeys({ view }: Pick<Listing, 'view'>): () => readonly string[] {
  const keys = [
    ...['destination', 'gateway', 'flags', 'metric'],
    ...(view.extend > 0 ? ['refcount', 'usecount'] : []),
    ...(view.extend > 1 ? ['mss', 'window', 'irtt', 'mtu'] : []),
    'interface',
    ...(view.withNetns ? ['netns'] : []),
  ];
  return () => keys;
}

/** The attributes of routes. */
export const routeAttributes: ReportAttributes<Route> = {
  attributes,
  tableKeys,
  firstToGo: ['irtt', 'window', 'mss', 'usecount', 'refcount', 'mtu', 'metric', 'flags'],
};
