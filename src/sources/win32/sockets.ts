import { NetstatError } from '../../errors.ts';
import type { InetFamily, Protocol } from '../../model/protocol.ts';
import type { Warning } from '../../model/report/snapshot.ts';
import { tableOf } from '../../model/report/warned-tables.ts';
import type { InetSocket, Socket } from '../../model/socket/socket.ts';
import { aboutTables } from '../about-tables.ts';
import { ownersLast } from '../owners-last.ts';
import type { Batches, SocketQuery, WarningSink } from '../source.ts';
import { ownersByPid } from './processes.ts';
import { readTable } from './read-table.ts';
import { serviceWorkloads } from './service-workloads.ts';
import {
  decodeSocketTable,
  type TableRow,
  tableCalls,
  type WindowsProtocol,
  windowsProtocols,
} from './socket-table.ts';
import { addressFamily, type TableForm, type WindowsApi } from './windows-api.ts';

const batchSize = 512;

/**
 * Sockets from GetExtendedTcpTable and GetExtendedUdpTable, processes from Toolhelp. The longer rows, with the time of
 * creation, are requested only if the query needs it.
 */
export function sockets(
  api: WindowsApi,
  query: SocketQuery,
  warnings: WarningSink,
  begin: () => void,
): Batches<Socket> {
  /** Each row has its PID at no cost; program names cost something. Weak: rows that the query drops are not kept. */
  const pids = new WeakMap<Socket, number>();
  return ownersLast(
    query,
    () => readTables(api, query, warnings, (socket, pid) => pids.set(socket, pid)),
    async (rows, { details }) => {
      const ownersOf = ownersByPid(api, details, warnings);
      const workloadsOf = query.workloads ? serviceWorkloads(api, warnings) : () => ({});
      return rows.map((socket) => {
        const pid = pids.get(socket) as number;
        return isOrphan(socket, pid)
          ? Object.assign(socket, { owners: [], noOwner: 'none' } as const, workloadsOf(null))
          : Object.assign(socket, { owners: ownersOf(pid), noOwner: null }, workloadsOf(pid));
      });
    },
    begin,
  );
}

/** Yields the rows of each table, and passes each row's PID to `record`. */
async function* readTables(
  api: WindowsApi,
  query: SocketQuery,
  warnings: WarningSink,
  record: (socket: Socket, pid: number) => void,
): Batches<Socket> {
  let read = 0;
  let refusal: NetstatError | null = null;
  for (const protocol of query.protocols.filter(isWindowsProtocol)) {
    for (const family of query.families) {
      const about = aboutTables(warnings, tableOf(protocol, family));
      const opened = openTable(api, protocol, family, query.createdAt ? 'module' : 'pid');
      if (opened instanceof NetstatError) {
        refusal = opened;
        about.warn({ code: 'forbidden', message: opened.message, source: opened.path });
        continue;
      }
      if (opened === null) {
        about.warn(absent(protocol, family));
        continue;
      }
      read++;
      const { table, form } = opened;
      if (query.createdAt && form === 'pid') about.warn(untimed(protocol, family));
      let batch: Socket[] = [];
      let isMissed = false;
      for (const row of decodeSocketTable(protocol, family, table, about, form)) {
        const socket = toSocket(protocol, family, row, query.createdAt === true);
        record(socket, row.pid);
        isMissed ||= lacksTime(socket, query);
        batch.push(socket);
        if (batch.length === batchSize) {
          yield batch;
          batch = [];
        }
      }
      if (isMissed) about.warn(timesMissed(protocol, family));
      if (batch.length > 0) yield batch;
    }
  }
  if (read === 0 && refusal !== null) throw refusal;
}

function isWindowsProtocol(protocol: Protocol): protocol is WindowsProtocol {
  return (windowsProtocols as readonly Protocol[]).includes(protocol);
}

/** States of a connection that its process has closed: Windows finishes it, and reports PID 0. */
const closedStates: ReadonlySet<Socket['state']> = new Set([
  ...(['FIN_WAIT1', 'FIN_WAIT2', 'CLOSING', 'LAST_ACK', 'TIME_WAIT', 'DELETE_TCB'] as const),
]);

/** Whether no process holds the socket any more. */
function isOrphan(socket: Socket, pid: number): boolean {
  return pid === 0 && closedStates.has(socket.state);
}

interface OpenTable {
  readonly table: Buffer;
  readonly form: TableForm;
}

/**
 * Opens a table. Returns null if this Windows has none, or the error if it refuses. If Windows refuses the longer form,
 * the shorter one is used: rows then have no time.
 */
function openTable(
  api: WindowsApi,
  protocol: WindowsProtocol,
  family: InetFamily,
  form: TableForm,
): OpenTable | null | NetstatError {
  const opened = openForm(api, protocol, family, form);
  const isOpen = opened !== null && !(opened instanceof NetstatError);
  return isOpen || form === 'pid' ? opened : openForm(api, protocol, family, 'pid');
}

function openForm(
  api: WindowsApi,
  protocol: WindowsProtocol,
  family: InetFamily,
  form: TableForm,
): OpenTable | null | NetstatError {
  const call = protocol === 'tcp' ? api.tcpTable : api.udpTable;
  try {
    const fill = (buffer: Buffer) => call(addressFamily[family], buffer, form);
    const table = readTable(tableCalls[protocol], fill);
    return table === null ? null : { table, form };
  } catch (error) {
    if (error instanceof NetstatError) return error;
    throw error;
  }
}

function absent(protocol: WindowsProtocol, family: InetFamily): Warning {
  const source = tableCalls[protocol];
  return {
    code: 'absent',
    message: `${source}: this Windows has no ${family === 'inet' ? 'IPv4' : 'IPv6'}`,
    source,
  };
}

function untimed(protocol: WindowsProtocol, family: InetFamily): Warning {
  const source = tableCalls[protocol];
  const table = `${protocol}${family === 'inet' ? '' : '6'}`;
  return {
    code: 'absent',
    message: `${source}: this Windows does not report when sockets were created (${table})`,
    source,
  };
}

/** Whether the choice of this row depends on its time of creation, which Windows does not report for every socket. */
function lacksTime(socket: InetSocket, { createdAt, isUndecided }: SocketQuery): boolean {
  if (createdAt !== true || socket.createdAt !== null || isUndecided === undefined) return false;
  return isUndecided(socket) && !isUndecided({ ...socket, createdAt: anyTime });
}

const anyTime = new Date(0).toISOString();

function timesMissed(protocol: WindowsProtocol, family: InetFamily): Warning {
  const source = tableCalls[protocol];
  const table = `${protocol}${family === 'inet' ? '' : '6'}`;
  return {
    code: 'unreadable',
    message: `${source}: creation times of some sockets are not available (${table})`,
    source: `${source} (${table})`,
  };
}

/** Queues, timers, inodes and users are not reported; owners are added later. */
function toSocket(
  protocol: WindowsProtocol,
  family: InetFamily,
  row: TableRow,
  withTime: boolean,
): InetSocket {
  return {
    protocol,
    family,
    local: row.local,
    remote: row.remote,
    state: row.state,
    recvQueue: null,
    sendQueue: null,
    timer: null,
    uid: null,
    inode: null,
    ...(withTime && { createdAt: row.createdAt ?? null }),
    owners: null,
    noOwner: null,
  };
}
