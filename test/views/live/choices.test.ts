import { describe, expect, it } from 'vitest';
import type { Fact } from '../../../src/model/report/facts.ts';
import { defaultListing } from '../../../src/options/default-listing.ts';
import { columnChoices } from '../../../src/views/live/choices.ts';

describe('the columns that are offered', () => {
  const offered = (facts: readonly Fact[]) =>
    columnChoices(defaultListing, facts).map(({ key }) => key);
  const internals = ['rtt', 'congestion', 'tcpoptions'];

  it.each([
    ['all of TCP', ['tcpInfo', 'tcpInternals'], [...internals, 'sent']],
    ['only the bytes of connections', ['tcpInfo'], ['sent']],
    ['nothing of it', [], []],
  ] as const)('where the platform reports %s', (_, facts, expected) => {
    const keys = [...internals, 'sent'];
    expect(
      offered(facts)
        .filter((key) => keys.includes(key))
        .sort(),
    ).toEqual([...expected].sort());
  });
});
