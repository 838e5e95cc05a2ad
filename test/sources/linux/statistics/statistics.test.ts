import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Counter, isCounterWanted } from '../../../../src/model/machine/counter.ts';
import type { InetFamily, Protocol } from '../../../../src/model/protocol.ts';
import { openProc } from '../../../../src/sources/linux/proc/open-proc.ts';
import { describeCounter } from '../../../../src/sources/linux/statistics/counters/index.ts';
import {
  parseSctpSnmp,
  parseSnmp,
  parseSnmp6,
} from '../../../../src/sources/linux/statistics/snmp.ts';
import { linuxStatistics } from '../../../../src/sources/linux/statistics/statistics.ts';
import { begin, collect, warningSink } from '../../../support/source-answers.ts';
import { type FakeMachine, fakeProc, systemError } from '../support/fake-proc.ts';
import { tableTexts } from '../support/table-texts.ts';

const values = (rows: readonly Counter[]) =>
  rows.map(({ group, name, value }) => [group, name, value]);

describe('parseSnmp', () => {
  it('pairs names with the values below', () => {
    const text =
      'Ip: Forwarding InReceives\nIp: 2 88\nTcp: MaxConn InSegs\nTcp: -1 18446744073709551615\n';
    const { rows, malformed } = parseSnmp(text);
    expect(malformed).toEqual([]);
    expect(values(rows)).toEqual([
      ['Ip', 'Forwarding', 2n],
      ['Ip', 'InReceives', 88n],
      ['Tcp', 'MaxConn', -1n],
      ['Tcp', 'InSegs', 18446744073709551615n],
    ]);
  });

  it('keeps a group and a counter that it does not know', () => {
    expect(parseSnmp('NewExt: Novelty\nNewExt: 7\n').rows).toEqual([
      { group: 'NewExt', name: 'Novelty', value: 7n, kind: 'count', meaning: null },
    ]);
  });

  it.each([
    ['fewer values than names', 'Ip: A B\nIp: 1\n', [2]],
    ['a value that is no number', 'Ip: A\nIp: x\n', [2]],
    ['a value of more than 64 bits', `Ip: A\nIp: ${'1'.repeat(21)}\n`, [2]],
    ['names without values', 'Ip: A\nTcp: B\nTcp: 2\n', [1]],
    ['no group', 'A B\n1 2\n', [1, 2]],
    ['an end in the middle', 'Ip: A\n', [1]],
  ])('%s', (_name, text, malformed) => {
    expect(parseSnmp(text).malformed).toEqual(malformed);
  });
});

describe('parseSnmp6', () => {
  it('takes the group off each name', () => {
    const text =
      'Ip6InReceives                   \t12\nIcmp6InType135\t4\nUdp6NoPorts\t3\nUdpLite6InErrors 0\n';
    expect(values(parseSnmp6(text).rows)).toEqual([
      ['Ip6', 'InReceives', 12n],
      ['Icmp6', 'InType135', 4n],
      ['Udp6', 'NoPorts', 3n],
      ['UdpLite6', 'InErrors', 0n],
    ]);
  });

  it('reports which lines it could not read', () => {
    expect(parseSnmp6('junk\nIp6A 3 4\nIp6A x\n\n 3\nMode: 640\n').malformed).toEqual([
      1, 2, 3, 4, 5, 6,
    ]);
  });

  it.each([
    ['Tcp6InSegs', 'Tcp6', 'InSegs'],
    ['Icmp6InType66', 'Icmp6', 'InType66'],
    ['Novelty', 'Snmp6', 'Novelty'],
    ['Ip6', 'Snmp6', 'Ip6'],
    ['6', 'Snmp6', '6'],
  ])('keeps a counter that it does not know: %s', (word, group, name) => {
    expect(values(parseSnmp6(`${word} 5\n`).rows)).toEqual([[group, name, 5n]]);
  });
});

describe('parseSctpSnmp', () => {
  it('reads what the kernel prints', () => {
    const { rows, malformed } = parseSctpSnmp(
      'SctpCurrEstab                   \t3\nSctpInSCTPPacks                 \t18446744073709551615\n',
    );
    expect(malformed).toEqual([]);
    expect(rows).toMatchObject([
      { group: 'Sctp', name: 'CurrEstab', value: 3n, kind: 'gauge' },
      { group: 'Sctp', name: 'InSCTPPacks', value: 18446744073709551615n, kind: 'count' },
    ]);
  });

  it('has words for every counter of Linux 6.18', () => {
    const names =
      'CurrEstab ActiveEstabs PassiveEstabs Aborteds Shutdowns OutOfBlues ChecksumErrors ' +
      'OutCtrlChunks OutOrderChunks OutUnorderChunks InCtrlChunks InOrderChunks InUnorderChunks ' +
      'FragUsrMsgs ReasmUsrMsgs OutSCTPPacks InSCTPPacks T1InitExpireds T1CookieExpireds ' +
      'T2ShutdownExpireds T3RtxExpireds T4RtoExpireds T5ShutdownGuardExpireds DelaySackExpireds ' +
      'AutocloseExpireds T3Retransmits PmtudRetransmits FastRetransmits InPktSoftirq InPktBacklog ' +
      'InPktDiscards InDataChunkDiscards';
    const meanings = names.split(' ').map((name) => describeCounter('Sctp', name).meaning);
    expect(meanings).not.toContain(null);
  });

  it('reports which lines it could not read', () => {
    expect(parseSctpSnmp('junk\nSctpA 3 4\nSctpA x\n\n').malformed).toEqual([1, 2, 3, 4]);
  });

  it.each([
    ['SctpNovelty', 'Novelty'],
    ['Novelty', 'Novelty'],
    ['Sctp', 'Sctp'],
  ])('keeps a counter that it does not know: %s', (word, name) => {
    expect(values(parseSctpSnmp(`${word} 5\n`).rows)).toEqual([['Sctp', name, 5n]]);
  });
});

describe('what is reported of a counter', () => {
  it.each([
    ['Tcp', 'CurrEstab', 'gauge', /current/],
    ['Tcp', 'RetransSegs', 'count', /retransmitted/],
    ['IcmpMsg', 'InType8', 'count', /received of type 8: echo request/],
    ['IcmpMsg', 'OutType250', 'count', /sent of type 250: not assigned/],
    ['Icmp6', 'OutType135', 'count', /type 135: neighbour solicitation/],
  ])('%s %s', (group, name, kind, meaning) => {
    expect(describeCounter(group, name)).toEqual({ kind, meaning: expect.stringMatching(meaning) });
  });

  it.each([
    ['Tcp', 'constructor'],
    ['toString', 'length'],
    ['Ip', 'Novelty'],
  ])('%s %s: nothing', (group, name) => {
    expect(describeCounter(group, name).meaning).toBeNull();
  });
});

it.each([
  ['Ip', ['inet'], null, true],
  ['Ip', ['inet6'], null, false],
  ['Ip6', ['inet6'], ['raw'], true],
  ['TcpExt', ['inet6'], ['tcp'], true],
  ['TcpExt', ['inet'], ['udp'], false],
  ['Udp6', ['inet', 'inet6'], ['udp'], true],
  ['UdpLite', ['inet'], ['udp'], false],
  ['NewExt', ['inet'], null, true],
  ['NewExt', ['inet'], ['tcp'], false],
  ['New6', ['inet'], null, false],
  ['New6', ['inet6'], null, true],
  ['Ip', [], null, false],
  ['TcpExt', [], ['tcp'], false],
  ['NewExt', [], null, false],
] as const)('%s for %j and %j: %s', (group, families, protocols, wanted) => {
  expect(isCounterWanted({ group }, families, protocols)).toBe(wanted);
});

/** As the kernel names counters. */
const word = fc.stringMatching(/^[A-Z][A-Za-z0-9_]{0,20}$/);
const count = fc.bigInt(-(2n ** 63n), 2n ** 64n - 1n);
const group = fc.constantFrom('Ip6', 'Icmp6', 'UdpLite6', 'Tcp6', '');

it('every line of a word and a number is one counter, of that word', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(group, word, count)), (lines) => {
      const words = lines.map(([of, name, value]) => [`${of}${name}`, value]);
      const text = words.map(([name, value]) => `${name} \t${value}\n`).join('');
      for (const [parse, other] of [
        [parseSnmp6, 'Snmp6'],
        [parseSctpSnmp, 'Sctp'],
      ] as const) {
        const { rows, malformed } = parse(text);
        expect(malformed).toEqual([]);
        expect(rows.map((row) => row.value)).toEqual(words.map(([, value]) => value));
        for (const [at, row] of rows.entries()) {
          expect([row.name, row.group + row.name]).toContain(words[at]?.[0]);
          if (row.group !== other) expect(row.group + row.name).toBe(words[at]?.[0]);
        }
      }
      const pairs = lines.map(([, name, value], at) => `Ext${at}: ${name}\nExt${at}: ${value}\n`);
      expect(values(parseSnmp(pairs.join('')).rows)).toEqual(
        lines.map(([, name, value], at) => [`Ext${at}`, name, value]),
      );
    }),
  );
});

it('no text makes a parser throw', () => {
  const parts = fc.array(
    fc.oneof(
      fc.string(),
      fc.constantFrom('\n', ' ', 'Ip: ', 'Ip: A\nIp: 1', 'Ip6A\t1', '-1', '9'.repeat(20)),
    ),
  );
  fc.assert(
    fc.property(parts, (words) => {
      for (const parse of [parseSnmp, parseSnmp6, parseSctpSnmp]) {
        for (const { value } of parse(words.join('')).rows) expect(typeof value).toBe('bigint');
      }
    }),
  );
});

describe('linuxStatistics', () => {
  it('has no answer where there are no counters at all', async () => {
    const proc = fakeProc({ files: { net: '' } });
    const sink = { warn: () => undefined };
    const read = async () => {
      for await (const _ of linuxStatistics(proc, { families: ['inet', 'inet6'] }, sink, begin));
    };
    await expect(read()).rejects.toMatchObject({ code: 'unsupported', path: '/proc/net' });
  });

  const read = async (name: string) => {
    const root = fileURLToPath(new URL(`../../../../fixtures/linux/${name}`, import.meta.url));
    const sink = warningSink();
    const families = ['inet', 'inet6'] as const;
    const rows = await collect(linuxStatistics(openProc(root), { families }, sink, begin));
    return { rows, warnings: sink.warnings };
  };

  it('has words for every counter of Linux 6.18', async () => {
    const { rows, warnings } = await read('reports-host');
    expect(warnings).toMatchObject([{ code: 'absent', source: expect.stringMatching(/sctp/) }]);
    expect(rows.length).toBeGreaterThan(350);
    expect(rows.filter(({ meaning }) => meaning === null)).toEqual([]);
  });

  it('goes on without the files that this kernel lacks', async () => {
    const sink = warningSink();
    const proc = fakeProc({ files: { 'net/netstat': 'IpExt: InOctets\nIpExt: 5\n' } });
    const families = ['inet', 'inet6'] as const;
    const rows = await collect(linuxStatistics(proc, { families }, sink, begin));
    expect(values(rows)).toEqual([['IpExt', 'InOctets', 5n]]);
    expect(sink.warnings.map(({ code }) => code)).toEqual(['absent', 'absent', 'absent']);
  });

  it.each<[readonly Protocol[], readonly string[]]>([
    [[], ['snmp', 'netstat', 'snmp6', 'sctp/snmp']],
    [['tcp'], ['snmp', 'netstat']],
    [['udp'], ['snmp', 'snmp6']],
    [['udplite'], ['snmp', 'snmp6']],
    [['raw'], ['snmp', 'netstat', 'snmp6']],
    [['sctp'], ['sctp/snmp']],
    [
      ['udp', 'sctp'],
      ['snmp', 'snmp6', 'sctp/snmp'],
    ],
  ])('reads for %j only the files that may have their counters', async (required, asked) => {
    const sink = warningSink();
    const query = { families: ['inet', 'inet6'], required } as const;
    const read = async () => {
      const proc = fakeProc({ files: { 'net/dev': '' } });
      for await (const _ of linuxStatistics(proc, query, sink, begin));
    };
    await Promise.allSettled([read()]);
    expect(sink.warnings.map(({ source }) => source?.replace(/^.*?net\//, ''))).toEqual(asked);
  });

  it.each<[string, Protocol, readonly InetFamily[], FakeMachine['files'], string, string]>([
    ['has none of', 'sctp', ['inet', 'inet6'], {}, 'unsupported', 'net/sctp/snmp'],
    ['has none of', 'udplite', ['inet', 'inet6'], {}, 'unsupported', 'net/snmp'],
    [
      'has none of in the family asked for',
      'udplite',
      ['inet'],
      { 'net/snmp6': 'UdpLite6InErrors 0\n' },
      'unsupported',
      'net/snmp',
    ],
    [
      'does not let us read of',
      'sctp',
      ['inet', 'inet6'],
      { 'net/sctp/snmp': systemError('EACCES') },
      'unreadable',
      'net/sctp/snmp',
    ],
  ])(
    'fails behind its rows where the kernel %s %s',
    async (_, protocol, families, files, code, path) => {
      const proc = fakeProc({ files: { 'net/snmp': 'Tcp: InSegs\nTcp: 5\n', ...files } });
      const sink = { warn: () => undefined };
      const rows: Counter[] = [];
      const read = async (required: readonly Protocol[]) => {
        for await (const batch of linuxStatistics(proc, { families, required }, sink, begin))
          rows.push(...batch);
      };
      await expect(read([protocol])).rejects.toMatchObject({
        code,
        message: expect.stringContaining(`/proc/${path}: `),
      });
      expect(rows.map(({ group }) => group)).toEqual([
        ...(protocol === 'udplite' ? ['Tcp'] : []),
        ...(files?.['net/snmp6'] === undefined ? [] : ['UdpLite6']),
      ]);
      await expect(read(['tcp'])).resolves.toBeUndefined();
    },
  );
});

describe('what kernels print', () => {
  const without = (rows: readonly Counter[]) => rows.filter(({ meaning }) => meaning === null);
  it.each([...tableTexts('netstat'), ...tableTexts('snmp')])(
    '$path parses whole, and every counter has a meaning',
    ({ text }) => {
      const { rows, malformed } = parseSnmp(text);
      expect(malformed).toEqual([]);
      expect(rows.length).toBeGreaterThan(50);
      expect(without(rows)).toEqual([]);
    },
  );

  /** Lines that whatever copied the table has added. */
  const added: Readonly<Record<string, number>> = {
    'container-4.15/snmp6': 89,
    'prometheus-procfs/26231_net_snmp6': 92,
  };
  it.each(tableTexts('snmp6'))(
    '$path parses whole, and every counter has a meaning',
    ({ path, text }) => {
      const { rows, malformed } = parseSnmp6(text);
      const line = added[path];
      expect(malformed).toEqual(line === undefined ? [] : [line]);
      expect(rows.length).toBeGreaterThan(50);
      expect(without(rows)).toEqual([]);
    },
  );
});
