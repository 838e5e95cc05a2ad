import type { InetFamily, InetSocket, Protocol, Socket } from '../../model/socket.js';
import type { Batches, Notes, OwnerQuery, SocketQuery } from '../backend.js';
import { ownersByPid } from './processes.js';
import { readTable } from './read-table.js';
import {
  decodeSocketTable,
  type TableRow,
  type WindowsProtocol,
  windowsProtocols,
} from './socket-table.js';
import { addressFamily, type WindowsApi } from './windows-api.js';

const batchSize = 512;

/** Reads socket tables, and remembers which process each of their rows named. */
export interface SocketSource {
  sockets(query: SocketQuery, notes: Notes): Batches<Socket>;
  withOwners(
    sockets: readonly Socket[],
    query: OwnerQuery,
    notes: Notes,
  ): Promise<readonly Socket[]>;
}

/** Sockets from GetExtendedTcpTable and GetExtendedUdpTable, their processes from Toolhelp. */
export function socketSource(api: WindowsApi): SocketSource {
  /** Windows tells each row's process at no cost; it stays here until somebody asks. */
  const pids = new WeakMap<Socket, number>();

  async function* sockets(query: SocketQuery, notes: Notes): Batches<Socket> {
    for (const protocol of query.protocols.filter(isWindowsProtocol)) {
      for (const family of query.families) {
        const table = openTable(api, protocol, family, notes);
        if (table === null) continue;
        let batch: Socket[] = [];
        for (const row of decodeSocketTable(protocol, family, table, notes)) {
          const socket = toSocket(protocol, family, row);
          pids.set(socket, row.pid);
          batch.push(socket);
          if (batch.length === batchSize) {
            yield batch;
            batch = [];
          }
        }
        if (batch.length > 0) yield batch;
      }
    }
  }

  return {
    sockets,
    withOwners: async (rows, query, notes) => {
      const ownersOf = ownersByPid(api, query.details, notes);
      return rows.map((socket) => {
        const pid = pids.get(socket);
        if (pid === undefined) return { ...socket, owners: [], noOwner: 'unknown' };
        if (isOrphan(socket, pid)) return { ...socket, owners: [], noOwner: 'none' };
        return { ...socket, owners: ownersOf(pid), noOwner: null };
      });
    },
  };
}

function isWindowsProtocol(protocol: Protocol): protocol is WindowsProtocol {
  return (windowsProtocols as readonly Protocol[]).includes(protocol);
}

/** PID 0 in TIME_WAIT says that no process holds the socket any more. */
function isOrphan(socket: Socket, pid: number): boolean {
  return pid === 0 && socket.state === 'TIME_WAIT';
}

function openTable(
  api: WindowsApi,
  protocol: WindowsProtocol,
  family: InetFamily,
  notes: Notes,
): Buffer | null {
  const name = protocol === 'tcp' ? 'GetExtendedTcpTable' : 'GetExtendedUdpTable';
  const call = protocol === 'tcp' ? api.tcpTable : api.udpTable;
  const table = readTable(name, (buffer) => call(addressFamily[family], buffer));
  if (table === null) {
    notes.warn({
      code: 'absent',
      message: `${name}: this Windows has no ${family === 'inet' ? 'IPv4' : 'IPv6'}`,
      source: name,
    });
  }
  return table;
}

/** Queues, timers, inodes and users are not told; owners come later. */
function toSocket(protocol: WindowsProtocol, family: InetFamily, row: TableRow): InetSocket {
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
    owners: null,
    noOwner: null,
  };
}
