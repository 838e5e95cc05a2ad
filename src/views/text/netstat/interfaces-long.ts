import { ipv4Text, netmaskWord, unmapped } from '../../../model/address/text.ts';
import type { InterfaceAddress, NetInterface, Traffic } from '../../../model/machine/interface.ts';
import { sanitize } from '../../../text/sanitize.ts';
import type { ViewContext } from '../text-view.ts';
import type { ListedInterface } from './listed-interface.ts';
import { netnsCell } from './netns-cell.ts';
import { countOrDash } from './number.ts';

const indent = '        ';

/** `-ie`: an interface as a block of lines, in the form of ifconfig(8). */
export function longForm(listed: ListedInterface, { paint, view }: ViewContext): string {
  const { label, isAlias, face, inet } = listed;
  const name = sanitize(label);
  const lines = [
    `${paint?.strong(name) ?? name}: ${flagsText(face)}  mtu ${face.mtu ?? '-'}${view.withNetns ? `  netns ${netnsCell(face)}` : ''}${view.machineNames === null ? '' : `  host ${sanitize(face.host ?? '-')}`}`,
    ...(inet === null ? [] : [indent + inetText(inet, face)]),
    ...(isAlias ? [] : inet6Lines(face)),
    ...linkLines(face),
    ...(isAlias ? [] : trafficLines(face)),
  ];
  return `${lines.join('\n')}\n\n`;
}

/** In ifconfig's order. */
const flagOrder = [
  'UP',
  'BROADCAST',
  'DEBUG',
  'LOOPBACK',
  'POINTOPOINT',
  'NOTRAILERS',
  'RUNNING',
  'NOARP',
  'PROMISC',
  'ALLMULTI',
  'SLAVE',
  'MASTER',
  'MULTICAST',
  'DYNAMIC',
];

/**
 * The bits as a signed 16-bit number, then the names; without any, netstat prints `<` and does not close it. Windows
 * has flags by name that have no bit here.
 */
function flagsText({ flags, flagBits }: NetInterface): string {
  if (flags === null || flagBits === null) return 'flags=-';
  const bits = (flagBits << 16) >> 16;
  if (bits === 0 && flags.length === 0) return 'flags=0<';
  const names = flagOrder.filter((name) => flags.includes(name));
  return `flags=${bits}${names.length === 0 ? '' : `<${names.join(',')}>`}`;
}

function inetText(inet: InterfaceAddress, { flags }: NetInterface): string {
  let text = `inet ${inet.address}  netmask ${ipv4Text(netmaskWord(inet.prefixLength))}`;
  const missing = (fact: 'broadcast' | 'peer', none: string) =>
    inet.untold?.includes(fact) ? '-' : none;
  if (flags?.includes('BROADCAST')) {
    text += `  broadcast ${inet.broadcast ?? missing('broadcast', '0.0.0.0')}`;
  }
  if (flags?.includes('POINTOPOINT')) {
    text += `  destination ${inet.peer ?? missing('peer', inet.address)}`;
  }
  return text;
}

/** IPV6_ADDR_* scope bits with ifconfig's names for them. */
const scopeIds = {
  global: '0x0<global>',
  host: '0x10<host>',
  link: '0x20<link>',
  site: '0x40<site>',
  compat: '0x80<compat,global>',
} as const satisfies Record<NonNullable<InterfaceAddress['scope']>, string>;

function inet6Lines({ addresses }: NetInterface): string[] {
  return addresses
    .filter(({ family }) => family === 'inet6')
    .map(({ address, prefixLength, scope }) => {
      const scopeId = scope === null ? '' : `  scopeid ${scopeIds[scope]}`;
      return `${indent}inet6 ${unmapped(address)}  prefixlen ${prefixLength}${scopeId}`;
    });
}

/** ifconfig's word for a link layer, and how it writes the address; null: it writes none. */
const links = new Map(
  Object.entries<readonly [word: string, write: Writer | null]>({
    Ethernet: ['ether', (bytes) => bytes.join(':')],
    ARCnet: ['arcnet', (bytes) => (bytes[0] ?? '00').toUpperCase()],
    'Generic EUI-64': ['eui64', (bytes) => bytes.slice(0, 8).join(':').toUpperCase()],
    'Serial Line IP': ['slip', null],
    'VJ Serial Line IP': ['cslip', null],
    '6-bit Serial Line IP': ['slip6', null],
    'VJ 6-bit Serial Line IP': ['cslip6', null],
    'Adaptive Serial Line IP': ['adaptive', null],
    'Point-to-Point Protocol': ['ppp', null],
    '(Cisco)-HDLC': ['hdlc', null],
    LAPB: ['lapb', null],
    'IPIP Tunnel': ['tunnel', () => ''],
    'Frame Relay Access Device': ['frad', null],
    'Local Loopback': ['loop', null],
    'Fiber Distributed Data Interface': ['fddi', (bytes) => bytes.join('-').toUpperCase()],
    'IPv6-in-IPv4': ['sit', null],
    HIPPI: ['hippi', (bytes) => bytes.join(':').toUpperCase()],
    Econet: ['ec', null],
  }),
);
type Writer = (bytes: readonly string[]) => string;

/** A link layer that ifconfig does not know: the first 8 bytes, padded with zeros to 16. */
function unspecified(bytes: readonly string[]): string {
  const shown = Array.from({ length: 16 }, (_, at) => (at < 8 ? (bytes[at] ?? '00') : '00'));
  return shown.join('-').toUpperCase();
}

/** The line about the link layer; none if nothing is known of it: ifconfig always knows. */
function linkLines({ linkType, hardwareAddress, txQueueLength }: NetInterface): string[] {
  if (linkType === null && hardwareAddress === null && txQueueLength === null) return [];
  const bytes = hardwareAddress?.split(':') ?? [];
  const known = links.get(linkType ?? '');
  const [word, write] = known ?? ['unspec', unspecified];
  const address = write === null ? '' : ` ${write(bytes)}`;
  const queue = txQueueLength === null ? '' : `  txqueuelen ${txQueueLength}`;
  return [`${indent}${word}${address}${queue}  (${known === undefined ? 'UNSPEC' : linkType})`];
}

function trafficLines({ received, sent, collisions }: NetInterface): string[] {
  return [
    `RX packets ${countOrDash(received.packets)}  bytes ${bytesText(received)}`,
    `RX errors ${countOrDash(received.errors)}  dropped ${countOrDash(received.dropped)}  ` +
      `overruns ${countOrDash(received.overruns)}  frame ${countOrDash(received.frameOrCarrier)}`,
    `TX packets ${countOrDash(sent.packets)}  bytes ${bytesText(sent)}`,
    `TX errors ${countOrDash(sent.errors)}  dropped ${countOrDash(sent.dropped)} ` +
      `overruns ${countOrDash(sent.overruns)}  carrier ${countOrDash(sent.frameOrCarrier)}  ` +
      `collisions ${countOrDash(collisions)}`,
  ].map((line) => indent + line);
}

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];

/**
 * The bytes, and the value in the largest unit they exceed, truncated to one digit. ifconfig's tenth of an EiB is
 * itself truncated to whole bytes, since ten times the bytes would exceed 64 bits.
 */
function bytesText({ bytes: count }: Traffic): string {
  if (count === null) return '-';
  let unit = 0;
  while (unit < units.length - 1 && count > 1n << BigInt(10 * (unit + 1))) unit++;
  const size = 1n << BigInt(10 * unit);
  const tenths = unit === units.length - 1 ? count / (size / 10n) : (count * 10n) / size;
  return `${count} (${tenths / 10n}.${tenths % 10n} ${units[unit]})`;
}
