import { describe, expect, it } from 'vitest';
import { NetstatError } from '../../../src/errors.ts';
import type { SocketEvent } from '../../../src/model/report/socket-event.ts';
import { followOf, followSockets } from '../../../src/pipeline/follow/follow.ts';
import { textViewFor } from '../../../src/views/text/index.ts';
import { inet } from '../../support/builders.ts';
import {
  answering,
  type FakeMachines,
  fakeMachines,
  refused,
} from '../../support/fake-machines.ts';
import type { FakeReading } from '../../support/fake-source.ts';
import { listingWith } from '../../support/listing.ts';
import { noLookups } from '../../support/no-lookups.ts';

const a = inet('192.0.2.1:443', '198.51.100.7:40000', { inode: 7 });
const b = inet('192.0.2.1:443', '198.51.100.7:40001', { inode: 8 });
const refusing = (name: string): FakeReading => ({ failure: refused(name) });
const forever = <T>(...some: readonly T[]) => [
  ...some,
  ...new Array<T>(500).fill(some.at(-1) as T),
];

/** The events until so many have come, or it ended. */
async function eventsUntil(machines: FakeMachines, most: number, strict = false) {
  const stop = new AbortController();
  const source = fakeMachines(machines, { strict });
  const listing = listingWith({
    protocols: ['tcp'],
    which: 'all',
    machineNames: Object.keys(machines),
  });
  const view = await textViewFor('netstat');
  const what = await followOf(listing, source, view, noLookups);
  const events: SocketEvent[] = [];
  const begun: number[] = [];
  let failure: string | null = null;
  const followed = followSockets({
    ...what,
    ...{ interval: 2, signal: stop.signal, onBegun: (sockets: number) => begun.push(sockets) },
  });
  try {
    for await (const batch of followed.events) {
      if (begun.length === 0) throw new Error('an event came before all was begun');
      events.push(...batch);
      if (events.length >= most) break;
    }
  } catch (error) {
    if (!(error instanceof NetstatError)) throw error;
    failure = error.message;
  } finally {
    stop.abort();
  }
  const words = events.map((one) =>
    one.event === 'warning'
      ? `${one.warning.host} ${one.warning.code}`
      : `${one.socket.host} ${one.event} ${one.socket.protocol === 'tcp' ? one.socket.remote.port : ''}`,
  );
  return { words, begun, failure };
}

describe('machines that are followed', () => {
  it('are compared each with itself, though their sockets have the same ends and inodes', async () => {
    const { words, begun } = await eventsUntil(
      {
        web1: forever(answering(a), answering(a), answering(a, b)),
        web2: forever(answering(a)),
      },
      1,
    );
    expect(words).toEqual(['web1 opened 40001']);
    expect(begun).toEqual([2]);
  });

  it('a machine that does not answer has closed nothing, and the others go on', async () => {
    const { words } = await eventsUntil(
      {
        web1: [answering(a), refusing('web1'), refusing('web1'), ...forever(answering(a, b))],
        web2: forever(answering(a), answering(a), answering()),
      },
      3,
    );
    expect(words.toSorted()).toEqual([
      'web1 host-failed',
      'web1 opened 40001',
      'web2 closed 40000',
    ]);
  });

  it('reports a failing machine again once it has answered in between', async () => {
    const { words } = await eventsUntil(
      {
        web1: [
          ...[answering(a), refusing('web1'), refusing('web1'), answering(a), answering(a)],
          ...forever(refusing('web1')),
        ],
        web2: forever(answering(a)),
      },
      2,
    );
    expect(words).toEqual(['web1 host-failed', 'web1 host-failed']);
  });

  it('are compared with their own first answer, if that comes late', async () => {
    const { words } = await eventsUntil(
      {
        late: [refusing('late'), answering(a), ...forever(answering(a, b))],
        web2: forever(answering(a)),
      },
      2,
    );
    expect(words).toEqual(['late host-failed', 'late opened 40001']);
  });

  it.each<[string, FakeMachines, boolean, string]>([
    [
      'where none answers at first',
      { x: forever(refusing('x')), y: forever(refusing('y')) },
      false,
      'none of 2 machines answered: x: ssh: connect to host x: refused; y: ssh: connect to host y: refused',
    ],
    [
      'where one alone is asked and does not answer',
      { x: forever(refusing('x')) },
      false,
      'x: ssh: connect to host x: refused',
    ],
    [
      'with strict where one does not answer later',
      { x: [answering(a), ...forever(refusing('x'))], y: forever(answering(a)) },
      true,
      'x: ssh: connect to host x: refused',
    ],
  ])('it ends %s', async (_, machines, strict, message) => {
    expect((await eventsUntil(machines, 99, strict)).failure).toBe(message);
  });
});
