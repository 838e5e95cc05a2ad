import { expect } from 'vitest';
import type { Warning } from '../../../src/model/report/snapshot.ts';
import { linuxGroups } from '../../../src/sources/linux/groups/groups.ts';
import { linuxInterfaces, otherLinks } from '../../../src/sources/linux/interfaces/interfaces.ts';
import { parseIpAddress } from '../../../src/sources/linux/interfaces/ip.ts';
import type { Proc } from '../../../src/sources/linux/proc/proc.ts';
import { linuxRoutes } from '../../../src/sources/linux/routes/routes.ts';
import { tcpCounts } from '../../../src/sources/linux/sockets/sockstat.ts';
import { linuxStatistics } from '../../../src/sources/linux/statistics/statistics.ts';
import type { Batches, WarningSink } from '../../../src/sources/source.ts';
import { warningProblems } from '../../contract/problems.ts';
import { fakeProc } from '../../sources/linux/support/fake-proc.ts';
import { begin, collect, warningSink } from '../../support/source-answers.ts';
import {
  counterProblems,
  groupProblems,
  interfaceProblems,
  linesLeftOut,
  linkProblems,
  routeProblems,
} from '../row-problems.ts';
import { linuxSeeds } from '../seeds.ts';
import { textTarget } from '../target.ts';

/** A machine with only these files under /proc/net; each character is a byte. */
function machine(files: Readonly<Record<string, string>>): Proc {
  const bytes = Object.entries(files).map(([name, text]) => [
    `net/${name}`,
    Buffer.from(text, 'latin1'),
  ]);
  return { ...fakeProc({ files: Object.fromEntries(bytes) }), root: '/nowhere/proc' };
}

interface Report<Row> {
  readonly rows: readonly Row[];
  /** Without those about files that the machine lacks. */
  readonly warnings: readonly Warning[];
}

async function report<Row>(read: (sink: WarningSink) => Batches<Row>): Promise<Report<Row>> {
  const sink = warningSink();
  const rows = await collect(read(sink));
  return { rows, warnings: sink.warnings.filter(({ code }) => code !== 'absent') };
}

const lines = (text: string, header = 0) => text.replace(/\n$/, '').split('\n').slice(header);
const families = ['inet', 'inet6'] as const;

/** Each line is a row, is reported as left out, or is one of `passedOver`. */
function expectEachLine(report: Report<unknown>, all: readonly string[], passedOver: number): void {
  const accounted = report.rows.length + linesLeftOut(report.warnings);
  expect(accounted).toBeLessThanOrEqual(all.length);
  expect(accounted).toBeGreaterThanOrEqual(all.length - passedOver);
  expect(report.warnings.flatMap(warningProblems)).toEqual([]);
}

/** Bit 0 of an IPv4 route's flags is RTF_UP; RTF_CACHE marks a cached copy, which is not in a table. */
const isDown = (line: string) =>
  (Number.parseInt(line.split(/[ \t]+/).filter(Boolean)[3] ?? '1', 16) & 1) === 0;
const isCopy = (line: string) =>
  (Number.parseInt(line.split(/[ \t]+/).filter(Boolean)[8] ?? '0', 16) & 0x01000000) !== 0;

const routes4 = textTarget({
  name: 'linux-route',
  covers: ['parseRoutes4'],
  seeds: linuxSeeds('route'),
  alphabet: 'bytes',
  header: 1,
  read: (text) =>
    report((sink) => linuxRoutes(machine({ route: text }), { families: ['inet'] }, sink)),
  check: (text, parsed) => {
    expect(parsed.rows.flatMap(routeProblems)).toEqual([]);
    if (text === '') return;
    const all = lines(text, 1);
    expectEachLine(parsed, all, all.filter(isDown).length);
  },
});

const routes6 = textTarget({
  name: 'linux-ipv6-route',
  covers: ['parseRoutes6'],
  seeds: linuxSeeds('ipv6_route'),
  alphabet: 'bytes',
  read: (text) =>
    report((sink) => linuxRoutes(machine({ ipv6_route: text }), { families: ['inet6'] }, sink)),
  check: (text, parsed) => {
    expect(parsed.rows.flatMap(routeProblems)).toEqual([]);
    if (text === '') return;
    const all = lines(text);
    expectEachLine(parsed, all, all.filter(isCopy).length);
  },
});

const igmp = textTarget({
  name: 'linux-igmp',
  covers: ['parseIgmp'],
  seeds: linuxSeeds('igmp'),
  alphabet: 'bytes',
  header: 2,
  read: (text) => report((sink) => linuxGroups(machine({ igmp: text }), { families }, sink)),
  check: (text, parsed) => {
    expect(parsed.rows.flatMap(groupProblems)).toEqual([]);
    if (text === '') return;
    const all = lines(text, 1);
    expectEachLine(parsed, all, all.filter((line) => /^\d/.test(line)).length);
  },
});

const igmp6 = textTarget({
  name: 'linux-igmp6',
  covers: ['parseIgmp6'],
  seeds: linuxSeeds('igmp6'),
  alphabet: 'bytes',
  read: (text) => report((sink) => linuxGroups(machine({ igmp6: text }), { families }, sink)),
  check: (text, parsed) => {
    expect(parsed.rows.flatMap(groupProblems)).toEqual([]);
    if (text !== '') expectEachLine(parsed, lines(text), 0);
  },
});

const dev = textTarget({
  name: 'linux-dev',
  covers: ['parseNetDev'],
  seeds: linuxSeeds('dev'),
  alphabet: 'bytes',
  header: 2,
  read: (text) =>
    report((sink) => linuxInterfaces(machine({ dev: text }), { families }, sink, otherLinks)),
  check: (text, parsed) => {
    expect(parsed.rows.flatMap(interfaceProblems)).toEqual([]);
    const all = lines(text, 2);
    if (text !== '') expectEachLine(parsed, all, 0);
    // No digit of a counter is lost, and the rows keep their order.
    const numbers = all.flatMap(
      (line) => /:[ \t]*(-?\d+)(?:[ \t]+-?\d+){15}(?![^ \t\n])/.exec(line)?.[1] ?? [],
    );
    // A negative number is an unsigned one with the same bits.
    const count = (text: string) =>
      text.startsWith('-') ? BigInt.asUintN(64, BigInt(text)) : BigInt(text);
    const bytes = parsed.rows.map(({ received }) => String(received.bytes));
    if (parsed.warnings.length === 0) expect(bytes).toEqual(numbers.map((n) => String(count(n))));
  },
});

/** `name value` of every counter in the file, read in the simplest way. */
function pairsIn(text: string): string[] {
  const words = lines(text).map((line) =>
    line
      .slice(line.indexOf(':') + 1)
      .split(/[ \t]+/)
      .filter(Boolean),
  );
  return words.flatMap((names, at) =>
    at % 2 === 1 ? [] : names.map((name, i) => `${name} ${BigInt(words[at + 1]?.[i] ?? 0)}`),
  );
}

function snmp(name: 'snmp' | 'netstat') {
  return textTarget({
    name: `linux-${name}`,
    covers: ['parseSnmp'],
    seeds: linuxSeeds(name),
    alphabet: 'bytes',
    read: (text) =>
      report((sink) => linuxStatistics(machine({ [name]: text }), { families }, sink, begin)),
    check: (text, parsed) => {
      expect(parsed.rows.flatMap(counterProblems)).toEqual([]);
      expect(parsed.warnings.flatMap(warningProblems)).toEqual([]);
      if (parsed.warnings.length > 0 || parsed.rows.length === 0) return;
      // In names, bytes that are not ASCII are escaped.
      if (/[^\0-\x7f]/.test(text)) return;
      // Nothing was left out, so the lines are pairs, and no digit of a value is lost.
      expect(parsed.rows.map((row) => `${row.name} ${BigInt(row.value)}`)).toEqual(pairsIn(text));
    },
  });
}

/** A file with a counter per line, group and name in one word. */
function counterLines(name: string, covers: string, seeds: readonly string[]) {
  return textTarget({
    name: `linux-${name.replace('/', '-')}`,
    covers: [covers, 'parseLines'],
    seeds,
    alphabet: 'bytes',
    read: (text) =>
      report((sink) => linuxStatistics(machine({ [name]: text }), { families }, sink, begin)),
    check: (text, parsed) => {
      expect(parsed.rows.flatMap(counterProblems)).toEqual([]);
      if (text === '') return;
      expectEachLine(parsed, lines(text), 0);
      if (parsed.warnings.length > 0) return;
      // Nothing was left out, so each line ends with a value, and no digit of it is lost.
      const values = lines(text).map((line) =>
        BigInt(/-?\d+(?=[ \t]*$)/.exec(line)?.[0] ?? 'none'),
      );
      expect(parsed.rows.map(({ value }) => BigInt(value))).toEqual(values);
    },
  });
}

const aDevice = `header\nheader\n  eth0:${' 1'.repeat(16)}\n    lo:${' 1'.repeat(16)}\n`;
const routesOfIt =
  'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n' +
  'eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n';

const inet6Addresses = textTarget({
  name: 'linux-if-inet6',
  covers: ['parseIfInet6'],
  seeds: linuxSeeds('if_inet6'),
  alphabet: 'bytes',
  read: (text) =>
    report((sink) =>
      linuxInterfaces(machine({ dev: aDevice, if_inet6: text }), { families }, sink, otherLinks),
    ),
  check: (text, { rows, warnings }) => {
    expect(rows.map(({ name }) => name)).toEqual(['eth0', 'lo']);
    expect(rows.flatMap(interfaceProblems)).toEqual([]);
    expect(warnings.flatMap(warningProblems)).toEqual([]);
    expect(linesLeftOut(warnings)).toBeLessThanOrEqual(lines(text).length);
  },
});

const fibTrie = textTarget({
  name: 'linux-fib-trie',
  covers: ['placedInetAddresses'],
  seeds: linuxSeeds('fib_trie'),
  alphabet: 'bytes',
  read: (text) => {
    const files = { dev: aDevice, route: routesOfIt, fib_trie: text };
    return report((sink) => linuxInterfaces(machine(files), { families }, sink, otherLinks));
  },
  check: (_, { rows, warnings }) => {
    expect(rows.flatMap(interfaceProblems)).toEqual([]);
    expect(warnings.flatMap(warningProblems)).toEqual([]);
    for (const { addresses } of rows) {
      expect(new Set(addresses.map(({ address }) => address)).size).toBe(addresses.length);
    }
  },
});

/** What `ip -json address show` printed on machines with a bridge, a tunnel and a peer. */
const ipOutputs = [
  {
    ...{
      ifindex: 2,
      ifname: 'eth0',
      flags: ['BROADCAST', 'MULTICAST', 'UP', 'LOWER_UP'],
      mtu: 1500,
    },
    ...{
      txqlen: 1000,
      link_type: 'ether',
      address: '02:00:5e:10:00:01',
      broadcast: 'ff:ff:ff:ff:ff:ff',
    },
    addr_info: [
      {
        family: 'inet',
        local: '192.0.2.7',
        prefixlen: 24,
        broadcast: '192.0.2.255',
        label: 'eth0',
      },
      { family: 'inet6', local: 'fe80::5eff:fe10:1', prefixlen: 64, scope: 'link' },
    ],
  },
  {
    ...{
      ifindex: 3,
      ifname: 'tun0',
      flags: ['POINTOPOINT', 'NOARP', 'UP', 'NO-CARRIER'],
      mtu: 1476,
    },
    ...{
      link_type: 'ipip',
      address: '192.0.2.7',
      link_pointtopoint: true,
      broadcast: '198.51.100.1',
    },
    addr_info: [
      { family: 'inet', local: '10.0.0.1', address: '10.0.0.2', prefixlen: 32, label: 'tun0' },
    ],
  },
];

const ip = textTarget({
  name: 'linux-ip-json',
  covers: ['parseIpAddress'],
  seeds: [JSON.stringify(ipOutputs), JSON.stringify(ipOutputs, null, 1), '[{},{}]', '[]'],
  alphabet: 'bytes',
  read: (text) => parseIpAddress(Buffer.from(text, 'latin1')),
  check: (_, links) => {
    for (const facts of links?.values() ?? []) {
      expect(linkProblems(facts, facts.addresses ?? [])).toEqual([]);
    }
  },
});

function sockstat(name: 'sockstat' | 'sockstat6', family: 'inet' | 'inet6', seed: string) {
  return textTarget({
    name: `linux-${name}`,
    covers: ['tcpCounts'],
    seeds: [...linuxSeeds(name), seed],
    alphabet: 'bytes',
    read: (text) => tcpCounts(machine({ [name]: text }), family),
    check: (_, counts) => {
      if (counts === null) return;
      expect([counts.inUse, counts.timeWait].every((n) => Number.isInteger(n) && n >= 0)).toBe(
        true,
      );
    },
  });
}

export const linuxReportTargets = [
  routes4,
  routes6,
  igmp,
  igmp6,
  dev,
  snmp('snmp'),
  snmp('netstat'),
  counterLines('snmp6', 'parseSnmp6', linuxSeeds('snmp6')),
  counterLines('sctp/snmp', 'parseSctpSnmp', [
    'SctpCurrEstab                   \t2\nSctpActiveEstabs                \t1\nSctpOutOfBlues                  \t0\n',
  ]),
  inet6Addresses,
  fibTrie,
  ip,
  sockstat(
    'sockstat',
    'inet',
    'sockets: used 290\nTCP: inuse 4 orphan 0 tw 4 alloc 7 mem 1\nUDP: inuse 1 mem 0\nRAW: inuse 0\n',
  ),
  sockstat(
    'sockstat6',
    'inet6',
    'TCP6: inuse 3\nUDP6: inuse 2\nRAW6: inuse 1\nFRAG6: inuse 0 memory 0\n',
  ),
];
