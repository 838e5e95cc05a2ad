import { describe, expect, it } from 'vitest';
import type { Socket } from '../../src/model/socket/socket.ts';
import { ownersLast } from '../../src/sources/owners-last.ts';
import { readingOf } from '../../src/sources/reading.ts';
import type { OwnerQuery } from '../../src/sources/source.ts';
import { inet } from '../support/builders.ts';
import { collect, socketQuery } from '../support/source-answers.ts';

const [a, b, c] = ['192.0.2.1:1', '192.0.2.1:2', '192.0.2.1:3'].map((local) =>
  inet(local, '192.0.2.7:40000'),
) as [Socket, Socket, Socket];
const owner = { pid: 7, program: 'a', commandLine: null, executable: null, fd: null };
const owners: OwnerQuery = { depth: 'first', details: false };
const failure = new Error('no more');

/** A reading of these batches, which fails behind the last where it `fails`; and what was looked up. */
function reading(
  batches: readonly (readonly Socket[])[],
  query: { owners: OwnerQuery | null; keep?: (socket: Socket) => boolean },
  { fails = false, begins = false, isRefused = false } = {},
) {
  const asked: (readonly Socket[])[] = [];
  async function* rows(begin: () => void) {
    if (begins) begin();
    yield* batches;
    if (fails) throw failure;
  }
  const one = readingOf<Socket>((begin) =>
    ownersLast(
      socketQuery({ protocols: ['tcp'], ...query }),
      rows,
      async (sockets) => {
        asked.push(sockets);
        if (isRefused) throw failure;
        return sockets.map((socket) => ({ ...socket, owners: [owner] }));
      },
      begin,
    ),
  );
  return { asked, one };
}

describe('ownersLast', () => {
  it('looks the owners of all rows that are kept up at once, when the last is read', async () => {
    const { asked, one } = reading([[a, b], [c]], { owners, keep: (socket) => socket !== b });
    const sockets = await collect(one.batches);
    expect(asked).toEqual([[a, c]]);
    expect(sockets).toEqual([a, c].map((socket) => ({ ...socket, owners: [owner] })));
  });

  it('lets rows pass by as they are read where owners are not asked for', async () => {
    const { asked, one } = reading([[a, b], [c]], { owners: null, keep: (row) => row !== b });
    const batches: (readonly Socket[])[] = [];
    for await (const batch of one.batches) batches.push(batch);
    expect([asked, batches]).toEqual([[], [[a], [c]]]);
  });

  it('costs no row where reading fails behind some', async () => {
    const { one } = reading([[a]], { owners }, { fails: true });
    await one.begun();
    const batches = one.batches[Symbol.asyncIterator]();
    expect((await batches.next()).value).toMatchObject([{ owners: [owner] }]);
    await expect(batches.next()).rejects.toBe(failure);
  });

  it.each<[string, Parameters<typeof reading>[2], boolean]>([
    ['the rows cannot be read', { fails: true }, false],
    ['no row came of it', { fails: true, begins: true }, true],
    ['owners cannot be looked up', { begins: true, isRefused: true }, false],
  ])('has begun or not where %s', async (_, how, hasBegun) => {
    const begun = reading([], { owners }, how).one.begun();
    if (hasBegun) await expect(begun).resolves.toBeUndefined();
    else await expect(begun).rejects.toBe(failure);
  });
});
