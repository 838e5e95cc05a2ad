import type { Endpoint } from '../../model/address/endpoint.ts';
import type { InetFamily } from '../../model/protocol.ts';
import type { InetState } from '../../model/socket/state.ts';
import type { WarningSink } from '../source.ts';
import { ipv4TextAt, ipv6TextAt } from './address.ts';
import { fileTimeText } from './file-time.ts';
import { rowOffsets } from './table-rows.ts';
import type { TableForm } from './windows-api.ts';

/** The protocols with a socket table on Windows. */
export const windowsProtocols = ['tcp', 'udp'] as const;

/** A protocol with a socket table on Windows. */
export type WindowsProtocol = (typeof windowsProtocols)[number];

/** A row of a socket table: only what Windows reports. */
export interface TableRow {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly state: InetState | null;
  readonly pid: number;
  /** When the socket was created, ISO 8601 in UTC; null: not reported. Only in the form `module`. */
  readonly createdAt?: string | null;
}

/** The Windows functions that return the tables. */
export const tableCalls = {
  tcp: 'GetExtendedTcpTable',
  udp: 'GetExtendedUdpTable',
} as const satisfies Record<WindowsProtocol, string>;

interface SocketTable {
  /** The row size in the form `pid`. */
  readonly rowSize: number;
  /** The row size in the form `module`, and the offset of liCreateTimestamp. */
  readonly moduleRow: { readonly size: number; readonly createdAt: number };
  /** Reads the members that rows of both forms begin with. */
  readonly read: (table: Buffer, at: number) => TableRow;
}

/** Rows of the form `module` have 8-byte members. */
const firstRow = { pid: 4, module: 8 } as const satisfies Record<TableForm, number>;

/**
 * MIB_TCPROW_OWNER_PID, MIB_TCP6ROW_OWNER_PID (tcpmib.h), MIB_UDPROW_OWNER_PID and
 * MIB_UDP6ROW_OWNER_PID (udpmib.h), and the MIB_…ROW_OWNER_MODULE of the same names, which begin alike. The
 * same on every processor.
 */
const tables = {
  tcp: {
    inet: {
      rowSize: 24,
      moduleRow: { size: 160, createdAt: 24 },
      read: (table, at) =>
        tcpRow(
          table.readUInt32LE(at),
          endpoint4(table, at + 4, at + 8),
          () => endpoint4(table, at + 12, at + 16),
          any4,
          table.readUInt32LE(at + 20),
        ),
    },
    inet6: {
      rowSize: 56,
      moduleRow: { size: 192, createdAt: 56 },
      read: (table, at) =>
        tcpRow(
          table.readUInt32LE(at + 48),
          endpoint6(table, at, at + 16, at + 20),
          () => endpoint6(table, at + 24, at + 40, at + 44),
          any6,
          table.readUInt32LE(at + 52),
        ),
    },
  },
  udp: {
    inet: {
      rowSize: 12,
      moduleRow: { size: 160, createdAt: 16 },
      read: (table, at) => ({
        local: endpoint4(table, at, at + 4),
        remote: any4,
        state: null,
        pid: table.readUInt32LE(at + 8),
      }),
    },
    inet6: {
      rowSize: 28,
      moduleRow: { size: 176, createdAt: 32 },
      read: (table, at) => ({
        local: endpoint6(table, at, at + 16, at + 20),
        remote: any6,
        state: null,
        pid: table.readUInt32LE(at + 24),
      }),
    },
  },
} as const satisfies Record<WindowsProtocol, Record<InetFamily, SocketTable>>;

/** Parses the complete rows of a socket table, in order. */
export function* decodeSocketTable(
  protocol: WindowsProtocol,
  family: InetFamily,
  table: Buffer,
  warnings: WarningSink,
  form: TableForm = 'pid',
): Generator<TableRow> {
  const { read, rowSize, moduleRow } = tables[protocol][family];
  const layout = {
    source: tableCalls[protocol],
    firstRow: firstRow[form],
    rowSize: form === 'pid' ? rowSize : moduleRow.size,
  };
  for (const at of rowOffsets(table, layout, warnings)) {
    const row = read(table, at);
    if (form === 'pid') yield row;
    else {
      const createdAt = fileTimeText(table.readBigInt64LE(at + moduleRow.createdAt));
      yield Object.assign(row, { createdAt });
    }
  }
}

/** Maps MIB_TCP_STATE (tcpmib.h) to our names; BOUND is newer than the header. */
const stateNames: Readonly<Record<number, InetState>> = {
  1: 'CLOSE',
  2: 'LISTEN',
  3: 'SYN_SENT',
  4: 'SYN_RECV',
  5: 'ESTABLISHED',
  6: 'FIN_WAIT1',
  7: 'FIN_WAIT2',
  8: 'CLOSE_WAIT',
  9: 'CLOSING',
  10: 'LAST_ACK',
  11: 'TIME_WAIT',
  12: 'DELETE_TCB',
  100: 'BOUND',
};

/** Returns the name of a MIB_TCP_STATE; an unknown code shows its number. */
export function tcpState(code: number): InetState {
  return stateNames[code] ?? `UNKNOWN(${code})`;
}

const any4: Endpoint = { address: '0.0.0.0', port: 0, zone: null };
const any6: Endpoint = { address: '::', port: 0, zone: null };

/** The remote members of a listening row have no meaning and may not be zero. */
function tcpRow(
  code: number,
  local: Endpoint,
  remote: () => Endpoint,
  any: Endpoint,
  pid: number,
): TableRow {
  const state = tcpState(code);
  return { local, remote: state === 'LISTEN' ? any : remote(), state, pid };
}

function endpoint4(table: Buffer, address: number, port: number): Endpoint {
  return { address: ipv4TextAt(table, address), port: table.readUInt16BE(port), zone: null };
}

function endpoint6(table: Buffer, address: number, scope: number, port: number): Endpoint {
  return {
    address: ipv6TextAt(table, address),
    port: table.readUInt16BE(port),
    zone: hasZone(table, address) ? zoneText(table.readUInt32LE(scope)) : null,
  };
}

/** Link-local, site-local and multicast addresses need a zone; for others the member has no meaning. */
function hasZone(table: Buffer, address: number): boolean {
  const first = table.readUInt8(address);
  return first === 0xff || (first === 0xfe && table.readUInt8(address + 1) >= 0x80);
}

/** A scope id is an interface's index; 0: none. */
function zoneText(scope: number): string | null {
  return scope === 0 ? null : String(scope);
}
