import { expect, it } from 'vitest';
import type { Warning } from '../../src/model/snapshot.ts';
import type { Socket } from '../../src/model/socket.ts';
import { markedRounds } from '../../src/pipeline/marked-rounds.ts';
import type { Source } from '../../src/sources/source.ts';
import { inet } from '../support/builders.ts';
import { answering, type FakeMachines, fakeMachines, refused } from '../support/fake-machines.ts';
import { fakeSource } from '../support/fake-source.ts';
import { listingWith } from '../support/listing.ts';

const client = (port: number, inode = port): Socket =>
  inet('192.0.2.1:443', `198.51.100.1:${port}`, { inode });

/** The rows of rounds a second apart, and what each warns of. */
async function rounds(count: number, source: Source): Promise<unknown[]> {
  let now = 0;
  const marked = markedRounds({
    source,
    resolver: () => Promise.reject(new Error('no name is asked for')),
    pause: async () => {},
    elapsed: () => now,
    lingering: 3000,
  });
  await marked.ask(listingWith({ protocols: ['tcp'], which: 'all' }));
  const told: unknown[] = [];
  for (let round = 0; round < count; round++, now += 1000) {
    const { rows, warnings } = await marked.read();
    told.push([
      ...rows.map(({ socket, mark }) => {
        const { host, remote } = socket as Extract<Socket, { remote: unknown }>;
        return [host, remote.port, mark].filter((word) => word != null).join(' ');
      }),
      ...warnings.map(({ code, host }) => ['warning', code, host].join(' ').trim()),
    ]);
  }
  return told;
}

it('a machine that does not answer for a round is missing, and its sockets are neither closed nor new', async () => {
  const silent = { failure: refused('b') };
  const machines: FakeMachines = {
    a: [answering(client(1), client(2)), answering(client(1)), answering(client(1), client(3))],
    b: [answering(client(1), client(2)), silent, answering(client(2), client(4))],
  };
  expect(await rounds(3, fakeMachines(machines))).toEqual([
    ['a 1', 'a 2', 'b 1', 'b 2'],
    ['a 1', 'a 2 closed', 'warning host-failed b'],
    ['a 1', 'a 2 closed', 'b 1 closed', 'a 3 new', 'b 2', 'b 4'],
  ]);
});

it('nothing is new of a machine whose first answer comes late', async () => {
  const machines: FakeMachines = {
    a: [answering(client(1)), answering(client(1)), answering(client(1))],
    b: [{ failure: refused('b') }, answering(client(1)), answering(client(1), client(2))],
  };
  expect(await rounds(3, fakeMachines(machines))).toEqual([
    ['a 1', 'warning host-failed b'],
    ['a 1', 'b 1'],
    ['a 1', 'b 1', 'b 2 new'],
  ]);
});

it('what goes while a table cannot be read, as in the round before, is closed', async () => {
  const warnings: Warning[] = [
    { code: 'forbidden', message: '/proc/net/tcp6: forbidden', source: '/proc/net/tcp6' },
  ];
  const reading = (...sockets: readonly Socket[]) => ({ ...answering(...sockets), warnings });
  const source = fakeSource(
    answering(client(1), client(2), client(3)),
    reading(client(1), client(2)),
    reading(client(1)),
    answering(client(1), client(3), client(4)),
  );
  expect(await rounds(4, source)).toEqual([
    ['1', '2', '3'],
    ['1', '2', 'warning forbidden'],
    ['1', '2 closed', 'warning forbidden'],
    ['1', '2 closed', '3', '4'],
  ]);
});
