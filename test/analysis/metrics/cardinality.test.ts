import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { collector } from '../../../src/analysis/metrics/collector.ts';
import { definitions } from '../../../src/analysis/metrics/definitions.ts';
import { longestLabel } from '../../../src/analysis/metrics/label.ts';
import { collectReading } from '../../../src/analysis/metrics/reading.ts';
import { inetProtocols } from '../../../src/model/protocol.ts';
import type { MetricFamily } from '../../../src/model/report/metric.ts';
import type { Socket } from '../../../src/model/socket/socket.ts';
import { stateSpellings } from '../../../src/model/socket/state.ts';
import { inet, owner, tcpInfo, unit, unixSocket } from '../../support/builders.ts';
import { boundOf, documented } from './bounds.ts';
import { familiesOf, tcpTables } from './support.ts';

const states = [...new Set(stateSpellings().map(([, state]) => state))];
/** No word that others choose is a number here, so that a number in a label is the program's own doing. */
const word = fc.string({ unit: fc.constantFrom(...'abcxyz":\\\n\u001b é'), maxLength: 200 });
const clientPort = fc.integer({ min: 1025, max: 65_535 });
const clientAddress = fc.integer({ min: 1, max: 254 }).map((last) => `203.0.113.${last}`);
const ownAddress = fc.constantFrom('0.0.0.0', '192.0.2.1', '::', '::ffff:192.0.2.1', '2001:db8::1');
const servicePort = fc.integer({ min: 1, max: 1024 });
/** Beyond every port, so that it can be found. */
const pid = fc.integer({ min: 100_000, max: 4_000_000 });
const netns = fc
  .tuple(fc.integer({ min: 1, max: 60 }), fc.boolean())
  .map(([inode, isNamed]) => ({ inode, name: isNamed ? `n${inode}` : null, own: inode === 1 }));
/** As programs write them over their names: with PIDs and addresses of clients. */
const title = fc
  .tuple(
    fc.constantFrom('worker', 'imap/x', 'Plex Media Server', 'A'),
    fc.constantFrom(': ', ' ', ' [', '[', ' (', '(', ' pid=', ' user ', ': user '),
    fc.oneof(pid.map(String), clientAddress),
    fc.constantFrom('', ' idle]', ')', ': x'),
  )
  .map((parts) => parts.join(''));

const holders = fc.option(
  fc.array(
    fc.tuple(pid, fc.option(fc.oneof(word, title))).map(([pid, name]) => owner(pid, name)),
    { maxLength: 3 },
  ),
);
const workload = fc.option(word.map((name) => unit(name)));

const inetRow = fc
  .record({
    protocol: fc.constantFrom(...inetProtocols),
    state: fc.constantFrom(...states, 'UNKNOWN(7)', 'UNKNOWN(8)', null),
    address: ownAddress,
    port: fc.oneof(servicePort, fc.integer({ min: 32_768, max: 60_999 })),
    peer: fc.option(fc.tuple(clientAddress, clientPort)),
    owners: holders,
    workload,
    queue: fc.option(fc.nat()),
    rtt: fc.option(fc.double({ min: 0, max: 1e6, noNaN: true })),
    netns,
  })
  .map(({ address, port, peer, owners, queue, rtt, ...row }): Socket => {
    const own = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
    const any = address.includes(':') ? '[::]:0' : '0.0.0.0:0';
    return inet(own, peer === null ? any : `${peer[0]}:${peer[1]}`, {
      ...(row as object),
      ...{ owners, noOwner: owners?.length ? null : 'denied', recvQueue: queue, sendQueue: queue },
      tcpInfo: rtt === null ? null : tcpInfo({ rtt }),
      acceptQueue: queue === null ? null : { length: queue, limit: 128 },
    });
  });
const unixRow = fc
  .record({ owners: holders, workload, netns })
  .map((row): Socket => unixSocket({ ...row, noOwner: 'unknown' }));
const rows = fc.array(fc.oneof({ weight: 5, arbitrary: inetRow }, unixRow), { maxLength: 300 });

const seriesOf = (family: MetricFamily): number =>
  family.type === 'histogram'
    ? family.samples.reduce((sum, { buckets }) => sum + buckets.length + 3, 0)
    : family.samples.length;
const labelsIn = (families: readonly MetricFamily[]) =>
  families.flatMap(({ samples }) => samples.flatMap(({ labels }) => Object.entries(labels)));

describe('whatever sockets there are', () => {
  const remoteLabels = ['5432', '8000-8100'];
  const remoteLabel = (port: number) =>
    port >= 8000 && port <= 8100 ? '8000-8100' : port === 5432 ? '5432' : undefined;
  const asked = (top: number) => ({ top, tcpInfo: true, remoteLabels, remoteLabel });

  it('no family has more series than the page states, and none twice', () => {
    fc.assert(
      fc.property(
        rows,
        fc.integer({ min: 1, max: 12 }),
        fc.boolean(),
        (sockets, top, withNetns) => {
          const here = withNetns ? sockets : sockets.map(({ netns: _, ...one }) => one as Socket);
          for (const family of familiesOf(here, asked(top), tcpTables)) {
            const places = withNetns ? top + 1 : 1;
            const shown = family.type === 'info' ? `${family.name}_info` : family.name;
            expect(seriesOf(family), family.name).toBeLessThanOrEqual(
              places * boundOf(shown, { N: top, R: remoteLabels.length }),
            );
            const series = family.samples.map(({ labels }) => JSON.stringify(labels));
            expect(new Set(series).size, family.name).toBe(series.length);
          }
        },
      ),
    );
  });

  it.each([1, 7, 20])('a crowd of everything fills no family beyond its bound: %i', (top) => {
    const crowd = Array.from({ length: 60 }, (_, at) => {
      const owners = [owner(100_000 + at, `program-${at}`)];
      const server = inet(`0.0.0.0:${at + 1}`, '0.0.0.0:0', { owners });
      const client = inet(`192.0.2.1:${at + 1}`, `203.0.113.9:${8000 + at}`, { owners });
      return inetProtocols.flatMap((protocol) => [
        { ...server, protocol },
        { ...client, protocol, tcpInfo: tcpInfo() },
      ]);
    }).flat();
    for (const family of familiesOf(crowd, asked(top), tcpTables)) {
      const bound = boundOf(family.name, { N: top, R: remoteLabels.length });
      expect(seriesOf(family), family.name).toBeLessThanOrEqual(bound);
      // What others choose comes up to it.
      if (/program_sockets|listener|service_conn|rtt/.test(family.name)) {
        expect(seriesOf(family), family.name).toBeGreaterThanOrEqual(top + 1);
      }
    }
  });

  it('no label carries a PID, a client address or a remote port, and none is unsafe or long', () => {
    fc.assert(
      fc.property(rows, (sockets) => {
        const here = sockets.map(({ netns: _, ...one }) => one as Socket);
        const labels = labelsIn(familiesOf(here, asked(1000)));
        const servers = new Set(
          here.flatMap((one) => (one.protocol === 'unix' ? [] : [String(one.local.port)])),
        );
        for (const [label, value] of labels) {
          expect(value.length, value).toBeLessThanOrEqual(longestLabel);
          expect(value).not.toMatch(/[\u0000-\u001f\u007f]/);
          expect(value).not.toContain('203.0.113.');
          const known = [...servers, ...remoteLabels, 'other'];
          if (label === 'port') expect(known).toContain(value);
          else if (label !== 'address') expect(value).not.toMatch(/\d{3}/);
        }
      }),
    );
  });

  it('the sums are those of all sockets', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 5 }), (sockets, top) => {
        const here = sockets.map(({ netns: _, ...one }) => one as Socket);
        const families = new Map(familiesOf(here, { top }).map((one) => [one.name, one]));
        const sum = (name: string) => {
          const samples = families.get(name)?.samples ?? [];
          return samples.reduce((all, one) => all + ('value' in one ? Number(one.value) : 0), 0);
        };
        expect(sum('tsnetstat_sockets')).toBe(here.length);
        expect(sum('tsnetstat_workload_sockets')).toBe(here.length);
        expect(sum('tsnetstat_program_sockets') + sum('tsnetstat_sockets_without_owner')).toBe(
          here.length,
        );
      }),
    );
  });
});

describe('docs/metrics.md', () => {
  test.each(Object.values(definitions).map((one) => [one.name, one] as const))(
    'has %s with its labels',
    (_, { name, type, labels }) => {
      const row = documented.find((one) => one.name === (type === 'info' ? `${name}_info` : name));
      expect(row?.labels).toEqual(labels);
    },
  );

  test('has no other families', () => {
    const known: readonly string[] = Object.values(definitions).map(({ name, type }) =>
      type === 'info' ? `${name}_info` : name,
    );
    expect(documented.map(({ name }) => name).filter((name) => !known.includes(name))).toEqual([]);
  });

  test('bounds what is reported about the reading', () => {
    const into = collector();
    const seconds = new Map([
      ['system', 1],
      ['sockets', 1],
      ['statistics', 1],
      ['interfaces', 1],
    ] as const);
    collectReading({ seconds, warnings: [], errors: [], version: '1' }, into);
    for (const family of into.families()) {
      const shown = family.type === 'info' ? `${family.name}_info` : family.name;
      expect(seriesOf(family), shown).toBe(boundOf(shown, { N: 0, R: 0 }));
    }
  });
});
