import { inet6Scope, ipv4Text, ipv4Word, netmaskWord } from '../../model/address/text.ts';
import type { InterfaceAddress, NetInterface, Traffic } from '../../model/machine/interface.ts';
import { flagBits } from '../../model/machine/interface-flags.ts';
import type { Batches, FamilyQuery, WarningSink } from '../source.ts';
import { mibFirstRow, mibRowSize, mibTable, socketAddress, wideText } from './mib-table.ts';
import { rowOffsets, type TableLayout } from './table-rows.ts';
import { addressFamily, type WindowsApi } from './windows-api.ts';

const ifRows = {
  source: 'GetIfTable2',
  firstRow: mibFirstRow,
  rowSize: mibRowSize.interface,
} as const satisfies TableLayout;
const addressRows = {
  source: 'GetUnicastIpAddressTable',
  firstRow: mibFirstRow,
  rowSize: mibRowSize.unicastAddress,
} as const satisfies TableLayout;

/** IF_MAX_STRING_SIZE + 1 and IF_MAX_PHYS_ADDRESS_LENGTH (ifdef.h). */
const nameUnits = 257;
const longestHardwareAddress = 32;

/** Offsets in MIB_IF_ROW2. */
const ifRow = {
  index: 8,
  alias: 28,
  hardwareLength: 1056,
  hardwareAddress: 1060,
  mtu: 1124,
  type: 1128,
  accessType: 1144,
  flags: 1152,
  operStatus: 1156,
  adminStatus: 1160,
  received: 1208,
  sent: 1280,
} as const;

/** InterfaceAndOperStatusFlags: a driver that filters another interface's packets. */
const filterInterface = 0x02;
/** NET_IF_ACCESS_TYPE (ifdef.h). */
const access = { loopback: 1, broadcast: 2, pointToPoint: 3 } as const;
/** NET_IF_ADMIN_STATUS and IF_OPER_STATUS: in both, 1 is up. */
const up = 1;

/** IANA ifType numbers (ipifcons.h) with a well-known name. */
const linkTypes: Readonly<Record<number, string>> = {
  6: 'Ethernet',
  23: 'Point-to-Point Protocol',
  24: 'Local Loopback',
  71: 'IEEE 802.11',
  131: 'Tunnel',
  243: 'WWAN (GSM)',
  244: 'WWAN (CDMA)',
};

/** Addresses by the interface's index. */
type Addresses = ReadonlyMap<number, readonly UnicastAddress[]>;

interface UnicastAddress {
  readonly family: 'inet' | 'inet6';
  readonly address: string;
  readonly prefixLength: number;
}

/** Parses the rows of GetUnicastIpAddressTable. */
export function decodeAddresses(
  table: Buffer,
  warnings: WarningSink,
): Map<number, UnicastAddress[]> {
  const byInterface = new Map<number, UnicastAddress[]>();
  for (const at of rowOffsets(table, addressRows, warnings)) {
    const address = socketAddress(table, at);
    if (address === null) continue;
    const index = table.readUInt32LE(at + 40);
    const list = byInterface.get(index) ?? [];
    list.push({ ...address, prefixLength: table.readUInt8(at + 60) });
    byInterface.set(index, list);
  }
  return byInterface;
}

/** Parses the rows of GetIfTable2, and adds addresses; packet filters are left out. */
export function* decodeInterfaces(
  table: Buffer,
  addresses: Addresses,
  warnings: WarningSink,
): Generator<NetInterface> {
  for (const at of rowOffsets(table, ifRows, warnings)) {
    if ((table.readUInt8(at + ifRow.flags) & filterInterface) !== 0) continue;
    const index = table.readUInt32LE(at + ifRow.index);
    const accessType = table.readUInt32LE(at + ifRow.accessType);
    const flags = flagNames(table, at, accessType);
    yield {
      name: wideText(table, at + ifRow.alias, nameUnits),
      index,
      mtu: table.readUInt32LE(at + ifRow.mtu),
      flags,
      flagBits: flagBits(flags),
      linkType: linkTypes[table.readUInt32LE(at + ifRow.type)] ?? null,
      hardwareAddress: hardwareAddress(table, at),
      txQueueLength: null,
      collisions: null,
      multicast: null,
      compressedReceived: null,
      compressedSent: null,
      received: traffic(table, at + ifRow.received),
      sent: traffic(table, at + ifRow.sent),
      addresses: (addresses.get(index) ?? []).map((own) => interfaceAddress(own, accessType)),
    };
  }
}

/** Returns interface names by index, for other reports. */
export function interfaceNames(api: WindowsApi, warnings: WarningSink): Map<number, string> {
  const table = mibTable(ifRows.source, api.ifTable());
  const names = new Map<number, string>();
  for (const at of rowOffsets(table, ifRows, warnings)) {
    names.set(table.readUInt32LE(at + ifRow.index), wideText(table, at + ifRow.alias, nameUnits));
  }
  return names;
}

/** Interfaces from GetIfTable2, with addresses from GetUnicastIpAddressTable. */
export async function* interfaces(
  api: WindowsApi,
  query: FamilyQuery,
  warnings: WarningSink,
): Batches<NetInterface> {
  const addresses = new Map<number, UnicastAddress[]>();
  for (const family of query.families) {
    const answer = api.unicastAddressTable(addressFamily[family]);
    const table = mibTable(addressRows.source, answer);
    for (const [index, list] of decodeAddresses(table, warnings)) {
      addresses.set(index, (addresses.get(index) ?? []).concat(list));
    }
  }
  yield [...decodeInterfaces(mibTable(ifRows.source, api.ifTable()), addresses, warnings)];
}

/** Returns the flags that can be derived, in the order of <linux/if.h>. */
function flagNames(table: Buffer, at: number, accessType: number): string[] {
  const flags: string[] = [];
  if (table.readUInt32LE(at + ifRow.adminStatus) === up) flags.push('UP');
  if (accessType === access.broadcast) flags.push('BROADCAST');
  if (accessType === access.loopback) flags.push('LOOPBACK');
  if (accessType === access.pointToPoint) flags.push('POINTOPOINT');
  if (table.readUInt32LE(at + ifRow.operStatus) === up) flags.push('RUNNING');
  return flags;
}

function hardwareAddress(table: Buffer, at: number): string | null {
  const length = Math.min(table.readUInt32LE(at + ifRow.hardwareLength), longestHardwareAddress);
  if (length === 0) return null;
  const start = at + ifRow.hardwareAddress;
  return [...table.subarray(start, start + length)]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join(':');
}

/** Octets, unicast packets, other packets, discards, errors: 8 bytes each, in this order. */
function traffic(table: Buffer, at: number): Traffic {
  const counter = (index: number) => table.readBigUInt64LE(at + index * 8);
  return {
    bytes: counter(0),
    packets: counter(1) + counter(2),
    errors: counter(4),
    dropped: counter(3),
    overruns: null,
    frameOrCarrier: null,
  };
}

function interfaceAddress(own: UnicastAddress, accessType: number): InterfaceAddress {
  return {
    ...own,
    broadcast:
      own.family === 'inet' && accessType === access.broadcast
        ? broadcastOf(own.address, own.prefixLength)
        : null,
    peer: null,
    scope: own.family === 'inet6' ? inet6Scope(own.address) : null,
  };
}

/** Returns the address with all host bits set; null if the network is too small for a broadcast address (RFC 3021). */
function broadcastOf(address: string, prefixLength: number): string | null {
  if (prefixLength > 30) return null;
  return ipv4Text(ipv4Word(address) | ~netmaskWord(prefixLength));
}
