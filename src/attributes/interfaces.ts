import type { InterfaceAddress, NetInterface, Traffic } from '../model/machine/interface.ts';
import { isKnownDown } from '../model/machine/interface.ts';
import type { Listing } from '../model/request/listing.ts';
import { type Attribute, numeric, type ReportAttributes, textual, type Unit } from './attribute.ts';
import { interfaceLetters } from './flag-letters.ts';
import { hostAttribute } from './host.ts';
import { netnsAttribute } from './netns.ts';

/** `192.0.2.7/24 broadcast 192.0.2.255 label eth0:1`, `fe80::1/64 scope link`. */
function addressText(one: InterfaceAddress): string {
  const peer = one.peer === null ? '' : ` peer ${one.peer}`;
  const broadcast = one.broadcast === null ? '' : ` broadcast ${one.broadcast}`;
  const scope = one.scope === null ? '' : ` scope ${one.scope}`;
  const label = one.label === undefined ? '' : ` label ${one.label}`;
  return `${one.address}/${one.prefixLength}${peer}${broadcast}${scope}${label}`;
}

/** What each of netstat's letters stands for: `B=BROADCAST`. */
const flagsByLetter = interfaceLetters.map(([flag, letter]) => `${letter}=${flag}`).join(', ');

/** A counter of traffic; `word`, in its names: the field's own name unless given. */
interface Counted {
  readonly field: keyof Traffic;
  readonly word?: string;
  readonly header: string;
  readonly meaning: string;
  readonly unit?: Unit;
}

/** One direction's traffic attribute. */
function traffic(
  way: 'rx' | 'tx',
  { field, word = field, header, meaning, unit = 'packets' }: Counted,
): Attribute<NetInterface> {
  const side = way === 'rx' ? 'received' : 'sent';
  const of = (face: NetInterface) => face[side][field];
  return numeric(
    {
      key: `${way}${word}`,
      path: `${side}.${field}`,
      header: `${way.toUpperCase()}-${header}`,
      meaning: `${way === 'rx' ? 'Received' : 'Sent'}: ${meaning}; null if not known.`,
      unit,
      metric: {
        name: `tsnetstat_interface_${way === 'rx' ? 'receive' : 'transmit'}_${word}`,
        help: `${way === 'rx' ? 'Received' : 'Sent'} through the interface: ${meaning}.`,
        unit: unit === 'bytes' ? unit : null,
        type: 'counter',
        of,
      },
    },
    of,
  );
}

const attributes: readonly Attribute<NetInterface>[] = [
  textual(
    {
      key: 'name',
      aliases: ['interface', 'iface'],
      header: 'Iface',
      meaning: "The interface's name.",
      fields: ['interface.name'],
      long: true,
      width: 8,
      tone: 'strong',
    },
    ({ name }) => name,
  ),
  numeric(
    {
      key: 'index',
      header: 'Index',
      meaning: "The interface's index, as used in routes and zones; null if not known.",
      fields: ['interface.index'],
    },
    ({ index }) => index,
  ),
  numeric(
    {
      key: 'mtu',
      header: 'MTU',
      meaning: 'Largest packet, in bytes; null if not known.',
      unit: 'bytes',
      fields: ['interface.mtu'],
    },
    ({ mtu }) => mtu,
  ),
  traffic('rx', { field: 'packets', header: 'OK', meaning: 'packets' }),
  traffic('rx', { field: 'bytes', header: 'Bytes', meaning: 'bytes', unit: 'bytes' }),
  traffic('rx', { field: 'errors', header: 'ERR', meaning: 'packets in error' }),
  traffic('rx', { field: 'dropped', header: 'DRP', meaning: 'packets dropped' }),
  traffic('rx', { field: 'overruns', header: 'OVR', meaning: 'FIFO overruns' }),
  traffic('rx', {
    field: 'frameOrCarrier',
    word: 'frame',
    header: 'FRM',
    meaning: 'frame alignment errors',
  }),
  numeric(
    {
      key: 'rxcompressed',
      header: 'RX-CMP',
      meaning: 'Compressed packets received; null if not known.',
      unit: 'packets',
      fields: ['interface.compressedReceived'],
    },
    ({ compressedReceived }) => compressedReceived,
  ),
  traffic('tx', { field: 'packets', header: 'OK', meaning: 'packets' }),
  traffic('tx', { field: 'bytes', header: 'Bytes', meaning: 'bytes', unit: 'bytes' }),
  traffic('tx', { field: 'errors', header: 'ERR', meaning: 'packets in error' }),
  traffic('tx', { field: 'dropped', header: 'DRP', meaning: 'packets dropped' }),
  traffic('tx', { field: 'overruns', header: 'OVR', meaning: 'FIFO underruns' }),
  traffic('tx', {
    field: 'frameOrCarrier',
    word: 'carrier',
    header: 'CAR',
    meaning: 'carrier losses',
  }),
  numeric(
    {
      key: 'txcompressed',
      header: 'TX-CMP',
      meaning: 'Compressed packets sent; null if not known.',
      unit: 'packets',
      fields: ['interface.compressedSent'],
    },
    ({ compressedSent }) => compressedSent,
  ),
  numeric(
    {
      key: 'collisions',
      header: 'Coll',
      meaning: 'Collisions while sending; null if not known.',
      fields: ['interface.collisions'],
      metric: {
        name: 'tsnetstat_interface_transmit_collisions',
        help: 'Collisions while sending through the interface.',
        unit: null,
        type: 'counter',
        of: ({ collisions }) => collisions,
      },
    },
    ({ collisions }) => collisions,
  ),
  numeric(
    {
      key: 'multicast',
      header: 'Mcast',
      meaning: 'Multicast packets received; null if not known.',
      unit: 'packets',
      fields: ['interface.multicast'],
      metric: {
        name: 'tsnetstat_interface_receive_multicast',
        help: 'Received through the interface: multicast packets.',
        unit: null,
        type: 'counter',
        of: ({ multicast }) => multicast,
      },
    },
    ({ multicast }) => multicast,
  ),
  numeric(
    {
      key: 'txqueuelen',
      header: 'TX-Queue',
      meaning: 'Maximum number of packets queued for transmission; null if not known.',
      unit: 'packets',
      fields: ['interface.txQueueLength'],
    },
    ({ txQueueLength }) => txQueueLength,
  ),
  textual(
    {
      key: 'linktype',
      header: 'Link',
      meaning: 'Link layer: `Ethernet`, `Local Loopback`; null if not known.',
      fields: ['interface.linkType'],
      long: true,
    },
    ({ linkType }) => linkType,
  ),
  textual(
    {
      key: 'hwaddr',
      header: 'Hardware',
      meaning: 'Colon-separated lower-case hex; null if there is none.',
      fields: ['interface.hardwareAddress'],
      width: 17,
    },
    ({ hardwareAddress }) => hardwareAddress,
  ),
  {
    key: 'addresses',
    header: 'Addresses',
    meaning: "The interface's addresses.",
    fields: ['interface.addresses'],
    align: 'left',
    long: true,
    value: ({ addresses }) => addresses.map(addressText),
    show: ({ addresses }) =>
      addresses.map(({ address, prefixLength }) => `${address}/${prefixLength}`),
  },
  {
    key: 'flags',
    header: 'Flags',
    meaning: `Standard names of the flags that are set; null if not known. netstat's column Flg has letters: ${flagsByLetter}.`,
    fields: ['interface.flags'],
    align: 'left',
    long: true,
    value: ({ flags }) => flags ?? [],
    show: ({ flags }) => flags?.join(' ') ?? '',
  },
  numeric(
    {
      key: 'flagbits',
      header: 'Flag Bits',
      meaning: 'The flags as bits, IFF_* of Linux; null if not known.',
      fields: ['interface.flagBits'],
    },
    ({ flagBits }) => flagBits,
  ),
  netnsAttribute('interface'),
  hostAttribute('interface'),
];

function tableKeys({ view }: Pick<Listing, 'view'>): () => readonly string[] {
  const ways = (words: readonly string[]) =>
    ['rx', 'tx'].flatMap((way) => words.map((word) => way + word));
  const keys =
    view.extend > 0
      ? [
          ...['name', 'mtu', 'hwaddr', 'addresses'],
          ...ways(['packets', 'bytes', 'errors', 'dropped']),
          ...['collisions', 'flags'],
        ]
      : ['name', 'mtu', ...ways(['packets', 'errors', 'dropped', 'overruns']), 'flags'];
  const shown = view.withNetns ? [...keys, 'netns'] : keys;
  return () => shown;
}

/** The attributes of network interfaces. */
export const interfaceAttributes: ReportAttributes<NetInterface> = {
  attributes,
  tableKeys,
  firstToGo: [
    ...['collisions', 'txoverruns', 'rxoverruns', 'txdropped', 'rxdropped', 'txerrors', 'rxerrors'],
    ...['txpackets', 'rxpackets', 'mtu', 'hwaddr', 'flags'],
  ],
  isMinor: isKnownDown,
};
