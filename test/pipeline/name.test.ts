import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asBatch, type KeptRows, keepPack } from '../../src/model/packed/sockets.ts';
import { noNames } from '../../src/model/report/names.ts';
import { named } from '../../src/pipeline/name.ts';
import { unpacked } from '../../src/pipeline/packing.ts';
import type { NameResolver, Wanted } from '../../src/resolve/index.ts';
import { group, inet, owner, route, unix } from '../support/builders.ts';
import { packs, socketsOf } from '../support/packs.ts';
import { allOf } from '../support/source-answers.ts';

const none = { hostNames: false, serviceNames: false, userNames: false };

async function* batchesOf<T>(...batches: readonly (readonly T[])[]) {
  yield* batches;
}

/** A resolver that remembers what it was asked, and knows no name. */
function asking() {
  const asked: Wanted[] = [];
  const resolver = {
    names: async (wanted: Wanted) => {
      asked.push(wanted);
      return noNames;
    },
  } as NameResolver;
  return { asked, resolver: async () => resolver };
}

const one = inet('192.0.2.1:22', '198.51.100.7:40000', { uid: 7, owners: [owner(1, 'a')] });
const other = inet('192.0.2.1:80', '0.0.0.0', { uid: 0 });

describe('names', () => {
  it('are not looked up where numbers are wanted, and no row is read for them', async () => {
    const { asked, resolver } = asking();
    const rows = batchesOf([one]);
    const { batches, names } = await named(rows, 'sockets', none, resolver);
    expect([asked, batches, names]).toEqual([[], rows, noNames]);
    expect(batches).toBe(rows);
  });

  it('of services are looked up without reading a row', async () => {
    const { asked, resolver } = asking();
    const rows = batchesOf([one]);
    const needs = { ...none, serviceNames: true };
    expect((await named(rows, 'sockets', needs, resolver)).batches).toBe(rows);
    expect(asked).toEqual([{ services: true }]);
  });

  it('of hosts and users are looked up for all rows at once, and the batches stay as they were', async () => {
    const { asked, resolver } = asking();
    const needs = { hostNames: true, serviceNames: true, userNames: true };
    const rows = batchesOf([one], [other, unix('/run/a.sock')]);
    const { batches } = await named(rows, 'sockets', needs, resolver);
    expect(asked).toEqual([
      {
        services: true,
        networks: true,
        addresses: new Set(['192.0.2.1', '198.51.100.7', '0.0.0.0']),
        uids: new Set([7, 0]),
      },
    ]);
    expect(await allOf(batches)).toEqual([[one], [other, unix('/run/a.sock')]]);
  });

  it('are not asked for an address that the platform shortened', async () => {
    const { asked, resolver } = asking();
    const cut = {
      ...one,
      remote: { address: '2001:db8', port: 1, zone: null, cut: true as const },
    };
    await named(batchesOf([cut]), 'sockets', { ...none, hostNames: true }, resolver);
    expect(asked).toMatchObject([{ addresses: new Set(['192.0.2.1']) }]);
  });

  it('are asked for every address of an end that has several', async () => {
    const { asked, resolver } = asking();
    const homed = {
      ...inet('192.0.2.1:22', '198.51.100.7:40000', { protocol: 'sctp' }),
      ...{ localAlternates: ['192.0.2.2'], remoteAlternates: ['198.51.100.8'] },
    };
    await named(batchesOf([homed]), 'sockets', { ...none, hostNames: true }, resolver);
    const addresses = ['192.0.2.1', '198.51.100.7', '192.0.2.2', '198.51.100.8'];
    expect(asked).toMatchObject([{ addresses: new Set(addresses) }]);
  });

  it('are asked for routes to hosts and for groups; networks have a file of their own', async () => {
    const { asked, resolver } = asking();
    const routes = [
      route({ destination: '192.0.2.0', prefixLength: 24, gateway: '192.0.2.254' }),
      route({ destination: '192.0.2.9', prefixLength: 32, gateway: null }),
    ];
    routes.push(
      route({ family: 'inet6', destination: '2001:db8::', prefixLength: 64, gateway: 'fe80::1' }),
    );
    const needs = { ...none, hostNames: true };
    await named(batchesOf(routes), 'routes', needs, resolver);
    await named(batchesOf([group('eth0', '224.0.0.1', 1)]), 'groups', needs, resolver);
    expect(asked).toMatchObject([
      { addresses: new Set(['192.0.2.254', '192.0.2.9', '2001:db8::', 'fe80::1']) },
      { addresses: new Set(['224.0.0.1']) },
    ]);
  });

  it('do not lose the rows before a failure, nor the failure', async () => {
    const lost = new Error('lost');
    async function* failing() {
      yield [one];
      throw lost;
    }
    const { resolver } = asking();
    const needs = { ...none, hostNames: true };
    const { batches } = await named(failing(), 'sockets', needs, resolver);
    const got: unknown[] = [];
    await expect(
      (async () => {
        for await (const batch of batches) got.push(batch);
      })(),
    ).rejects.toBe(lost);
    expect(got).toEqual([[one]]);
  });
});

describe('names of packed sockets', () => {
  it('are asked as for their objects, and every row is kept though a pack is used anew', async () => {
    const needs = { hostNames: true, serviceNames: true, userNames: true };
    await fc.assert(
      fc.asyncProperty(fc.array(packs, { maxLength: 4 }), async (some) => {
        async function* overwritten() {
          for (const pack of some) {
            const [kept] = keepPack([], pack);
            const used = (kept as KeptRows).pack;
            yield asBatch(used);
            used.length = 0;
            used.localPorts.fill(9);
          }
        }
        const [packed, objects] = [asking(), asking()];
        const { batches } = await named(overwritten(), 'sockets', needs, packed.resolver);
        const rows = (await allOf(unpacked(batches))).flat();
        const expected = some.flatMap(socketsOf);
        await named(batchesOf(expected), 'sockets', needs, objects.resolver);
        expect(rows).toMatchObject(expected);
        expect(packed.asked).toEqual(objects.asked);
      }),
    );
  });
});
