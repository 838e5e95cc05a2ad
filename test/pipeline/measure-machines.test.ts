/** Metrics of several machines: every series says whose it is, and one that fails is told as down. */
import { describe, expect, it } from 'vitest';
import type { MachinesAsked } from '../../src/model/request/listing.ts';
import { defaultTop, metricParts } from '../../src/model/request/metrics.ts';
import type { Socket } from '../../src/model/socket/socket.ts';
import { measuring } from '../../src/pipeline/measure.ts';
import { lazyResolver } from '../../src/resolve/lazy-resolver.ts';
import { sourceOfReaders } from '../../src/sources/readers.ts';
import type { Source } from '../../src/sources/source.ts';
import { samplesOf } from '../analysis/metrics/support.ts';
import { inet, owner, tcpInfo } from '../support/builders.ts';
import { answering, type FakeMachines, fakeMachines, refused } from '../support/fake-machines.ts';
import { fakeSource, linuxFacts } from '../support/fake-source.ts';
import { listingWith } from '../support/listing.ts';

async function measured(
  machines: FakeMachines,
  asked: Partial<MachinesAsked> = {},
  mayAllFail = false,
) {
  const measure = await measuring(
    listingWith({ which: 'all', protocols: ['tcp'], protocolsNamed: true }),
    { parts: metricParts, partsNamed: false, top: defaultTop, remotePorts: [] },
    {
      ...{ source: fakeMachines(machines, asked), version: '1.0' },
      resolver: lazyResolver(0, { platform: 'linux', env: {} }),
      elapsed: () => 0,
      mayAllFail,
    },
  );
  const { families, warnings } = await measure();
  return { lines: samplesOf(families), warnings };
}

const server = (program: string) =>
  inet('0.0.0.0:80', '0.0.0.0:0', { state: 'LISTEN', inode: 1, owners: [owner(9, program)] });
const client = inet('192.0.2.1:80', '203.0.113.9:50000', {
  ...{ state: 'ESTABLISHED', inode: 2, owners: [owner(9, 'nginx')] },
});
/** The same at each of its readings. */
const always = (...rows: readonly Socket[]) => Array.from({ length: 4 }, () => answering(...rows));

describe('metrics of several machines', () => {
  it('are those of each by itself, with its name', async () => {
    const { lines, warnings } = await measured({
      a: always(server('nginx'), client),
      b: always(server('apache2')),
    });
    expect(warnings).toEqual([]);
    expect(lines).toEqual(
      expect.arrayContaining([
        'sockets{protocol="tcp",family="ipv4",state="ESTABLISHED",host="a"} 1',
        'sockets{protocol="tcp",family="ipv4",state="ESTABLISHED",host="b"} 0',
        'listener{protocol="tcp",address="0.0.0.0",port="80",program="nginx",workload="",host="a"} 1',
        'listener{protocol="tcp",address="0.0.0.0",port="80",program="apache2",workload="",host="b"} 1',
        'host_up{host="a"} 1',
        'host_up{host="b"} 1',
      ]),
    );
    expect(lines.filter((line) => line.startsWith('build'))).toEqual([
      'build_info{version="1.0"} 1',
    ]);
    expect(lines.filter((line) => !/^build|host="[ab]"/.test(line))).toEqual([]);
  });

  it('have the round-trip times that rows report, and miss none if they report none', async () => {
    const internals = (told: boolean): Source =>
      sourceOfReaders(
        {
          platform: 'linux',
          protocols: ['tcp'],
          facts: [...linuxFacts, 'tcpInfo', 'tcpInternals'],
        },
        {
          async *sockets(query) {
            const info = query.tcpInfo && told ? tcpInfo({ rtt: 30 }) : null;
            const rows: readonly Socket[] = [server('nginx'), { ...client, tcpInfo: info }];
            yield rows.filter(query.keep);
          },
        },
      );
    const { lines, warnings } = await measured({ a: internals(true), b: internals(false) });
    expect(warnings).toEqual([]);
    expect(lines).toContain('connection_rtt_seconds_count{port="80",host="a"} 1');
    expect(lines.filter((line) => /^connection_.*host="b"/.test(line))).toEqual([]);
    expect(lines.filter((line) => /^reading_(errors|warnings).*[^0]$/.test(line))).toEqual([]);
  });

  it('report a machine that fails as down, and nothing else of it', async () => {
    const { lines, warnings } = await measured({
      a: always(server('nginx')),
      b: [{ failure: refused('b') }, { failure: refused('b') }],
    });
    expect(warnings).toMatchObject([{ code: 'host-failed', host: 'b' }]);
    expect(lines.filter((line) => line.includes('host="b"'))).toEqual([
      'reading_warnings{code="host-failed",host="b"} 1',
      'host_up{host="b"} 0',
    ]);
    expect(lines).toContain('reading_warnings{code="host-failed",host="a"} 0');
  });

  it.each([
    ['the only one', ['a']],
    ['every one', ['a', 'b']],
  ])('report %s as down if asked to', async (_, names) => {
    const machines = Object.fromEntries(names.map((name) => [name, [{ failure: refused(name) }]]));
    const { lines } = await measured(machines, {}, true);
    expect(lines.filter((line) => line.startsWith('host_up'))).toEqual(
      names.map((name) => `host_up{host="${name}"} 0`),
    );
    await expect(measured(machines, { strict: true }, true)).rejects.toMatchObject({
      code: 'unreadable',
    });
  });

  it('ask a machine no more once it has failed', async () => {
    let asked = 0;
    const fail = () => {
      asked++;
      return Promise.reject(refused('b'));
    };
    const b: Source = {
      ...fakeSource(),
      reports: metricParts,
      systemFacts: fail,
      read: () => ({ begun: fail, batches: { [Symbol.asyncIterator]: () => ({ next: fail }) } }),
    } as unknown as Source;
    await measured({ a: always(server('nginx')), b });
    expect(asked).toBe(1);
  });

  it.each<readonly [string, Partial<MachinesAsked>, FakeMachines]>([
    ['all fail', {}, { a: [{ failure: refused('a') }], b: [{ failure: refused('b') }] }],
    [
      'one fails, and --strict is given',
      { strict: true },
      { a: always(server('nginx')), b: [{ failure: refused('b') }] },
    ],
  ])('there is no answer where %s', async (_, asked, machines) => {
    await expect(measured(machines, asked)).rejects.toMatchObject({ code: 'unreadable' });
  });
});
