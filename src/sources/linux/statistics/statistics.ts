import { errorNaming } from '../../../errors.ts';
import { type Counter, counterProtocol, isCounterWanted } from '../../../model/machine/counter.ts';
import type { Protocol } from '../../../model/protocol.ts';
import type { Batches, StatisticsQuery, WarningSink } from '../../source.ts';
import type { Parsed } from '../line-reader.ts';
import type { Proc } from '../proc/proc.ts';
import { statisticsFiles } from '../proc-files.ts';
import { reportSource } from '../report-files.ts';
import { parseSctpSnmp, parseSnmp, parseSnmp6 } from './snmp.ts';

/** A file of counters, and the protocols that it has any of. */
interface CounterFile {
  readonly path: string;
  readonly what: string;
  readonly of: readonly Protocol[];
  parse(text: string): Parsed<Counter>;
}

const files: readonly CounterFile[] = [
  {
    path: statisticsFiles.snmp,
    what: 'counters of IPv4, TCP and UDP',
    of: ['raw', 'tcp', 'udp', 'udplite'],
    parse: parseSnmp,
  },
  {
    path: statisticsFiles.netstat,
    what: 'counters of TCP and IPv4 in detail',
    of: ['raw', 'tcp'],
    parse: parseSnmp,
  },
  {
    path: statisticsFiles.snmp6,
    what: 'counters of IPv6',
    of: ['raw', 'udp', 'udplite'],
    parse: parseSnmp6,
  },
  {
    path: statisticsFiles.sctp,
    what: 'counters of SCTP',
    of: ['sctp'],
    parse: parseSctpSnmp,
  },
];

/**
 * The counters of the network namespace, in the kernel's order: every one of the files that may have a required
 * protocol, or of all files if none is. TCP's cover both families, so their file is read for either.
 * @throws NetstatError `unreadable` if no file can be read, `unsupported` if there is none; after the last counter
 * `unsupported` if a required protocol has no counter, or `unreadable` where a file that may have them is.
 */
export async function* linuxStatistics(
  proc: Proc,
  query: StatisticsQuery,
  warnings: WarningSink,
  begin: () => void,
): Batches<Counter> {
  const source = reportSource(proc, warnings);
  const counted = new Set<Protocol | null>();
  const { required = [] } = query;
  let hasAny = false;
  for (const { path, what, of, parse } of files) {
    if (required.length > 0 && !required.some((protocol) => of.includes(protocol))) continue;
    const text = source.read(path, what);
    if (text === null) continue;
    const rows = source.rows(path, text, parse);
    for (const counter of rows) {
      if (isCounterWanted(counter, query.families, null)) counted.add(counterProtocol(counter));
    }
    hasAny = true;
    begin();
    yield rows;
  }
  source.settle();
  if (!hasAny && required.length === 0) {
    const path = `${proc.root}/net`;
    throw errorNaming('unsupported', path, 'there are no counters');
  }
  const lacking = required.find((protocol) => !counted.has(protocol));
  if (lacking === undefined) return;
  if (source.refusal() !== null) throw source.refusal();
  const path = `${proc.root}/${lacking === 'sctp' ? statisticsFiles.sctp : statisticsFiles.snmp}`;
  throw errorNaming(
    'unsupported',
    path,
    `this kernel has no counters of ${lacking} (its module may not be loaded)`,
  );
}
