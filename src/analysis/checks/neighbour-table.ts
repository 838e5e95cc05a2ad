import type { Fill } from '../../model/machine/system-facts.ts';
import { countText } from '../../text/counted.ts';
import { check, type Draft } from './check.ts';
import { percent, reachesShare } from './numbers.ts';

/** The tables of neighbours' hardware addresses: ARP for IPv4, NDISC for IPv6. */
export const neighbourTable = check({
  name: 'neighbour-table',
  summary: 'the neighbour table (ARP, NDISC) is full or nearly full',
  text: {
    meaning:
      'Nothing can be sent to a host of the local network without an entry: connections to such hosts sometimes fail ("No buffer space available").',
    found: [
      ['critical', 'The table of the machine for IPv4 or IPv6 is full (gc_thresh3).'],
      ['warning', 'It has reached `full` percent of that limit.'],
    ],
    silent:
      'All network namespaces, containers included, share the table; its limit can be read only in the first one of the machine.',
    remedy:
      'See what fills it (`ip neigh show nud all`): many entries of hosts that do not exist suggest a network scan. A large network needs higher limits (gc_thresh2, gc_thresh3).',
  },
  about: 'machine',
  thresholds: { full: { value: 80, unit: '%', meaning: 'of the maximum number of entries' } },
  needs: { protocols: [], facts: ['neighbours'], usefulFacts: ['neighbours6'] },
  find({ system }, { full }) {
    const { neighbours, neighbours6 } = system.values;
    return [
      ...crowded(neighbours ?? null, full, 'ARP', 'ipv4'),
      ...crowded(neighbours6 ?? null, full, 'NDISC', 'ipv6'),
    ];
  },
});

function crowded(
  table: Fill | null,
  full: number,
  protocol: 'ARP' | 'NDISC',
  family: 'ipv4' | 'ipv6',
): readonly Draft[] {
  if (table === null || table.limit <= 0 || !reachesShare(table.count, table.limit, full))
    return [];
  const { count, limit } = table;
  const isFull = count >= limit;
  const ip = family === 'ipv4' ? '-4' : '-6';
  return [
    {
      severity: isFull ? 'critical' : 'warning',
      certainty: 'sure',
      title: `the neighbour table (${protocol}) is ${isFull ? 'full' : `${percent(count, limit)} % full`}`,
      observations: [
        `It has ${countText(count)} entries of at most ${countText(limit)} (gc_thresh3), all network namespaces together.`,
      ],
      seen: { count, limit, ipVersion: family === 'ipv4' ? 4 : 6 },
      sockets: [],
      why: 'Nothing can be sent to a neighbour without an entry: connections to hosts of the local network sometimes fail with "No buffer space available" or "Network is unreachable", and the kernel log says "neighbor table overflow".',
      remedy: `List its entries: \`ip ${ip} neigh show nud all\`. A network with so many hosts needs higher limits: \`sysctl -w net.${family}.neigh.default.gc_thresh3=${limit * 4}\`, and gc_thresh2 at half of that. Entries of hosts that do not exist suggest a network scan.`,
      command: null,
    },
  ];
}
