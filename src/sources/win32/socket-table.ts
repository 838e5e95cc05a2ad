import type { Endpoint } from '../../model/endpoint.ts';
import type { InetFamily } from '../../model/socket.ts';
import type { InetState } from '../../model/state.ts';
import type { WarningSink } from '../source.ts';
import { ipv4Text, ipv6Text } from './address.ts';
import { fileTimeText } from './file-time.ts';
import { rowOffsets } from './table-rows.ts';
import type { TableForm } from './windows-api.ts';

/** The socket tables that Windows offers. */
export const windowsProtocols = ['tcp', 'udp'] as const;

/** One of them. */
export type WindowsProtocol = (typeof windowsProtocols)[number];

/** One row of a socket table, with what Windows tells and no more. */
export interface TableRow {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly state: InetState | null;
  readonly pid: number;
  /** When the socket was created: ISO 8601, UTC; null: Windows does not say. There in the form `module`. */
  readonly createdAt?: string | null;
}

/** The Windows functions that give the tables. */
export const tableCalls = {
  tcp: 'GetExtendedTcpTable',
  udp: 'GetExtendedUdpTable',
} as const satisfies Record<WindowsProtocol, string>;

interface SocketTable {
  /** The size of a row in the form `pid`. */
  readonly rowSize: number;
  /** The size of a row in the form `module`, and where liCreateTimestamp is in it. */
  readonly moduleRow: { readonly size: number; readonly createdAt: number };
  /** What a row of either form begins with. */
  readonly read: (table: Buffer, at: number) => TableRow;
}

/** Rows of the form `module` have members of 8 bytes. */
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

/** The rows of a socket table, in its order, as many as `table` holds whole. */
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
    yield form === 'pid'
      ? row
      : { ...row, createdAt: fileTimeText(table.readBigInt64LE(at + moduleRow.createdAt)) };
  }
}

/** MIB_TCP_STATE (tcpmib.h) under the names used everywhere here; BOUND is newer than the header. */
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

/** The name of a MIB_TCP_STATE; a code without one shows its number. */
export function tcpState(code: number): InetState {
  return stateNames[code] ?? `UNKNOWN(${code})`;
}

const any4: Endpoint = { address: '0.0.0.0', port: 0, zone: null };
const any6: Endpoint = { address: '::', port: 0, zone: null };

/** The remote members of a listening row have no meaning and need not be zero. */
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
  return { address: ipv4Text(table, address), port: table.readUInt16BE(port), zone: null };
}

function endpoint6(table: Buffer, address: number, scope: number, port: number): Endpoint {
  return {
    address: ipv6Text(table, address),
    port: table.readUInt16BE(port),
    zone: hasZone(table, address) ? zoneText(table.readUInt32LE(scope)) : null,
  };
}

/** Link-local, site-local and multicast addresses need a zone; elsewhere the member says nothing. */
function hasZone(table: Buffer, address: number): boolean {
  const first = table.readUInt8(address);
  return first === 0xff || (first === 0xfe && table.readUInt8(address + 1) >= 0x80);
}

/** A scope id is an interface's index; 0 is none. */
function zoneText(scope: number): string | null {
  return scope === 0 ? null : String(scope);
}
