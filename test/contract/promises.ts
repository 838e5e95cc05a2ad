import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, isIP, SocketAddress } from 'node:net';
import { steadyNow } from '../../src/flow/steady-clock.ts';
import type { NetInterface } from '../../src/model/machine/interface.ts';
import type { Route } from '../../src/model/machine/route.ts';
import { type InetFamily, inetProtocols, type Protocol } from '../../src/model/protocol.ts';
import type { Closing } from '../../src/model/report/socket-event.ts';
import { isOfFamilies } from '../../src/model/socket/classify.ts';
import { keptCookie } from '../../src/model/socket/identity.ts';
import type { InetSocket, Socket } from '../../src/model/socket/socket.ts';
import type { OwnerQuery, Source, SourceQuery } from '../../src/sources/source.ts';
import { exactJson } from '../../src/text/json-text.ts';
import { asNumbers } from '../support/as-numbers.ts';
import { answer, collect, socketQuery, warningSink } from '../support/source-answers.ts';
import { socketProblems, warningProblems } from './problems.ts';

/**
 * What every source promises, whatever its platform (src/sources/source.ts and the model's own
 * words). Written with `node:assert` alone, so that it runs wherever a source does: under vitest,
 * or in a Windows node.exe.
 */
export interface SourcePromise {
  readonly name: string;
  /**
   * `still`: it can only be checked of a machine that does not change between two readings. `live`: only
   * of the machine that this runs on.
   */
  readonly of?: 'still' | 'live';
  /** It cannot be checked where no loopback interface is up. */
  readonly needsLoopback?: true;
  /** Rejects where the source does not keep it. */
  readonly isKept: (source: Source) => Promise<void>;
}

const families = ['inet', 'inet6'] as const satisfies readonly InetFamily[];
const allProtocols: readonly Protocol[] = [...inetProtocols, 'unix'];

const everyOwner = { depth: 'all', details: false } as const satisfies OwnerQuery;
const everyDetail = { depth: 'all', details: true } as const satisfies OwnerQuery;

/** All sockets that a source has, unless asked otherwise. */
function read(source: Source, asked: Partial<SourceQuery<'sockets'>> = {}): Promise<Socket[]> {
  return answer(source, socketQuery({ protocols: source.protocols, ...asked }));
}

/** A row without what is told of owners. */
function bare({ owners, noOwner, ...row }: Socket) {
  return row;
}

/** Canonical text: what Node reads as an address of that family and prints alike. */
function isCanonical(address: string, family: InetFamily): boolean {
  const version = family === 'inet' ? 4 : 6;
  if (isIP(address) !== version || address.includes('%')) return false;
  return new SocketAddress({ address, family: `ipv${version}` }).address === address;
}

function isPrefix(length: number, family: InetFamily): boolean {
  return Number.isInteger(length) && length >= 0 && length <= (family === 'inet' ? 32 : 128);
}

/** What JSON would change on the way is not part of the model. */
function checkPlain(row: object): void {
  assert.deepEqual(JSON.parse(exactJson(row)), asNumbers(row));
}

/** U, G and H have these bits on every platform; a reject route shows `!` in place of U and G. */
function checkRouteBits({ flags, flagBits }: Route): void {
  for (const [letter, bit] of Object.entries({ U: 0x1, G: 0x2, H: 0x4 })) {
    if (letter !== 'H' && flags.includes('!')) continue;
    assert.equal((flagBits & bit) !== 0, flags.includes(letter), `${flags} ${flagBits}`);
  }
}

/** The names that other systems than Linux have too; null where there are no names. */
function checkInterfaceBits({ flags, flagBits }: NetInterface): void {
  assert.equal(flags === null, flagBits === null);
  const bits = { UP: 0x1, BROADCAST: 0x2, LOOPBACK: 0x8, POINTOPOINT: 0x10, RUNNING: 0x40 };
  for (const [name, bit] of Object.entries(bits)) {
    const isNamed = flags?.includes(name) ?? false;
    assert.equal(((flagBits ?? 0) & bit) !== 0, isNamed, `${flags} ${flagBits}`);
  }
}

function isAscending(numbers: readonly number[]): boolean {
  return numbers.every((number, at) => at === 0 || (numbers[at - 1] as number) <= number);
}

/** SCTP has one table for both families, which goes with IPv4. */
function isOf(family: InetFamily): (socket: Socket) => boolean {
  return (socket) => socket.protocol === 'sctp' || isOfFamilies(socket, [family]);
}

/** Where they tell a socket from others: an inode and the ends. */
function keyOf(socket: Socket): string {
  const { protocol, inode } = socket;
  const ends = socket.protocol === 'unix' ? [] : [socket.local, socket.remote];
  return JSON.stringify([protocol, inode, ends]);
}

const promisesOfAnswers: readonly SourcePromise[] = [
  {
    name: 'names its platform and offers protocols in the model’s order, each once',
    isKept: async ({ platform, protocols, reports }) => {
      assert(['linux', 'darwin', 'win32'].includes(platform));
      assert.deepEqual(
        [...protocols],
        allProtocols.filter((protocol) => protocols.includes(protocol)),
      );
      assert(protocols.includes('tcp') && protocols.includes('udp'));
      assert(reports.includes('sockets') && reports.includes('interfaces'));
      assert.equal(new Set(reports).size, reports.length);
    },
  },
  {
    name: 'lists the protocols asked for, in the order asked for, and no others',
    isKept: async (source) => {
      const orders = [['udp', 'tcp'], source.protocols.toReversed(), []] as const;
      for (const protocols of orders) {
        const sockets = await read(source, { protocols });
        const places = sockets.map(({ protocol }) => protocols.indexOf(protocol as never));
        assert(places.every((place) => place >= 0));
        assert(isAscending(places));
      }
      for (const protocol of source.protocols) {
        const sockets = await read(source, { protocols: [protocol] });
        assert(sockets.every((socket) => socket.protocol === protocol));
      }
    },
  },
  {
    name: 'lists the families asked for and no others',
    isKept: async (source) => {
      for (const family of families) {
        const sockets = await read(source, { families: [family] });
        assert.deepEqual(
          sockets.filter((socket) => !isOf(family)(socket)),
          [],
        );
      }
    },
  },
  {
    name: 'lists of one protocol, or one family, what it lists of it among others',
    of: 'still',
    isKept: async (source) => {
      const every = await read(source);
      for (const protocol of source.protocols) {
        assert.deepEqual(
          await read(source, { protocols: [protocol] }),
          every.filter((socket) => socket.protocol === protocol),
        );
      }
      const protocols = source.protocols.filter((protocol) => protocol !== 'sctp');
      for (const family of families) {
        assert.deepEqual(
          await read(source, { protocols, families: [family] }),
          every.filter((socket) => socket.protocol !== 'sctp' && isOf(family)(socket)),
        );
      }
    },
  },
  {
    name: 'yields no empty batch, and can be left in the middle',
    isKept: async (source) => {
      const query = socketQuery({ protocols: source.protocols, distinct: true });
      for (const keep of [() => true, () => false]) {
        for await (const batch of source.read({ ...query, keep }, warningSink()).batches) {
          assert(batch.length > 0);
        }
      }
      for await (const _batch of source.read(query, warningSink()).batches) break;
    },
  },
  {
    name: 'says when reading has begun, and gives every row all the same',
    of: 'still',
    isKept: async (source) => {
      const every = await read(source, { owners: everyOwner });
      const query = socketQuery({ protocols: source.protocols, owners: everyOwner });
      const reading = source.read(query, warningSink());
      await reading.begun();
      await reading.begun();
      assert.deepEqual(await collect(reading.batches), every);
    },
  },
  {
    name: 'leaves out repeated rows where asked to, and nothing else',
    isKept: async (source) => {
      const sockets = await read(source, { distinct: true });
      const keys = sockets.filter(({ inode }) => inode !== null).map(keyOf);
      assert.equal(new Set(keys).size, keys.length);
    },
  },
  {
    name: 'leaves out no row but repeated ones',
    of: 'still',
    isKept: async (source) => {
      const every = new Set((await read(source)).map((row) => exactJson(row)));
      const distinct = (await read(source, { distinct: true })).map((row) => exactJson(row));
      assert.deepEqual(new Set(distinct), every);
    },
  },
  {
    name: 'speaks the model’s words: addresses, ports, states, counts',
    isKept: async (source) => {
      for (const socket of await read(source)) {
        assert.deepEqual(socketProblems(socket), []);
        checkPlain(socket);
      }
    },
  },
  {
    name: 'reports no owners unasked, or reports them complete',
    isKept: async (source) => {
      for (const { owners, noOwner } of await read(source)) {
        if (owners === null) assert.equal(noOwner, null);
        else assert.equal(owners.length === 0, noOwner !== null);
      }
    },
  },
  {
    name: 'adds owners to the rows that were kept, in the same order, and changes nothing else',
    isKept: async (source) => {
      for (const depth of ['first', 'all'] as const) {
        const kept: ReturnType<typeof bare>[] = [];
        let row = 0;
        const keep = (socket: Socket) => {
          if (row++ % 3 === 1) return false;
          kept.push(structuredClone(bare(socket)));
          return true;
        };
        const owners = { depth, details: false };
        const sockets = await read(source, { owners, keep });
        assert.deepEqual(sockets.map(bare), kept);
        assert(sockets.every((socket) => socket.owners !== null));
        assert.deepEqual(await read(source, { owners, keep: () => false }), []);
      }
    },
  },
  {
    name: 'keeps the rows that it is asked to keep, with and without owners',
    of: 'still',
    isKept: async (source) => {
      const keep = (socket: Socket) => socket.family !== 'inet6';
      for (const owners of [null, { depth: 'first', details: false }, everyDetail] as const) {
        const every = await read(source, { owners });
        assert.deepEqual(await read(source, { owners, keep }), every.filter(keep));
      }
    },
  },
  {
    name: 'finds an owner first wherever it finds any',
    of: 'still',
    isKept: async (source) => {
      const pids = (sockets: readonly Socket[]) => sockets.map(({ owners }) => owners?.[0]?.pid);
      assert.deepEqual(
        pids(await read(source, { owners: { depth: 'first', details: false } })),
        pids(await read(source, { owners: everyOwner })),
      );
    },
  },
  {
    name: 'gives each socket its owners by PID, or the reason why there are none',
    isKept: async (source) => {
      for (const depth of ['first', 'all'] as const) {
        for (const socket of await read(source, { owners: { depth, details: true } })) {
          assert(socket.owners !== null);
          assert.deepEqual(socketProblems(socket), []);
          // A command line may have megabytes, and its process hundreds of sockets: a word will do.
          const owners = socket.owners.map((owner) => ({
            ...owner,
            commandLine: owner.commandLine?.slice(0, 100) ?? null,
          }));
          checkPlain({ ...socket, owners });
        }
      }
    },
  },
  {
    name: 'looks no command lines and executables up where details are not asked for',
    isKept: async (source) => {
      for (const { owners } of await read(source, { owners: everyOwner })) {
        for (const { commandLine, executable } of owners ?? []) {
          assert.deepEqual([commandLine, executable], [null, null]);
        }
      }
    },
  },
  {
    name: 'can be asked again, and answers alike',
    of: 'still',
    isKept: async (source) => {
      const once = await read(source, { owners: everyDetail });
      assert.deepEqual(await read(source, { owners: everyDetail }), once);
    },
  },
  {
    name: 'warns in single lines that name their source',
    isKept: async (source) => {
      const sink = warningSink();
      const owners = { depth: 'first', details: false } as const;
      await answer(source, socketQuery({ protocols: source.protocols, owners }), sink);
      assert.deepEqual(sink.warnings.flatMap(warningProblems), []);
    },
  },
  {
    name: 'routes, interfaces and groups: canonical addresses of the families asked for',
    isKept: async (source) => {
      for (const family of families) {
        const asked = { families: [family] };
        for (const route of await answer(source, { report: 'routes', ...asked })) {
          assert.equal(route.family, family);
          assert(isCanonical(route.destination, family), route.destination);
          assert(route.gateway === null || !route.gateway.includes('%'));
          assert(isPrefix(route.prefixLength, family));
          assert.match(route.flags, /^[A-Za-z!]*$/);
          checkRouteBits(route);
          checkPlain(route);
        }
        for (const face of await answer(source, { report: 'interfaces', ...asked })) {
          assert.notEqual(face.name, '');
          checkInterfaceBits(face);
          assert.match(face.hardwareAddress ?? '00', /^[\da-f]{2}(:[\da-f]{2})*$/);
          for (const own of face.addresses) {
            assert(isCanonical(own.address, own.family), own.address);
            assert(isPrefix(own.prefixLength, own.family));
          }
          checkPlain(face);
        }
        for (const group of await answer(source, { report: 'groups', ...asked })) {
          assert.equal(group.family, family);
          assert(isCanonical(group.group, family), group.group);
          checkPlain(group);
        }
      }
    },
  },
  {
    name: 'statistics: each counter once, a number each',
    isKept: async (source) => {
      const rows = await answer(source, { report: 'statistics', families });
      const names = rows.map(({ group, name }) => `${group} ${name}`);
      assert.equal(new Set(names).size, names.length);
      for (const { value } of rows) assert.equal(typeof value, 'bigint');
    },
  },
];

/** That it finds what this process opens itself. */
const livePromises: readonly SourcePromise[] = [
  {
    name: 'finds this process’s own TCP listener, with its PID',
    of: 'live',
    isKept: async (source) => {
      const server = createServer().listen(0, '127.0.0.1');
      try {
        await once(server, 'listening');
        const { port } = server.address() as AddressInfo;
        const [own, ...more] = await ownedBy(
          source,
          (socket) =>
            socket.protocol === 'tcp' && socket.local.port === port && socket.state === 'LISTEN',
        );
        assert.deepEqual(more, []);
        assert.deepEqual(own?.local, { address: '127.0.0.1', port, zone: null });
        assert.deepEqual(own?.remote, { address: '0.0.0.0', port: 0, zone: null });
        assert.deepEqual(
          own?.owners?.map(({ pid }) => pid),
          [process.pid],
        );
      } finally {
        server.close();
      }
    },
  },
  {
    name: 'finds both ends of a connection',
    of: 'live',
    needsLoopback: true,
    isKept: async (source) => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const client = connect(port, '127.0.0.1');
      const [[accepted]] = await Promise.all([once(server, 'connection'), once(client, 'connect')]);
      try {
        const clientPort = client.localPort ?? 0;
        const ends = await ownedBy(
          source,
          ({ state, local, remote }) =>
            state === 'ESTABLISHED' &&
            [local.port, remote.port].includes(clientPort) &&
            [local.port, remote.port].includes(port),
        );
        assert.deepEqual(
          ends.map(({ local }) => local.port).toSorted(),
          [port, clientPort].toSorted(),
        );
        for (const { owners } of ends) {
          assert.deepEqual(
            owners?.map(({ pid }) => pid),
            [process.pid],
          );
        }
      } finally {
        client.destroy();
        accepted.destroy();
        server.close();
      }
    },
  },
  {
    name: 'finds this process’s own UDP socket',
    of: 'live',
    isKept: async (source) => {
      const socket = createSocket('udp4').bind(0, '127.0.0.1');
      try {
        await once(socket, 'listening');
        const { port } = socket.address();
        const [own] = await ownedBy(
          source,
          ({ protocol, local }) => protocol === 'udp' && local.port === port,
        );
        assert.deepEqual(own?.remote, { address: '0.0.0.0', port: 0, zone: null });
        assert.deepEqual(
          own?.owners?.map(({ pid }) => pid),
          [process.pid],
        );
      } finally {
        socket.close();
      }
    },
  },
  {
    name: 'if it reports closed sockets, it reports each from then on, as it was listed before',
    of: 'live',
    needsLoopback: true,
    isKept: async (source) => {
      const sink = warningSink();
      const query = { protocols: ['tcp', 'udp'], families: ['inet'] } as const;
      const closings = (await source.closings?.(query, sink)) ?? null;
      if (closings === null) return;
      try {
        const server = createServer().listen(0, '127.0.0.1');
        await once(server, 'listening');
        const { port } = server.address() as AddressInfo;
        const keep = (socket: Socket) => socket.protocol === 'tcp' && socket.local.port === port;
        const [listed] = await read(source, { ...query, toFollow: true, keep });
        assert.ok(listed !== undefined && closings.reportsClose(listed));
        assert.ok(keptCookie(listed) !== null);
        await closings.renew();
        server.close();
        for (let found: Closing | undefined; found === undefined; ) {
          await closings.ready();
          const { closings: some, overruns } = closings.take();
          if (overruns > 0) return;
          found = some.find(({ socket }) => keptCookie(socket) === keptCookie(listed));
          if (found === undefined) continue;
          assert.deepEqual(found.socket.local, (listed as InetSocket).local);
          assert.equal(found.socket.inode, null);
          assert.equal(found.socket.uid, null);
          assert.ok(Math.abs(steadyNow() - found.at) < 3_600_000);
        }
        assert.deepEqual(sink.warnings, []);
      } finally {
        closings.close();
      }
    },
  },
];

async function ownedBy(
  source: Source,
  isWanted: (socket: InetSocket) => boolean,
): Promise<readonly InetSocket[]> {
  const keep = (socket: Socket) => socket.protocol !== 'unix' && isWanted(socket);
  const asked = { protocols: ['tcp', 'udp'], families: ['inet'], distinct: true } as const;
  return (await read(source, { ...asked, owners: everyOwner, keep })) as InetSocket[];
}

/** Every promise, of any source. */
const promises: readonly SourcePromise[] = [...promisesOfAnswers, ...livePromises];

/** The promises that can be checked of such a source. */
export function promisesOf(kind: 'still' | 'live'): readonly SourcePromise[] {
  return promises.filter((promise) => promise.of === undefined || promise.of === kind);
}
