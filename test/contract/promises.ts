import assert from 'node:assert/strict';
import { isIP, SocketAddress } from 'node:net';
import type { Warning } from '../../src/model/snapshot.ts';
import {
  type InetFamily,
  inetProtocols,
  type Protocol,
  type Socket,
} from '../../src/model/socket.ts';
import type { Backend, Batches, Notes, SocketQuery } from '../../src/sources/source.ts';
import { exactJson } from '../../src/text/json-text.ts';

import { asNumbers } from '../support/as-numbers.ts';
import { socketProblems, warningProblems } from './problems.ts';

/**
 * What every backend promises, whatever its platform (src/platform/backend.ts and the model's own
 * words). Written with `node:assert` alone, so that it runs wherever a backend does: under vitest,
 * or in a Windows node.exe.
 */
export interface BackendPromise {
  readonly name: string;
  /** Rejects where the backend does not keep it. */
  readonly isKept: (backend: Backend) => Promise<void>;
}

const families = ['inet', 'inet6'] as const satisfies readonly InetFamily[];
const allProtocols: readonly Protocol[] = [...inetProtocols, 'unix'];

export async function collect<T>(batches: Batches<T>): Promise<T[]> {
  const rows: T[] = [];
  for await (const batch of batches) rows.push(...batch);
  return rows;
}

export function silentNotes(): Notes & { readonly warnings: Warning[] } {
  const warnings: Warning[] = [];
  return { warnings, warn: (warning) => void warnings.push(warning) };
}

export function everything(backend: Backend): SocketQuery {
  return { protocols: backend.protocols, families, distinct: true, required: false };
}

const read = (backend: Backend, query = everything(backend)) =>
  collect(backend.sockets(query, silentNotes()));

/** Canonical text: what Node reads as an address of that family and prints alike. */
function isCanonical(address: string, family: InetFamily): boolean {
  const version = family === 'inet' ? 4 : 6;
  if (isIP(address) !== version || address.includes('%')) return false;
  return new SocketAddress({ address, family: `ipv${version}` }).address === address;
}

/** What JSON would change on the way is not part of the model. */
function checkPlain(row: object): void {
  assert.deepEqual(JSON.parse(exactJson(row)), asNumbers(row));
}

const withOwners = (backend: Backend, sockets: readonly Socket[], details: boolean) =>
  backend.withOwners(sockets, { depth: 'all', details }, silentNotes());

export const promises: readonly BackendPromise[] = [
  {
    name: 'names its platform and offers protocols in the model’s order, each once',
    isKept: async ({ platform, protocols }) => {
      assert(['linux', 'darwin', 'win32'].includes(platform));
      assert.deepEqual(
        [...protocols],
        allProtocols.filter((protocol) => protocols.includes(protocol)),
      );
      assert(protocols.includes('tcp') && protocols.includes('udp'));
    },
  },
  {
    name: 'lists the protocols asked for, in the order asked for, and no others',
    isKept: async (backend) => {
      const order = ['udp', 'tcp'] as const;
      const sockets = await read(backend, { ...everything(backend), protocols: order });
      const met = sockets.map(({ protocol }) => protocol);
      const firstTcp = met.indexOf('tcp');
      assert(met.every((name, i) => name === (firstTcp >= 0 && i >= firstTcp ? 'tcp' : 'udp')));
      assert.deepEqual(await read(backend, { ...everything(backend), protocols: [] }), []);
    },
  },
  {
    name: 'lists the families asked for and no others',
    isKept: async (backend) => {
      for (const family of families) {
        const query = {
          ...everything(backend),
          protocols: ['tcp', 'udp'],
          families: [family],
        } as const;
        for (const socket of await read(backend, query)) assert.equal(socket.family, family);
      }
    },
  },
  {
    name: 'yields no empty batch, and can be left in the middle',
    isKept: async (backend) => {
      for await (const batch of backend.sockets(everything(backend), silentNotes())) {
        assert(batch.length > 0);
      }
      for await (const _batch of backend.sockets(everything(backend), silentNotes())) break;
    },
  },
  {
    name: 'speaks the model’s words: addresses, ports, states, counts',
    isKept: async (backend) => {
      for (const socket of await read(backend)) {
        assert.deepEqual(socketProblems(socket), []);
        checkPlain(socket);
      }
    },
  },
  {
    name: 'tells no owners unasked, or tells them whole',
    isKept: async (backend) => {
      for (const { owners, noOwner } of await read(backend)) {
        if (owners === null) assert.equal(noOwner, null);
        else assert.equal(owners.length === 0, noOwner !== null);
      }
    },
  },
  {
    name: 'adds owners to the same sockets in the same order, and changes nothing else',
    isKept: async (backend) => {
      const sockets = await read(backend);
      const some = sockets.filter((_, i) => i % 3 !== 1);
      const bare = ({ owners: _o, noOwner: _n, ...rest }: Socket) => rest;
      assert.deepEqual((await withOwners(backend, some, false)).map(bare), some.map(bare));
      assert.deepEqual(await withOwners(backend, [], false), []);
    },
  },
  {
    name: 'gives each socket its owners by PID, or the reason why there are none',
    isKept: async (backend) => {
      for (const socket of await withOwners(backend, await read(backend), true)) {
        assert(socket.owners !== null);
        assert.deepEqual(socketProblems(socket), []);
        // A command line may have megabytes, and its process hundreds of sockets: a word will do.
        const owners = socket.owners.map((owner) => ({
          ...owner,
          commandLine: owner.commandLine?.slice(0, 100) ?? null,
        }));
        checkPlain({ ...socket, owners });
      }
    },
  },
  {
    name: 'looks no command lines and executables up where details are not asked for',
    isKept: async (backend) => {
      for (const { owners } of await withOwners(backend, await read(backend), false)) {
        for (const { commandLine, executable } of owners ?? []) {
          assert.deepEqual([commandLine, executable], [null, null]);
        }
      }
    },
  },
  {
    name: 'warns in single lines that name their source',
    isKept: async (backend) => {
      const notes = silentNotes();
      const sockets = await collect(backend.sockets(everything(backend), notes));
      await backend.withOwners(sockets, { depth: 'first', details: false }, notes);
      assert.deepEqual(notes.warnings.flatMap(warningProblems), []);
    },
  },
  {
    name: 'routes, interfaces and groups: canonical addresses of the families asked for',
    isKept: async (backend) => {
      for (const family of families) {
        const query = { families: [family] };
        for (const route of await collect(backend.routes?.(query, silentNotes()) ?? none())) {
          assert.equal(route.family, family);
          assert(isCanonical(route.destination, family), route.destination);
          assert(route.gateway === null || !route.gateway.includes('%'));
          assert(isPrefix(route.prefixLength, family));
          assert.match(route.flags, /^[A-Za-z!]*$/);
          checkPlain(route);
        }
        for (const face of await collect(backend.interfaces?.(query, silentNotes()) ?? none())) {
          assert.notEqual(face.name, '');
          assert.match(face.hardwareAddress ?? '00', /^[\da-f]{2}(:[\da-f]{2})*$/);
          for (const own of face.addresses) {
            assert(isCanonical(own.address, own.family), own.address);
            assert(isPrefix(own.prefixLength, own.family));
          }
          checkPlain(face);
        }
        for (const group of await collect(backend.groups?.(query, silentNotes()) ?? none())) {
          assert.equal(group.family, family);
          assert(isCanonical(group.group, family), group.group);
          checkPlain(group);
        }
      }
    },
  },
  {
    name: 'statistics: each counter once, a number each',
    isKept: async (backend) => {
      const rows = await collect(backend.statistics?.({ families }, silentNotes()) ?? none());
      const names = rows.map(({ group, name }) => `${group} ${name}`);
      assert.equal(new Set(names).size, names.length);
      for (const { value } of rows) assert.equal(typeof value, 'bigint');
    },
  },
];

function isPrefix(length: number, family: InetFamily): boolean {
  return Number.isInteger(length) && length >= 0 && length <= (family === 'inet' ? 32 : 128);
}

async function* none(): Batches<never> {}
