import { expect, it } from 'vitest';
import type { Socket } from '../../src/model/socket/socket.ts';
import { visibleNames } from '../../src/pipeline/visible-names.ts';
import type { NameResolver, Wanted } from '../../src/resolve/index.ts';
import { inet } from '../support/builders.ts';

const named = { hosts: false, ports: false, users: false };
const from = (number: number): Socket => inet('192.0.2.1:80', `198.51.100.${number}:4000`);

/** A resolver that names what it was asked for last, and forgets the rest. */
function forgetful() {
  const asked: string[][] = [];
  const resolver: NameResolver = {
    async names({ addresses = [] }: Wanted) {
      const known = new Set(addresses);
      asked.push([...known]);
      const nothing = () => undefined;
      const host = (address: string) => (known.has(address) ? `${address}.example` : undefined);
      return { host, network: nothing, service: nothing, user: nothing };
    },
    serviceNumber: () => undefined,
    userId: () => undefined,
    hostAddresses: async () => new Map(),
  };
  return { asked, resolver };
}

/** Waits until a look-up that needs no server is over. */
const settled = () => new Promise(setImmediate);

it('asks for all addresses on the screen as soon as one of them is new', async () => {
  const { asked, resolver } = forgetful();
  let learnt = 0;
  const names = visibleNames(
    async () => resolver,
    () => learnt++,
  );
  for (const rows of [[from(1)], [from(1)], [from(1), from(2)]]) {
    names.want(rows, named);
    await settled();
  }
  expect(asked).toEqual([
    ['192.0.2.1', '198.51.100.1'],
    ['192.0.2.1', '198.51.100.1', '198.51.100.2'],
  ]);
  expect(names.names.host('198.51.100.1')).toBe('198.51.100.1.example');
  expect(learnt).toBe(2);
});

it('asks again for what it saw long ago: it remembers a limited number', async () => {
  const { asked, resolver } = forgetful();
  const names = visibleNames(
    async () => resolver,
    () => {},
    3,
  );
  for (const number of [1, 2, 3, 4, 1]) {
    names.want([from(number)], named);
    await settled();
  }
  expect(asked.map((one) => one.at(-1))).toEqual(
    [1, 2, 3, 4, 1].map((number) => `198.51.100.${number}`),
  );
});

it('shows numbers if names cannot be looked up, and asks again', async () => {
  const { resolver } = forgetful();
  let tries = 0;
  const names = visibleNames(
    async () => {
      tries++;
      if (tries === 1) throw new Error('no resolver');
      return resolver;
    },
    () => undefined,
  );
  names.want([from(1)], named);
  await settled();
  expect(names.names.host('198.51.100.1')).toBeUndefined();
  names.want([from(1)], named);
  await settled();
  expect(names.names.host('198.51.100.1')).toBe('198.51.100.1.example');
});
