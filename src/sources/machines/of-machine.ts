import { aboutMachine, type InHost } from '../../model/place.ts';
import type { ReportKind, ReportRows } from '../../model/snapshot.ts';
import type { Batches, Source, SourceQuery, WarningSink } from '../source.ts';

/** A source whose rows, warnings and notes say that they are of the machine `name`. */
export function ofMachine(name: string, source: Source): Source {
  const { closings: _, unixPeers, withOwners, systemFacts, portUnits, ...others } = source;
  const sinks = new WeakMap<WarningSink, WarningSink>();
  /** One for each sink, so that who remembers what a sink was told goes on doing so. */
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
    facts: [...source.facts, 'hosts'],
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
    warn: (warning) => warn({ ...warning, message: aboutMachine(host, warning.message), host }),
    ...(note && { note: (message) => note(aboutMachine(host, message)) }),
  };
}

function mark(row: InHost, host: string): void {
  // Nobody else has seen the row yet.
  (row as { host?: string }).host = host;
}

/** What chooses rows may ask of which machine they are; what is packed has no room for that. */
function asked<K extends ReportKind>(query: SourceQuery<K>, host: string): SourceQuery<K> {
  if (query.report !== 'sockets') return query;
  const { keep, packed: _, ...others } = query as SourceQuery<'sockets'>;
  const marking: SourceQuery<'sockets'> = {
    ...others,
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
