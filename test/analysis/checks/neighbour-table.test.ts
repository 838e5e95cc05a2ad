import { expect, test } from 'vitest';
import { neighbourTable } from '../../../src/analysis/checks/neighbour-table.ts';
import type { SystemFacts } from '../../../src/model/machine/system-facts.ts';
import { found } from './support.ts';

const said = (facts: SystemFacts['values']) =>
  found(neighbourTable, { facts }).map(
    ({ severity, title }) => `${severity}: ${title.replace('the neighbour table ', '')}`,
  );
const fill = (count: number) => ({ count, limit: 1024 });

test.each<[string, SystemFacts['values'], readonly string[]]>([
  ['a few are silent', {}, []],
  ['four fifths are a warning', { neighbours: fill(820) }, ['warning: (ARP) is 80 % full']],
  ['a full table is critical', { neighbours: fill(1024) }, ['critical: (ARP) is full']],
  ['that of IPv6 is another', { neighbours6: fill(1000) }, ['warning: (NDISC) is 97 % full']],
  [
    'without IPv6 ARP is looked at',
    { neighbours: fill(1024), neighbours6: null },
    ['critical: (ARP) is full'],
  ],
])('%s', (_, facts, expected) => {
  expect(said(facts)).toEqual(expected);
});

test('the remedy is a limit four times as high', () => {
  const [finding] = found(neighbourTable, { facts: { neighbours6: fill(1024) } });
  expect(finding?.remedy).toContain('`sysctl -w net.ipv6.neigh.default.gc_thresh3=4096`');
});
