import { describe, expect, it } from 'vitest';
import { emptyOwners } from '../../src/model/packed/owners.ts';
import {
  addRow,
  asBatch,
  emptyPack,
  knownInfo,
  type PackedFurther,
  packIn,
  socketAt,
  socketsIn,
} from '../../src/model/packed/sockets.ts';
import { hasPeer } from '../../src/model/socket/classify.ts';
import type { InetSocket, Socket } from '../../src/model/socket/socket.ts';
import { withPeers } from '../../src/pipeline/peers.ts';
import { inet, owner, unix } from '../support/builders.ts';
import { tcpTable } from '../support/packs.ts';
import { collect } from '../support/source-answers.ts';

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
    // A machine's rows may end within a batch.
    const [a1, a2] = on('a', 21);
    const batches = [[a1 as Socket], [a2 as Socket, ...on('b', 22), alone]];
    const keep = ({ local }: { local: { port: number } }) => local.port === 40000;
    const asked = { keep: keep as never, unixPeers: silent };
    const rows = await collect(withPeers(batchesOf(batches), asked));
    expect(rows.map(({ host, peer }) => [host, peer?.owners[0]?.pid])).toEqual([
      ['a', 21],
      ['b', 22],
      ['c', undefined],
    ]);
  });

  it('are asked for the own addresses only if a UDP socket may depend on these', async () => {
    const asker = inet('192.0.2.1:40000', '192.0.2.2:53', { protocol: 'udp' });
    const server = inet('0.0.0.0:53', '0.0.0.0', { protocol: 'udp', owners: [owner(3, 'dns')] });
    const read = async (sockets: readonly Socket[]) => {
      let asked = 0;
      const ownAddresses = async () => {
        asked++;
        return [{ address: '192.0.2.2' }];
      };
      const asking = { keep: () => true, unixPeers: silent, ownAddresses };
      const rows = await collect(withPeers(batchesOf([sockets]), asking));
      return { asked, pid: rows[0]?.peer?.owners[0]?.pid };
    };
    expect(await read([asker, server])).toEqual({ asked: 1, pid: 3 });
    expect(await read([asker])).toEqual({ asked: 0, pid: undefined });
    expect(await read(Object.values(ends()))).toEqual({ asked: 0, pid: 2 });
  });

  it('are distinguished from those of which it is not known whether they have one', async () => {
    const rows = (host: string) => [
      inet('127.0.0.1:40000', '127.0.0.1:53', { protocol: 'udp', host }),
      inet('127.0.0.1:40001', '127.0.0.1:53', { protocol: 'udp', host }),
      inet('[::]:53', '[::]', { protocol: 'udp', host, owners: [owner(2, 'dns')] }),
    ];
    const reported: unknown[] = [];
    const peers: unknown[] = [];
    const asked = {
      keep: (socket: Socket) => socket.protocol !== 'unix' && socket.local.port !== 40001,
      unixPeers: silent,
      onUnknown: (why: string, count: number, host: string | undefined) =>
        reported.push([host, why, count]),
    };
    for await (const batch of withPeers(batchesOf([rows('a'), rows('b')]), asked))
      peers.push(...batch.map(({ peer }) => peer));
    const untold = { inode: null, owners: [], noOwner: 'unknown' };
    expect(peers).toEqual([untold, null, untold, null]);
    // Of those alone that are asked for.
    expect(reported).toEqual([
      ['a', 'families', 1],
      ['b', 'families', 1],
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

  it('are yielded before the error that ended the reading', async () => {
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

describe('packed sockets with their peers', () => {
  const table = (family: 'inet' | 'inet6') => tcpTable(family);
  const ofIpv4 = table('inet');
  const ofIpv6 = table('inet6');
  const known = [[], [owner(1, 'curl')], [owner(2, 'nginx')]];
  const loopback = 0x7f000001;
  /** The pack that a reader fills anew for each batch. */
  function packOf(of: typeof ofIpv4 | typeof ofIpv6, ports: [number, number], list: number) {
    const pack = emptyPack(of, 4, false);
    const address = of.family === 'inet' ? [loopback] : [0, 0, 0xffff, loopback];
    pack.length = 1;
    pack.states[0] = 1;
    pack.locals.set(address);
    pack.remotes.set(address);
    [pack.localPorts[0], pack.remotePorts[0]] = ports;
    const owners = emptyOwners(4, known);
    owners.lists[0] = list;
    pack.owners = owners;
    return pack;
  }
  const client = () => packOf(ofIpv4, [40000, 80], 1);
  const server = () => packOf(ofIpv6, [80, 40000], 2);

  /** A line for each row: how it came, its end, and who is at the other one. */
  async function linesOf(
    batches: readonly (readonly Socket[])[],
    keep: (socket: Socket) => boolean,
  ) {
    const lines: string[] = [];
    for await (const batch of withPeers(batchesOf(batches), { keep, unixPeers: silent })) {
      const pack = packIn(batch);
      for (let row = 0; row < batch.length; row++) {
        const socket = (pack === null ? batch[row] : socketAt(pack, row)) as InetSocket;
        const owners =
          pack === null ? socket.peer?.owners : known[pack.peers?.lists[row] as number];
        const kind = pack === null ? 'object' : 'pack';
        const pids = owners?.map(({ pid }) => pid).join(' ') || 'nobody';
        lines.push(`${kind} ${socket.protocol} ${socket.local.port}: ${pids}`);
      }
    }
    return lines;
  }

  it('stay packed, in their order, between objects of other protocols', async () => {
    const udp = inet('127.0.0.1:5', '0.0.0.0', { protocol: 'udp' });
    const batches = [asBatch(client()), asBatch(server()), [udp]];
    expect(await linesOf(batches, () => true)).toEqual([
      'pack tcp 40000: 2',
      'pack tcp 80: 1',
      'object udp 5: nobody',
    ]);
  });

  it('are asked for by family', async () => {
    const ofFour = (socket: Socket) => socket.protocol !== 'unix' && socket.family === 'inet';
    expect(await linesOf([asBatch(client()), asBatch(server())], ofFour)).toEqual([
      'pack tcp 40000: 2',
    ]);
  });

  it('keep all facts if some are chosen', async () => {
    const further: Omit<PackedFurther, 'bytes'> = {
      stride: 1,
      hasTcpInfo: false,
      unpack(socket, bytes, at) {
        socket.mark = bytes[at] as number;
      },
    };
    const pack = emptyPack(ofIpv4, 2, false, further);
    for (const [row, one] of [packOf(ofIpv4, [80, 0], 2), client()].entries()) {
      addRow(pack, one, 0);
      pack.further?.bytes.set([row + 7], row);
    }
    const rows: Socket[] = [];
    const asked = { keep: hasPeer, unixPeers: silent };
    for await (const batch of withPeers(batchesOf([asBatch(pack)]), asked)) {
      rows.push(...socketsIn(packIn(batch) ?? emptyPack(ofIpv4, 0, false)));
    }
    expect(rows).toMatchObject([{ local: { port: 40000 }, mark: 8 }]);
  });

  it('are selected by whether they have another end, and report their addresses anyway', async () => {
    const pack = emptyPack(ofIpv4, 2, false);
    addRow(pack, client(), 0);
    addRow(pack, packOf(ofIpv4, [80, 0], 2), 0);
    pack.locals.set([0x0a000001], 4);
    const sender = inet('10.0.0.9:1234', '10.0.0.1:53', { protocol: 'udp' });
    const receiver = inet('0.0.0.0:53', '0.0.0.0', {
      protocol: 'udp',
      owners: [owner(2, 'named')],
    });
    expect(await linesOf([asBatch(pack), [sender, receiver]], hasPeer)).toEqual([
      'pack tcp 40000: nobody',
      'object udp 1234: 2',
    ]);
    const listener = (socket: Socket) => !hasPeer(socket);
    expect(await linesOf([asBatch(client())], listener)).toEqual([]);
  });

  it('pair with objects where the other table did not come packed: all are objects then', async () => {
    const other = inet('127.0.0.1:80', '127.0.0.1:40000', { owners: [owner(2, 'nginx')] });
    expect(await linesOf([asBatch(client()), [other]], () => true)).toEqual([
      'object tcp 40000: 2',
      'object tcp 80: 1',
    ]);
  });

  it("keep TCP's internals as objects too", async () => {
    const pack = emptyPack(ofIpv4, 1, true);
    addRow(pack, client(), 0);
    pack.tcpInfo?.known.fill(knownInfo.rtt);
    pack.tcpInfo?.rtts.fill(1500);
    const other = inet('127.0.0.1:80', '127.0.0.1:40000');
    const asked = { keep: () => true, unixPeers: silent };
    const rows = await collect(withPeers(batchesOf([asBatch(pack), [other]]), asked));
    expect(rows[0]).toMatchObject({ tcpInfo: { rtt: 1.5, cwnd: null } });
  });

  it('report addresses that datagrams may be sent to', async () => {
    const pack = client();
    pack.locals.set([0x0a000001]);
    const held = { owners: [owner(2, 'named')] };
    const sender = inet('10.0.0.9:1234', '10.0.0.1:53', { protocol: 'udp' });
    const receiver = inet('0.0.0.0:53', '0.0.0.0', { protocol: 'udp', ...held });
    expect(await linesOf([[sender, receiver]], () => true)).toContain('object udp 1234: nobody');
    expect(await linesOf([asBatch(pack), [sender, receiver]], () => true)).toContain(
      'object udp 1234: 2',
    );
  });
});
