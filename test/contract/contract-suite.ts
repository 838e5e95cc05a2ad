import { describe, expect, it } from 'vitest';
import type { Warning } from '../../src/model/snapshot.ts';
import type { InetFamily, Socket } from '../../src/model/socket.ts';
import type { Backend, OwnerQuery, SocketQuery } from '../../src/sources/source.ts';
import { socketProblems } from './problems.ts';
import { promises } from './promises.ts';

export interface ContractOptions {
  /** The machine changes between two looks, so that they cannot be compared. */
  readonly live?: boolean;
}

const bothFamilies: readonly InetFamily[] = ['inet', 'inet6'];

/**
 * The promises that every platform's backend keeps, and what follows from them where the same question
 * can be asked twice.
 */
export function contractSuite(
  name: string,
  makeBackend: () => Backend | Promise<Backend>,
  { live = false }: ContractOptions = {},
): void {
  const look = async (query: Partial<SocketQuery> = {}) => {
    const backend = await makeBackend();
    const warnings: Warning[] = [];
    const notes = { warn: (warning: Warning) => warnings.push(warning) };
    const whole = { protocols: backend.protocols, families: bothFamilies, ...query };
    const sockets: Socket[] = [];
    for await (const batch of backend.sockets(whole, notes)) sockets.push(...batch);
    const held = (depth: OwnerQuery['depth'], details: boolean) =>
      backend.withOwners(sockets, { depth, details }, notes);
    return { backend, sockets, warnings, held };
  };
  const problems = (sockets: readonly Socket[]) =>
    sockets.flatMap((socket, at) =>
      socketProblems(socket).map((problem) => `row ${at}: ${problem}`),
    );

  describe(`contract: ${name}`, () => {
    it.each(promises)('$name', async ({ isKept }) => {
      await isKept(await makeBackend());
    });

    it('gives rows in the order of the protocols asked for', async () => {
      const { backend } = await look();
      const protocols = backend.protocols.toReversed();
      const { sockets } = await look({ protocols });
      const order = sockets.map(({ protocol }) => protocols.indexOf(protocol));
      expect(order).toEqual(order.toSorted((a, b) => a - b));
    });

    it('gives only the protocol asked for', async () => {
      const { backend, sockets } = await look();
      for (const protocol of backend.protocols) {
        const { sockets: alone } = await look({ protocols: [protocol] });
        expect(new Set(alone.map((socket) => socket.protocol)).size).toBeLessThanOrEqual(1);
        expect(alone.every((socket) => socket.protocol === protocol)).toBe(true);
        if (live) continue;
        expect(alone).toEqual(sockets.filter((socket) => socket.protocol === protocol));
      }
      expect((await look({ protocols: [] })).sockets).toEqual([]);
    });

    // SCTP has one table for both families, which goes with IPv4.
    it.each(bothFamilies)('gives only the family asked for: %s', async (family) => {
      const isAsked = (socket: Socket) =>
        socket.protocol === 'sctp' || socket.family === 'unix' || socket.family === family;
      const { sockets } = await look({ families: [family] });
      expect(sockets.filter((socket) => !isAsked(socket))).toEqual([]);
      if (live) return;
      const isSctp = ({ protocol }: Socket) => protocol === 'sctp';
      expect(sockets.filter((socket) => !isSctp(socket))).toEqual(
        (await look()).sockets.filter((socket) => isAsked(socket) && !isSctp(socket)),
      );
    });

    it('leaves out repeated rows where asked to, and nothing else', async () => {
      const { sockets: every } = await look();
      const { sockets } = await look({ distinct: true });
      const keys = sockets
        .filter(({ inode }) => inode !== null)
        .map(({ owners, noOwner, ...socket }) =>
          JSON.stringify([
            socket.protocol,
            socket.inode,
            ...(socket.protocol === 'unix' ? [] : [socket.local, socket.remote]),
          ]),
        );
      expect(keys.length).toBe(new Set(keys).size);
      if (!live) expect(every).toEqual(expect.arrayContaining(sockets));
    });

    it.each([
      ['first', false],
      ['all', false],
      ['all', true],
    ] as const)(
      'tells owners (%s, details: %s) and changes nothing else',
      async (depth, details) => {
        const { sockets, held } = await look();
        const before = structuredClone(sockets);
        const after = await held(depth, details);
        expect(sockets).toEqual(before);
        expect(after.map(bare)).toEqual(sockets.map(bare));
        expect(problems(after)).toEqual([]);
        expect(after.filter(({ owners }) => owners === null)).toEqual([]);
        if (details) return;
        const detailed = after
          .flatMap(({ owners }) => owners ?? [])
          .filter(({ commandLine, executable }) => commandLine !== null || executable !== null);
        expect(detailed).toEqual([]);
      },
    );

    it('finds an owner first wherever it finds any', async () => {
      if (live) return;
      const { held } = await look();
      const pids = (sockets: readonly Socket[]) => sockets.map(({ owners }) => owners?.[0]?.pid);
      expect(pids(await held('first', false))).toEqual(pids(await held('all', false)));
    });

    it('holds sockets in one go as it does step by step, where it offers to', async () => {
      const { backend, held } = await look();
      if (backend.heldSockets === undefined || live) return;
      const query = { protocols: backend.protocols, families: bothFamilies };
      const keep = (socket: Socket) => socket.family !== 'inet6';
      for (const depth of ['first', 'all'] as const) {
        const owners = { depth, details: depth === 'all' };
        const together: Socket[] = [];
        for await (const batch of backend.heldSockets(query, keep, owners, { warn: () => {} })) {
          together.push(...batch);
        }
        expect(together).toEqual((await held(depth, owners.details)).filter(keep));
      }
    });

    it('can be asked again', async () => {
      const backend = await makeBackend();
      const query = { protocols: backend.protocols, families: bothFamilies };
      const read = async () => {
        const sockets: Socket[] = [];
        for await (const batch of backend.sockets(query, { warn: () => {} })) {
          sockets.push(...batch);
        }
        const owners = { depth: 'all', details: true } as const;
        return backend.withOwners(sockets, owners, { warn: () => {} });
      };
      const once = await read();
      const again = await read();
      expect(problems(again)).toEqual([]);
      if (!live) expect(again).toEqual(once);
    });
  });
}

function bare({ owners, noOwner, ...socket }: Socket) {
  return socket;
}
