import type { Warning } from '../../src/model/snapshot.ts';
import type { Socket } from '../../src/model/socket.ts';
import type { Backend } from '../../src/sources/source.ts';

/** What a source gives in one reading. */
export interface FakeReading {
  readonly batches?: readonly (readonly Socket[])[];
  readonly warnings?: readonly Warning[];
  /** What ends the reading: before any batch where there is none, else behind the last. */
  readonly failure?: Error;
}

/** A source in memory whose readings are these, one after another. */
export function fakeSource(...readings: readonly FakeReading[]): Backend {
  let next = 0;
  return {
    platform: 'linux',
    protocols: ['tcp', 'udp', 'unix'],
    async *sockets(_, notes) {
      const { batches = [], warnings = [], failure } = readings[next++] ?? {};
      for (const warning of warnings) notes.warn(warning);
      yield* batches;
      if (failure !== undefined) throw failure;
    },
    withOwners: async (sockets) => sockets,
  };
}
