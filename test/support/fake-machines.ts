import { NetstatError } from '../../src/errors.ts';
import type { MachinesAsked } from '../../src/model/request/listing.ts';
import type { Socket } from '../../src/model/socket/socket.ts';
import { machinesSource } from '../../src/sources/machines/machines.ts';
import type { PlatformHost, Source } from '../../src/sources/source.ts';
import { type FakeReading, fakeSource } from './fake-source.ts';

/** The error that `remoteSource` reports for a machine that refuses ssh. */
export function refused(name: string): NetstatError {
  return new NetstatError('unreadable', `${name}: ssh: connect to host ${name}: refused`);
}

/** Machines in memory by name, each with the results of successive readings. */
export type FakeMachines = Readonly<Record<string, Source | readonly FakeReading[]>>;

/** Machines in memory as one source, in the order of their names. */
export function fakeMachines(
  machines: FakeMachines,
  asked: Partial<MachinesAsked> = {},
  parts: Pick<PlatformHost, 'signal' | 'onAnswer'> = {},
): Source {
  const sources = new Map(
    Object.entries(machines).map(([name, one]) => [
      name,
      'read' in one ? one : fakeSource(...(one as readonly FakeReading[])),
    ]),
  );
  const hosts = { names: [...sources.keys()], timeout: 1000, atOnce: 4, strict: false, ...asked };
  return machinesSource(hosts, (name) => sources.get(name) as Source, parts);
}

/** A reading of some sockets, copied. */
export function answering(...sockets: readonly Socket[]): FakeReading {
  return { batches: [sockets.map((socket) => ({ ...socket }))] };
}
