import { describe, expect, it } from 'vitest';
import type { Socket } from '../../src/model/socket.ts';
import { withPeers } from '../../src/pipeline/peers.ts';
import { inet, owner, unix } from '../support/builders.ts';

async function* batchesOf(batches: readonly (readonly Socket[])[], failure?: Error) {
  yield* batches;
  if (failure !== undefined) throw failure;
}

const ends = () => ({
  client: inet('127.0.0.1:40000', '127.0.0.1:80', { owners: [owner(1, 'curl')] }),
  server: inet('127.0.0.1:80', '127.0.0.1:40000', { owners: [owner(2, 'nginx')] }),
});
const silent = async () => null;

describe('sockets with their peers', () => {
  it('have them on their own machine, however alike another is', async () => {
    const on = (host: string, pid: number) => {
      const { client, server } = ends();
      return [
        { ...client, host },
        { ...server, host, owners: [owner(pid, 'nginx')] },
      ];
    };
    const alone = { ...ends().client, host: 'c' };
    const rows: Socket[] = [];
    // A machine's rows may end within a batch.
    const [a1, a2] = on('a', 21);
    const batches = [[a1 as Socket], [a2 as Socket, ...on('b', 22), alone]];
    const keep = ({ local }: { local: { port: number } }) => local.port === 40000;
    const asked = { keep: keep as never, unixPeers: silent };
    for await (const batch of withPeers(batchesOf(batches), asked)) rows.push(...batch);
    expect(rows.map(({ host, peer }) => [host, peer?.owners[0]?.pid])).toEqual([
      ['a', 21],
      ['b', 22],
      ['c', undefined],
    ]);
  });

  it('have one that is not asked for, and read later', async () => {
    const { client, server } = ends();
    const keep = (socket: Socket) => socket === client;
    const got: (readonly Socket[])[] = [];
    for await (const batch of withPeers(batchesOf([[client], [server]]), {
      keep,
      unixPeers: silent,
    })) {
      got.push(batch);
    }
    expect(got).toEqual([
      [{ ...client, peer: { inode: 1, owners: server.owners, noOwner: null } }],
    ]);
    expect(server).not.toHaveProperty('peer');
  });

  it('are told before what ended the reading is', async () => {
    const { client, server } = ends();
    const rows: Socket[] = [];
    const read = withPeers(batchesOf([[client, server]], new Error('broken')), {
      keep: () => true,
      unixPeers: silent,
    });
    await expect(
      (async () => {
        for await (const batch of read) rows.push(...batch);
      })(),
    ).rejects.toThrow('broken');
    expect(rows.map(({ peer }) => peer?.owners[0]?.pid)).toEqual([2, 1]);
  });

  it('come in slices, with no batch of none', async () => {
    const many = Array.from({ length: 700 }, (_, at) => unix(null, { inode: at + 1 }));
    const keep = ({ inode }: Socket) => inode !== null && (inode <= 10 || inode > 600);
    const unixPeers = async () =>
      new Map(many.map(({ inode }) => [inode as number, 701 - (inode as number)]));
    const sizes: number[] = [];
    for await (const batch of withPeers(batchesOf([many]), { keep, unixPeers })) {
      sizes.push(batch.length);
      for (const { inode, peer } of batch) expect(peer?.inode).toBe(701 - (inode ?? 0));
    }
    expect(sizes).toEqual([10, 100]);
  });
});
