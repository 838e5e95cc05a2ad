import { aboutMachine, type InHost } from '../../model/machine/place.ts';
import { type ReportKind, type ReportRows, warningOf } from '../../model/report/snapshot.ts';
import type { Batches, Source, SourceQuery, WarningSink } from '../source.ts';

/** A source that adds the name of its machine to rows, warnings and notes. */
export function ofMachine(name: string, source: Source): Source {
  const { closings: _, unixPeers, withOwners, systemFacts, portUnits, ...others } = source;
  const sinks = new WeakMap<WarningSink, WarningSink>();
  /** One sink per original, for callers that remember what a sink has received. */
  const sinkOf = (warnings: WarningSink): WarningSink => {
    let sink = sinks.get(warnings);
    if (sink === undefined) {
      sink = sinkFor(name, warnings);
      sinks.set(warnings, sink);
    }
    return sink;
  };
  return {
    ...others,
    facts: [...source.facts, 'machines'],
    read<K extends ReportKind>(query: SourceQuery<K>, warnings: WarningSink) {
      const { begun, batches } = source.read(asked(query, name), sinkOf(warnings));
      return { begun, batches: marked(batches, name) };
    },
    ...(unixPeers && { unixPeers: (warnings) => unixPeers(sinkOf(warnings)) }),
    ...(withOwners && {
      withOwners: (sockets, query, warnings) => withOwners(sockets, query, sinkOf(warnings)),
    }),
    ...(systemFacts && {
      systemFacts: (facts, warnings) => systemFacts(facts, sinkOf(warnings)),
    }),
    ...(portUnits && { portUnits }),
  };
}

function sinkFor(host: string, { warn, note }: WarningSink): WarningSink {
  return {
    warn: (warning) => warn(warningOf(host, warning)),
    ...(note && { note: (message) => note(aboutMachine(host, message)) }),
  };
}

function mark(row: InHost, host: string): void {
  // No other code has seen the row yet.
  (row as { host?: string }).host = host;
}

/** Filters may need the machine's name; packed rows have no field for it. */
function asked<K extends ReportKind>(query: SourceQuery<K>, host: string): SourceQuery<K> {
  if (query.report !== 'sockets') return query;
  const { keep, packed: _, owners, ...others } = query as SourceQuery<'sockets'>;
  const onHidden = owners?.onHidden;
  const marking: SourceQuery<'sockets'> = {
    ...others,
    owners: owners && {
      ...owners,
      ...(onHidden && { onHidden: (warningFor) => onHidden(warningFor, host) }),
    },
    keep(socket) {
      mark(socket, host);
      return keep(socket);
    },
  };
  return marking as SourceQuery as SourceQuery<K>;
}

async function* marked<R extends ReportRows[ReportKind]>(
  batches: Batches<R>,
  host: string,
): Batches<R> {
  for await (const batch of batches) {
    for (const row of batch) mark(row, host);
    yield batch;
  }
}
