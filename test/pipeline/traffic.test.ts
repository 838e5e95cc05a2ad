import { expect, it } from 'vitest';
import { NetstatError } from '../../src/errors.ts';
import type { Counter } from '../../src/model/machine/counter.ts';
import type { NetInterface } from '../../src/model/machine/interface.ts';
import { trafficMeter } from '../../src/pipeline/traffic.ts';
import type { Source } from '../../src/sources/source.ts';
import { counter, netInterface } from '../support/builders.ts';

type Row = Counter | NetInterface;

/** A machine whose report has these rows, round after round; an error is one that cannot be read. */
function machine(
  report: 'statistics' | 'interfaces',
  ...rounds: readonly (readonly (readonly Row[])[] | Error)[]
): Source {
  let next = 0;
  return {
    reports: [report],
    read: () => ({
      batches: (async function* () {
        const round = rounds[next++] ?? [];
        if (round instanceof Error) throw round;
        yield* round;
      })(),
    }),
  } as unknown as Source;
}

async function measured(source: Source, ...times: readonly number[]) {
  const measure = trafficMeter(source);
  const rates = [];
  for (const at of times) rates.push(await measure(at));
  return rates;
}

const octets = (v4: [number, number], v6: [number, number]) => [
  [counter('IpExt', 'InOctets', v4[0]), counter('IpExt', 'OutOctets', v4[1])],
  [counter('Ip6', 'InOctets', v6[0]), counter('Ip6', 'OutOctets', v6[1])],
  [counter('Icmp', 'InOctets', 7), counter('Ip', 'InReceives', 9)],
];

const none = { received: null, sent: null };

it("is what IP's counters of both families have grown by, a second", async () => {
  const source = machine(
    'statistics',
    octets([1000, 10], [500, 5]),
    octets([3000, 20], [1500, 25]),
    octets([3000, 20], [1500, 25]),
  );
  expect(await measured(source, 500, 2500, 3500)).toEqual([
    { of: 'IP', ...none },
    { of: 'IP', received: 1500, sent: 15 },
    { of: 'IP', received: 0, sent: 0 },
  ]);
});

it('is not known where a counter went back, or no time has passed', async () => {
  const source = machine(
    'statistics',
    octets([1000, 10], [0, 0]),
    octets([900, 30], [0, 0]),
    octets([950, 40], [0, 0]),
  );
  expect(await measured(source, 0, 1000, 1000)).toEqual([
    { of: 'IP', ...none },
    { of: 'IP', received: null, sent: 20 },
    { of: 'IP', ...none },
  ]);
});

const link = (
  name: string,
  came: bigint | null,
  went: bigint | null,
  facts: Partial<NetInterface> = { flags: ['UP'] },
) => {
  const one = netInterface(name, facts);
  return { ...one, received: { ...one.received, bytes: came }, sent: { ...one.sent, bytes: went } };
};

it.each<Partial<NetInterface>>([
  { flags: ['UP', 'LOOPBACK'] },
  { flags: null, flagBits: null, index: 1 },
])('is that of the interfaces without loopback where IP has no counters: %j', async (loopback) => {
  const round = (bytes: bigint) => [
    [link('lo', bytes * 9n, bytes * 9n, loopback), link('eth0', bytes, 2n * bytes)],
    [link('eth1', bytes, bytes, { flags: null, index: 2 }), link('tun0', null, bytes)],
  ];
  const source = machine('interfaces', round(100n), round(200n));
  expect(await measured(source, 0, 1000)).toEqual([
    { of: 'interfaces', ...none },
    { of: 'interfaces', received: 200, sent: 300 },
  ]);
});

it.each<[string, Source]>([
  ['counters that cannot be read', machine('statistics', new NetstatError('unreadable', 'no'))],
  ['counters without bytes', machine('statistics', [[counter('Ip', 'InReceives', 9)]])],
  ['interfaces without bytes', machine('interfaces', [[link('tun0', null, null)]])],
  ['neither', { reports: [] } as unknown as Source],
  ['several machines', { ...machine('statistics', octets([1, 1], [1, 1])), machines: [] } as never],
])('is never measured of %s', async (_, source) => {
  expect(await measured(source, 0, 1000)).toEqual([null, null]);
});
