import { isKnownDown } from '../model/classify.ts';
import type { InterfaceAddress, NetInterface, Traffic } from '../model/interface.ts';
import type { Request } from '../model/request.ts';
import { type Column, numeral, type ReportColumns } from './attribute.ts';

/** `192.0.2.7/24 broadcast 192.0.2.255 label eth0:1`, `fe80::1/64 scope link`. */
function addressText(one: InterfaceAddress): string {
  const peer = one.peer === null ? '' : ` peer ${one.peer}`;
  const broadcast = one.broadcast === null ? '' : ` broadcast ${one.broadcast}`;
  const scope = one.scope === null ? '' : ` scope ${one.scope}`;
  const label = one.label === undefined ? '' : ` label ${one.label}`;
  return `${one.address}/${one.prefixLength}${peer}${broadcast}${scope}${label}`;
}

function count(
  key: string,
  header: string,
  pick: (face: NetInterface) => number | bigint | null,
): Column<NetInterface> {
  return { key, header, align: 'right', value: (face) => numeral(pick(face)) };
}

/** What went one way; the header after netstat's: `RX-OK`, `TX-ERR` … */
function traffic(
  way: 'rx' | 'tx',
  word: string,
  header: string,
  pick: (traffic: Traffic) => bigint | null,
): Column<NetInterface> {
  return count(`${way}${word}`, `${way.toUpperCase()}-${header}`, (face) =>
    pick(way === 'rx' ? face.received : face.sent),
  );
}

const columns: readonly Column<NetInterface>[] = [
  {
    key: 'name',
    header: 'Iface',
    align: 'left',
    long: true,
    width: 8,
    tone: 'strong',
    value: ({ name }) => name,
  },
  count('index', 'Index', ({ index }) => index),
  count('mtu', 'MTU', ({ mtu }) => mtu),
  traffic('rx', 'packets', 'OK', ({ packets }) => packets),
  traffic('rx', 'bytes', 'Bytes', ({ bytes }) => bytes),
  traffic('rx', 'errors', 'ERR', ({ errors }) => errors),
  traffic('rx', 'dropped', 'DRP', ({ dropped }) => dropped),
  traffic('rx', 'overruns', 'OVR', ({ overruns }) => overruns),
  traffic('rx', 'frame', 'FRM', ({ frameOrCarrier }) => frameOrCarrier),
  count('rxcompressed', 'RX-CMP', ({ compressedReceived }) => compressedReceived),
  traffic('tx', 'packets', 'OK', ({ packets }) => packets),
  traffic('tx', 'bytes', 'Bytes', ({ bytes }) => bytes),
  traffic('tx', 'errors', 'ERR', ({ errors }) => errors),
  traffic('tx', 'dropped', 'DRP', ({ dropped }) => dropped),
  traffic('tx', 'overruns', 'OVR', ({ overruns }) => overruns),
  traffic('tx', 'carrier', 'CAR', ({ frameOrCarrier }) => frameOrCarrier),
  count('txcompressed', 'TX-CMP', ({ compressedSent }) => compressedSent),
  count('collisions', 'Coll', ({ collisions }) => collisions),
  count('multicast', 'Mcast', ({ multicast }) => multicast),
  count('txqueuelen', 'TX-Queue', ({ txQueueLength }) => txQueueLength),
  {
    key: 'linktype',
    header: 'Link',
    align: 'left',
    long: true,
    value: ({ linkType }) => linkType ?? '',
  },
  {
    key: 'hwaddr',
    header: 'Hardware',
    align: 'left',
    width: 17,
    value: ({ hardwareAddress }) => hardwareAddress ?? '',
  },
  {
    key: 'addresses',
    header: 'Addresses',
    align: 'left',
    long: true,
    value: ({ addresses }) => addresses.map(addressText),
    show: ({ addresses }) =>
      addresses.map(({ address, prefixLength }) => `${address}/${prefixLength}`),
  },
  {
    key: 'flags',
    header: 'Flags',
    align: 'left',
    long: true,
    value: ({ flags }) => flags,
    show: ({ flags }) => flags.join(' '),
  },
  count('flagbits', 'Flag Bits', ({ flagBits }) => flagBits),
];

function tableKeys({ extend }: Request): () => readonly string[] {
  const ways = (words: readonly string[]) =>
    ['rx', 'tx'].flatMap((way) => words.map((word) => way + word));
  const keys =
    extend > 0
      ? [
          ...['name', 'mtu', 'hwaddr', 'addresses'],
          ...ways(['packets', 'bytes', 'errors', 'dropped']),
          ...['collisions', 'flags'],
        ]
      : ['name', 'mtu', ...ways(['packets', 'errors', 'dropped', 'overruns']), 'flags'];
  return () => keys;
}

/** The columns of network interfaces. */
export const interfaceColumns: ReportColumns<NetInterface> = {
  columns,
  tableKeys,
  isMinor: isKnownDown,
};
