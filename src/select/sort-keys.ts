import type { Endpoint } from '../model/endpoint.ts';
import type { Names } from '../model/names.ts';
import type { ReportKind, ReportRows } from '../model/snapshot.ts';
import type { Socket } from '../model/socket.ts';
import { addressSortKey } from './address.ts';

/** What a row is sorted by: numbers before text, and null, whatever the direction, last. */
export type SortValue = number | bigint | string | null;

/** Reads a row's value for one key. */
export type SortKey<T> = (row: T, names: Names) => SortValue;

type SortKeys = { readonly [K in ReportKind]: Readonly<Record<string, SortKey<ReportRows[K]>>> };

type End = 'local' | 'remote';

/** Address, then port, as the column shows them. UNIX names come after all addresses. */
function endpoint(end: End): SortKey<Socket> {
  return (socket) => {
    if (socket.protocol !== 'unix') return endpointKey(socket[end]);
    return end === 'remote' || socket.path === null ? null : `8${socket.path}`;
  };
}

function endpointKey({ address, port }: Endpoint): string {
  // What is no address (a shortened one) comes after those that are, by its text.
  const key = addressSortKey(address) ?? `7${address} `;
  return key + port.toString().padStart(5, '0');
}

function port(end: End): SortKey<Socket> {
  return (socket) => (socket.protocol === 'unix' ? null : socket[end].port);
}

/** The keys of `--sort` by report. */
const sortKeys = {
  sockets: {
    proto: ({ protocol, family }) => (family === 'inet6' ? `${protocol}6` : protocol),
    local: endpoint('local'),
    lport: port('local'),
    remote: endpoint('remote'),
    rport: port('remote'),
    state: ({ state }) => state,
    pid: ({ owners }) => owners?.[0]?.pid ?? null,
    program: ({ owners }) => owners?.[0]?.program ?? null,
    user: (socket, names) => {
      if (socket.protocol === 'unix' || socket.uid === null) return null;
      return names.user(socket.uid) ?? socket.uid;
    },
    recvq: (socket) => (socket.protocol === 'unix' ? null : socket.recvQueue),
    sendq: (socket) => (socket.protocol === 'unix' ? null : socket.sendQueue),
  },
  routes: {
    destination: ({ destination, prefixLength }) =>
      `${addressSortKey(destination) ?? `7${destination} `}/${prefixLength.toString().padStart(3, '0')}`,
    gateway: ({ gateway }) =>
      gateway === null ? null : (addressSortKey(gateway) ?? `7${gateway}`),
    flags: ({ flags }) => flags,
    metric: ({ metric }) => metric,
    iface: (route) => route.interface,
  },
  interfaces: {
    iface: ({ name }) => name,
    index: ({ index }) => index,
    mtu: ({ mtu }) => mtu,
    rxbytes: ({ received }) => received.bytes,
    rxpackets: ({ received }) => received.packets,
    rxerrors: ({ received }) => received.errors,
    txbytes: ({ sent }) => sent.bytes,
    txpackets: ({ sent }) => sent.packets,
    txerrors: ({ sent }) => sent.errors,
  },
  groups: {
    iface: (group) => group.interface,
    group: ({ group }) => addressSortKey(group) ?? `7${group}`,
    refcount: ({ refCount }) => refCount,
  },
  statistics: {
    group: ({ group }) => group,
    name: ({ name }) => name,
    value: ({ value }) => value,
  },
} as const satisfies SortKeys;

/** The keys that a report can be sorted by. */
export function sortKeyNames(report: ReportKind): readonly string[] {
  return Object.keys(sortKeys[report]);
}

/** One key of a report; undefined where it has none of that name. */
export function sortKey<K extends ReportKind>(
  report: K,
  name: string,
): SortKey<ReportRows[K]> | undefined {
  const keys: SortKeys[K] = sortKeys[report];
  return Object.hasOwn(keys, name) ? keys[name] : undefined;
}
