import { describe, expect, it } from 'vitest';
import { type Check, check } from '../../../src/analysis/checks/check.ts';
import type { Netns } from '../../../src/model/machine/netns.ts';
import type { SystemFacts } from '../../../src/model/machine/system-facts.ts';
import { networksFor } from '../../../src/pipeline/diagnosis/networks.ts';
import { counter, inet } from '../../support/builders.ts';

const watching = (needs: Partial<Check['needs']> = {}): Check =>
  check({
    ...{
      name: 'echo-check',
      summary: '',
      text: { meaning: 'Nothing.', found: [], remedy: 'Nothing.' },
      about: 'sockets',
      thresholds: {},
    },
    needs: { protocols: ['tcp'], ...needs },
    watches: () => true,
    find: () => [],
  });

const netns = (inode: number): Netns => ({ inode, name: null, own: inode === 1 });
const facts = (inode: number): SystemFacts => ({
  netns: netns(inode),
  values: { timeWaitLimit: inode },
  missing: {},
});

describe('a network of which only a row tells', () => {
  const settings = (all: readonly SystemFacts[]) => {
    const one = watching();
    const networks = networksFor([one], all);
    const socket = inet('192.0.2.1:80', '203.0.113.9:4000', { netns: netns(3) });
    expect(networks.reader('watcher', [one])(socket)).toBe(true);
    return networks
      .all()
      .map((network) => [
        network.netns?.inode,
        network.system.values.timeWaitLimit,
        networks.lookOf(network, one, []).sockets.length,
      ]);
  };

  it('has no known settings among several with their own', () => {
    expect(settings([facts(1), facts(2)])).toEqual([
      [1, 1, 0],
      [2, 2, 0],
      [3, undefined, 1],
    ]);
  });

  it('has the settings of the only one that tells them', () => {
    expect(settings([facts(1)])).toEqual([
      [1, 1, 0],
      [3, 1, 1],
    ]);
  });
});

it('counters are those of the network, for the checks that need them', () => {
  const [needing, other] = [watching({ counters: true }), watching()];
  const networks = networksFor([needing, other], [facts(1), facts(2)]);
  const counters = [1, 2].map((inode) => ({
    ...counter('Tcp', 'OutSegs', inode * 10),
    netns: netns(inode),
  }));
  const values = (one: Check) =>
    networks
      .all()
      .map((network) => networks.lookOf(network, one, counters).counters.map(({ value }) => value));
  expect(values(needing)).toEqual([[10n], [20n]]);
  expect(values(other)).toEqual([[], []]);
});
