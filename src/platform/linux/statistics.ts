import type { Counter } from '../../model/counter.js';
import type { Batches, FamilyQuery, Notes } from '../backend.js';
import type { Proc } from './proc.js';
import { reportSource } from './report-source.js';
import { parseSnmp, parseSnmp6 } from './statistics-snmp.js';

const files = [
  { path: 'net/snmp', what: 'counters of IPv4, TCP and UDP', parse: parseSnmp },
  { path: 'net/netstat', what: 'counters of TCP and IPv4 in detail', parse: parseSnmp },
  { path: 'net/snmp6', what: 'counters of IPv6', parse: parseSnmp6 },
] as const;

/**
 * Every counter of the network namespace, in the kernel's order. TCP's are of both families, so
 * the file that holds them is read for either.
 * @throws NetstatError `unreadable` where no file may be read.
 */
export async function* linuxStatistics(
  proc: Proc,
  _query: FamilyQuery,
  notes: Notes,
): Batches<Counter> {
  const source = reportSource(proc, notes);
  for (const { path, what, parse } of files) {
    const text = source.read(path, what);
    if (text === null) continue;
    yield source.rows(path, parse(text));
  }
  source.settle();
}
