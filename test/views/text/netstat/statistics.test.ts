import { describe, expect, it } from 'vitest';
import { netstat } from '../../../../src/views/text/netstat/index.ts';
import { counter } from '../../../support/builders.ts';
import { contextWith, takenAt } from '../support/render.ts';
import { marks, shown } from './reports.ts';

const rows = [
  counter('Tcp', 'InSegs', 1234567, { meaning: 'segments received' }),
  counter('Tcp', 'InErrs', 0, { meaning: 'broken segments' }),
  counter('Tcp', 'MaxConn', -1, { kind: 'gauge', meaning: 'most connections; -1 is no limit' }),
  counter('NewExt', 'Novelty', 3, { meaning: null }),
  counter('Ip', 'InReceives', 88, { meaning: 'packets received' }),
];

it('groups counters under headings, in line, without those at zero', async () => {
  expect(await shown('statistics', rows, { asked: { which: 'connected' } })).toBe(`Ip: IPv4 packets
  InReceives       88  packets received

Tcp: TCP over IPv4 and IPv6
  InSegs      1234567  segments received
  MaxConn          -1  most connections; -1 is no limit

NewExt
  Novelty           3
`);
});

it('shows those at zero with -a', async () => {
  expect(await shown('statistics', rows)).toContain('  InErrs            0  broken segments\n');
});

it('shows which groups there are if all their counters are zero', async () => {
  const zeros = [counter('Udp', 'InDatagrams', 0), counter('Udp6', 'InErrors', 0)];
  const asked = { which: 'connected' } as const;
  expect(await shown('statistics', zeros, { asked })).toBe(`Udp: UDP over IPv4
  every counter is 0 (-a shows them)

Udp6: UDP over IPv6
  every counter is 0 (-a shows them)
`);
  const one = [...zeros, counter('Udp6', 'OutDatagrams', 1)];
  expect(await shown('statistics', one, { asked })).toMatch(/^Udp6: .*\n {2}OutDatagrams +1 .*\n$/);
});

it('shows nothing where there is nothing', async () => {
  expect(await shown('statistics', [])).toBe('');
});

it('shows what was read before a reading failed, and then fails', async () => {
  async function* failing() {
    yield rows;
    throw new Error('no more');
  }
  const report = { kind: 'statistics', platform: 'linux', takenAt, warnings: [] } as const;
  let text = '';
  const reading = async () => {
    const context = contextWith({ report: 'statistics' });
    for await (const chunk of netstat({ ...report, batches: failing() }, context)) text += chunk;
  };
  await expect(reading()).rejects.toThrow('no more');
  expect(text).toContain('InReceives       88');
});

describe('-c', () => {
  const rate = async (before: number, now: number, seconds: number) => {
    const previous = { secondsAgo: seconds, rows: [counter('Ip', 'A', before)] };
    const text = await shown('statistics', [counter('Ip', 'A', now)], { previous });
    return /A +\d+ *(.*) {2}things/.exec(text)?.[1]?.trim();
  };

  it.each([
    [100, 105, 1, '+5.00/s'],
    [100, 101, 4, '+0.25/s'],
    [100, 101, 210, '+0.0048/s'],
    [100, 200, 101, '+0.99/s'],
    [100, 345, 10, '+24.5/s'],
    [100, 110, 1, '+10.0/s'],
    [100, 200, 1, '+100/s'],
    [100, 1000100, 2, '+500000/s'],
    [100, 100, 1, ''],
    [100, 5, 1, ''],
    [100, 200, 0, ''],
  ])('from %i to %i in %i s', async (before, now, seconds, expected) => {
    expect(await rate(before, now, seconds)).toBe(expected);
  });

  it('has no rate for a gauge or a new counter', async () => {
    const gauge = counter('Tcp', 'CurrEstab', 9, { kind: 'gauge' });
    const previous = { secondsAgo: 1, rows: [{ ...gauge, value: 4n }] };
    const text = await shown('statistics', [gauge, counter('Tcp', 'New', 7)], { previous });
    expect(text).not.toContain('/s');
  });

  it('keeps columns in line, and rounds apart', async () => {
    const previous = { secondsAgo: 1, rows: [counter('Ip', 'InReceives', 80)] };
    const text = await shown('statistics', rows, { previous, asked: { which: 'connected' } });
    expect(text).toContain(
      '\nIp: IPv4 packets\n  InReceives       88  +8.00/s  packets received\n',
    );
    expect(text).toContain('  InSegs      1234567           segments received\n');
  });
});

it('wraps a meaning on a terminal, under its beginning', async () => {
  const long = 'a meaning that is too long for the little room there is on this screen';
  const width = 40;
  const text = await shown('statistics', [counter('Ip', 'A', 1, { meaning: long })], { width });
  expect(text).toBe(`Ip: IPv4 packets
  A  1  a meaning that is too long for
        the little room there is on this
        screen
`);
  expect(text.split('\n').every((line) => line.length <= width)).toBe(true);
  expect(
    await shown('statistics', [counter('Ip', 'A', 1, { meaning: long })], { width: 20 }),
  ).toContain(long);
});

it('makes names safe, and paints', async () => {
  const odd = counter('Ne\u001bw', 'A\u0007', 1);
  expect(await shown('statistics', [odd])).toBe('Ne\\x1bw\n  A\\x07  1  things seen\n');
  expect(await shown('statistics', [counter('Ip', 'A', 1)], { paint: marks })).toBe(
    '<h>Ip: IPv4 packets</h>\n  A  1  <q>things seen</q>\n',
  );
  const bare = await shown('statistics', [counter('Ip', 'A', 1)], { asked: { header: false } });
  expect(bare).toBe('  A  1  things seen\n');
});
