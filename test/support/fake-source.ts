import type { Counter } from '../../src/model/machine/counter.ts';
import type { NetInterface } from '../../src/model/machine/interface.ts';
import type { Fact } from '../../src/model/report/facts.ts';
import type { Warning } from '../../src/model/report/snapshot.ts';
import type { Socket } from '../../src/model/socket/socket.ts';
import { sourceOfReaders } from '../../src/sources/readers.ts';
import type { SocketQuery, Source } from '../../src/sources/source.ts';
import { isMatched } from './patterns.ts';

/** The facts that Linux has about sockets, from whatever source. */
export const linuxFacts: readonly Fact[] = ['queues', 'users', 'inodes', 'timers', 'datagramPeers'];

/** What a source returns in one reading. */
export interface FakeReading {
  readonly batches?: readonly (readonly Socket[])[];
  readonly warnings?: readonly Warning[];
  /** The rows of the report of interfaces. */
  readonly interfaces?: readonly NetInterface[];
  /** The rows of the report of statistics. */
  readonly statistics?: readonly Counter[];
  /** The error that ends the reading, after the last batch, if any. */
  readonly failure?: Error;
}

/** A source of sockets in memory with these successive readings; it leaves out what the kernel would leave out. */
export function fakeSource(...readings: readonly FakeReading[]): Source {
  return watchedSource(() => {}, ...readings);
}

/** The same, which passes each query to `watch`. */
export function watchedSource(
  watch: (query: SocketQuery) => void,
  ...readings: readonly FakeReading[]
): Source {
  let next = 0;
  return sourceOfReaders(
    { platform: 'linux', protocols: ['tcp', 'udp', 'unix'], facts: linuxFacts },
    {
      async *sockets(query, sink) {
        watch(query);
        const { batches = [], warnings = [], failure } = readings[next++] ?? {};
        for (const warning of warnings) sink.warn(warning);
        const { pattern = true, soughtOwners } = query;
        const isHeld = ({ owners }: Socket) =>
          !soughtOwners ||
          (owners ?? []).some(
            (owner) =>
              soughtOwners.pids.has(owner.pid) || soughtOwners.programs.some((fits) => fits(owner)),
          );
        for (const batch of batches) {
          yield batch.filter((one) => isMatched(pattern, one) && isHeld(one)).filter(query.keep);
        }
        if (failure !== undefined) throw failure;
      },
      ...(readings.some(({ interfaces }) => interfaces !== undefined) && {
        async *interfaces(_, sink) {
          const { interfaces = [], warnings = [] } = readings[next++] ?? {};
          for (const warning of warnings) sink.warn(warning);
          yield [...interfaces];
        },
      }),
      ...(readings.some(({ statistics }) => statistics !== undefined) && {
        async *statistics() {
          yield [...(readings[next++]?.statistics ?? [])];
        },
      }),
    },
  );
}
