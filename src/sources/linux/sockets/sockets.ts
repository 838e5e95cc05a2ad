import { NetstatError } from '../../../errors.ts';
import type { Protocol, Socket } from '../../../model/socket.ts';
import type { Batches, Notes, SocketQuery } from '../../source.ts';
import { littleEndianOf } from '../proc/order-warning.ts';
import { errnoOf, isGone, type Proc, type TableFile, type TableHints } from '../proc/proc.ts';
import { requireNet } from '../proc/require-net.ts';
import { refused, refusedWarning } from '../refused.ts';
import { absentTable, clashingNames } from '../warnings.ts';
import { type RepeatFilter, repeatFilter } from './dedupe.ts';
import { inetTable } from './inet-table.ts';
import { sctpTables } from './sctp-table.ts';
import { type TcpCounts, tcpCounts } from './sockstat.ts';
import type { Table } from './table.ts';
import { unixTable } from './unix-table.ts';

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
  for (const warning of proc.warnings) notes.warn(warning);
  const filters = { inet: repeatFilter(), unix: repeatFilter() };
  let read = 0;
  let refusal: NetstatError | null = null;
  for (const protocol of query.protocols) {
    let lacking: string | null = null;
    for (const { table, hints, isEmpty, isKernels } of wantedTables(proc, query, protocol)) {
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
          notes.warn(refusedWarning(source, refusal));
        }
        continue;
      }
      const batches = table.rows(file, {
        path: source,
        // Only those tables hold words; the others need not have the order found out.
        littleEndian: table.hasWords && littleEndianOf(proc, notes),
        listenersOnly: query.listeningOnly === true && isKernels,
        isTaken: query.forOwners ? filters.inet.knows : () => false,
        notes,
      });
      const filter = protocol === 'unix' ? filters.unix : filters.inet;
      const whole = wholly(source, query.distinct ? distinct(batches, filter) : batches);
      for (const batch of whole.batches) {
        yield batch;
        if (proc.pause !== undefined) await proc.pause();
      }
      refusal = whole.refusal() ?? refusal;
      if (whole.refusal() === null) read++;
      else notes.warn(refusedWarning(source, refusal as NetstatError));
      if (filter.clashes > 0) notes.warn(clashingNames(source, filter.clashes));
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
  /** As Proc has it. */
  readonly isKernels: boolean;
}

function wantedTables(proc: Proc, query: SocketQuery, protocol: Protocol): WantedTable[] {
  return (tables[protocol] as readonly Table[])
    .filter((table) => wants(query, table))
    .map((table) => {
      const isKernels = proc.isKernels(table.path);
      const counts = isKernels ? countsFor(proc, table) : null;
      const isBig = (counts?.inUse ?? 0) + (counts?.timeWait ?? 0) > bigTable;
      return {
        table,
        hints: isKernels ? { isBig, longestLine: table.longestLine } : {},
        isEmpty: query.listeningOnly === true && counts?.inUse === 0,
        isKernels,
      };
    });
}

/** From this many rows on a table is worth a thread that reads it ahead, which takes 25 ms to start. */
const bigTable = 10_000;

function countsFor(proc: Proc, { protocol, family }: Table): TcpCounts | null {
  return protocol === 'tcp' && family !== 'unix' ? tcpCounts(proc, family) : null;
}

/** Rows up to where reading them fails, and how it did. */
interface Wholly {
  readonly batches: Iterable<Socket[]>;
  /** Once they are at their end: what ended them early; null: nothing. */
  refusal(): NetstatError | null;
}

function wholly(source: string, batches: Iterable<Socket[]>): Wholly {
  let refusal: NetstatError | null = null;
  function* untilRefused(): Generator<Socket[]> {
    const rows = batches[Symbol.iterator]();
    try {
      for (;;) {
        let next: IteratorResult<Socket[]>;
        try {
          next = rows.next();
        } catch (error) {
          refusal = readingRefused(source, error);
          return;
        }
        if (next.done) return;
        yield next.value;
      }
    } finally {
      // Whoever wants no more: the table is closed.
      rows.return?.();
    }
  }
  return { batches: untilRefused(), refusal: () => refusal };
}

/** The error of a system call; what is none is a fault of ours. */
function readingRefused(source: string, error: unknown): NetstatError {
  if (errnoOf(error) === '') throw error;
  return refused(source, error);
}

function* distinct(batches: Iterable<Socket[]>, { isFirst }: RepeatFilter): Generator<Socket[]> {
  for (const batch of batches) yield batch.filter(isFirst);
}

function wants(query: SocketQuery, { family }: Table): boolean {
  return family === 'unix' || query.families.includes(family);
}
