import { describe, expect, it } from 'vitest';
import { type FilterLookups, type Lookups, withHosts } from '../../src/select/lookups.ts';

const interfaces = new Set(['eth0']);

/** A system that knows one host; `asked`: for which names it was asked. */
function system() {
  const asked: string[][] = [];
  const lookups: FilterLookups = {
    serviceNumber: () => 80,
    userId: () => 33,
    async hostAddresses(names) {
      asked.push([...names]);
      return new Map([
        ['db', ['192.0.2.7']],
        ['ghost', { reason: 'which has no address' }],
      ]);
    },
  };
  return { asked, lookups };
}

/** What is found of hosts, and all else that is known. */
async function compiled(...names: readonly string[]) {
  const { asked, lookups } = system();
  const found = await withHosts(lookups, interfaces, (known: Lookups) => ({
    hosts: names.map((name) => known.hostAddresses?.(name)),
    others: [known.serviceNumber('http', 'tcp'), known.userId('www-data'), known.interfaces],
  }));
  return { ...found, asked };
}

describe('what a filter looks up', () => {
  it('is nothing on the network where it names no host', async () => {
    const { others, asked } = await compiled();
    expect([others, asked]).toEqual([[80, 33, interfaces], []]);
  });

  it('is all hosts at once, and the rest as before', async () => {
    const { hosts, others, asked } = await compiled('db', 'nix', 'db');
    expect(hosts).toEqual([['192.0.2.7'], [], ['192.0.2.7']]);
    expect([others, asked]).toEqual([[80, 33, interfaces], [['db', 'nix']]]);
  });

  it('is refused with the reason where a host has no address', async () => {
    const { hosts } = await compiled('ghost');
    expect(hosts).toEqual([
      { expected: "a host's address or name, found 'ghost', which has no address" },
    ]);
  });

  it('is not checked against interfaces that are not known', async () => {
    const { lookups } = system();
    expect(await withHosts(lookups, undefined, (known) => known.interfaces)).toBeNull();
  });
});
