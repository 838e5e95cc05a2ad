import type { Fill } from '../../model/system-facts.ts';
import { check, type Draft } from './check.ts';
import { percent } from './words.ts';

/** The tables of neighbours' hardware addresses: ARP for IPv4, NDISC for IPv6. */
export const neighbourTable = check({
  name: 'neighbour-table',
  summary: 'the table of neighbours (ARP, NDISC) is full or nearly so',
  details:
    "The machine's table of neighbours over IPv4, or that over IPv6, at `full` percent of gc_thresh3 or more is a warning, and critical where it is full. The table is one for all network namespaces, containers count too; the limit can be read in the machine's first one alone.",
  about: 'machine',
  thresholds: { full: { value: 80, unit: '%', meaning: 'of the entries that there can be' } },
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
  if (table === null || table.limit <= 0 || table.count * 100 < table.limit * full) return [];
  const { count, limit } = table;
  const isFull = count >= limit;
  const ip = family === 'ipv4' ? '-4' : '-6';
  return [
    {
      severity: isFull ? 'critical' : 'warning',
      certainty: 'sure',
      title: `the table of neighbours (${protocol}) is ${isFull ? 'full' : `${percent(count, limit)} % full`}`,
      observations: [
        `It has ${count.toLocaleString('en')} entries of at most ${limit.toLocaleString('en')} (gc_thresh3), those of every network namespace together.`,
      ],
      seen: { count, limit, ipVersion: family === 'ipv4' ? 4 : 6 },
      sockets: [],
      why: 'Without an entry nothing can be sent to a neighbour: connections to hosts of the own network fail now and then with "No buffer space available" or "Network is unreachable", and the kernel log says "neighbor table overflow".',
      remedy: `Look at who is in it: \`ip ${ip} neigh show nud all\`. A network with so many hosts needs higher limits: \`sysctl -w net.${family}.neigh.default.gc_thresh3=${limit * 4}\`, and gc_thresh2 at half of that. Entries of hosts that are not there point to a scan of the network.`,
      command: null,
    },
  ];
}
