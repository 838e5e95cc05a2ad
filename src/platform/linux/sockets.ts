import { NetstatError } from '../../errors.js';
import type { Protocol, Socket } from '../../model/socket.js';
import type { Batches, Notes, SocketQuery } from '../backend.js';
import { repeatFilter } from './dedupe.js';
import { inetTable } from './inet-table.js';
import { errnoOf, isGone, type Proc, type TableFile, type TableHints } from './proc.js';
import { refused } from './refused.js';
import { sctpTables } from './sctp-table.js';
import { type TcpCounts, tcpCounts } from './sockstat.js';
import type { Table } from './table.js';
import { unixTable } from './unix-table.js';
import { absentTable } from './warnings.js';

/** Every socket table, in the order netstat lists them. */
export const tables = {
  tcp: [inetTable('tcp', 'inet', 'tcp'), inetTable('tcp', 'inet6', 'tcp6')],
  sctp: sctpTables,
  udp: [inetTable('udp', 'inet', 'udp'), inetTable('udp', 'inet6', 'udp6')],
  udplite: [inetTable('udplite', 'inet', 'udplite'), inetTable('udplite', 'inet6', 'udplite6')],
  raw: [inetTable('raw', 'inet', 'raw'), inetTable('raw', 'inet6', 'raw6')],
  unix: [unixTable],
} as const satisfies Record<Protocol, readonly Table[]>;

/**
 * Reads the tables that `query` names, in its order.
 * @throws NetstatError `unsupported` behind the last row where a required protocol has no table,
 * `unreadable` where not one table could be read, or there is no /proc.
 */
export async function* linuxSockets(proc: Proc, query: SocketQuery, notes: Notes): Batches<Socket> {
  let read = 0;
  let refusal: NetstatError | null = null;
  for (const protocol of query.protocols) {
    let lacking: string | null = null;
    for (const { table, hints, isEmpty } of wantedTables(proc, query, protocol)) {
      if (isEmpty) {
        read++;
        continue;
      }
      const source = `${proc.root}/${table.path}`;
      let file: TableFile;
      try {
        file = proc.openTable(table.path, hints);
      } catch (error) {
        if (isGone(errnoOf(error))) {
          requireNet(proc);
          notes.warn(absentTable(source));
          if (table.family !== 'inet6') lacking = source;
        } else {
          refusal = refused(source, error);
          notes.warn({ code: 'forbidden', message: refusal.message, source });
        }
        continue;
      }
      read++;
      const batches = table.rows(file, {
        path: source,
        littleEndian: proc.littleEndian,
        listenersOnly: query.listeningOnly === true && proc.isLive,
        notes,
      });
      for (const batch of query.distinct ? distinct(batches) : batches) {
        yield batch;
        if (proc.pause !== undefined) await proc.pause();
      }
    }
    if (lacking !== null && query.required) {
      // Reading has begun, though nothing came of it.
      yield [];
      throw new NetstatError(
        'unsupported',
        `${lacking}: this kernel lists no ${protocol} sockets (its module may not be loaded)`,
        { path: lacking },
      );
    }
  }
  if (read === 0 && refusal !== null) throw refusal;
}

interface WantedTable {
  readonly table: Table;
  readonly hints: TableHints;
  /** The kernel says so itself: it need not be read. */
  readonly isEmpty: boolean;
}

function wantedTables(proc: Proc, query: SocketQuery, protocol: Protocol): WantedTable[] {
  return (tables[protocol] as readonly Table[])
    .filter((table) => wants(query, table))
    .map((table) => {
      const counts = proc.isLive ? countsFor(proc, table) : null;
      const isBig = (counts?.inUse ?? 0) + (counts?.timeWait ?? 0) > bigTable;
      return {
        table,
        hints: { isBig, longestLine: table.longestLine },
        isEmpty: query.listeningOnly === true && counts?.inUse === 0,
      };
    });
}

/** From this many rows on a table is worth a thread that reads it ahead, which takes 25 ms to start. */
const bigTable = 10_000;

function countsFor(proc: Proc, { protocol, family }: Table): TcpCounts | null {
  return protocol === 'tcp' && family !== 'unix' ? tcpCounts(proc, family) : null;
}

function* distinct(batches: Iterable<Socket[]>): Generator<Socket[]> {
  const fresh = repeatFilter();
  for (const batch of batches) yield batch.filter(fresh);
}

function wants(query: SocketQuery, { family }: Table): boolean {
  return family === 'unix' || query.families.includes(family);
}

/** @throws NetstatError where there is no /proc/net at all, so that an empty answer would be a lie. */
function requireNet(proc: Proc): void {
  try {
    proc.openTable('net').close();
  } catch (cause) {
    if (!isGone(errnoOf(cause))) return;
    const path = `${proc.root}/net`;
    throw new NetstatError(
      'unreadable',
      `${path}: no such folder; is ${proc.root} a mounted /proc? (--proc-root names another)`,
      { path, cause },
    );
  }
}
