import { describe, expect, it } from 'vitest';
import { type Check, check, type Draft } from '../../../src/analysis/checks/check.ts';
import { defaultSettings } from '../../../src/analysis/checks/index.ts';
import type { SystemFacts } from '../../../src/model/machine/system-facts.ts';
import type { Severity } from '../../../src/model/report/diagnosis.ts';
import type { Warning } from '../../../src/model/report/snapshot.ts';
import type { NetnsAsked } from '../../../src/model/request/listing.ts';
import type { Query } from '../../../src/model/request/query.ts';
import type { PortForward } from '../../../src/model/socket/port-forward.ts';
import type { InetSocket, Socket } from '../../../src/model/socket/socket.ts';
import { unknownWorkload } from '../../../src/model/socket/workload.ts';
import { defaultListing } from '../../../src/options/default-listing.ts';
import { diagnose } from '../../../src/pipeline/diagnosis/diagnose.ts';
import type { DiagnosisParts } from '../../../src/pipeline/diagnosis/parts.ts';
import { selectionOf } from '../../../src/select/index.ts';
import type { ForwardsAsked, SocketQuery, Source } from '../../../src/sources/source.ts';
import { counter, inet, netInterface, owner, route } from '../../support/builders.ts';
import {
  type FakeReading,
  fakeSource,
  linuxFacts,
  watchedSource,
} from '../../support/fake-source.ts';
import { filtering } from '../../support/listing.ts';
import { noLookups } from '../../support/no-lookups.ts';

/** What a check says of these sockets. */
const draft = (sockets: readonly Socket[], severity: Severity = 'warning'): Draft => ({
  ...{ severity, certainty: 'sure', title: `${sockets.length} sockets` },
  ...{ observations: [], seen: {}, sockets, why: '', remedy: '', command: null },
});

/** A check that tells of every socket that it watches. */
const echo = (changes: Partial<Check> = {}): Check =>
  check({
    name: 'echo-check',
    summary: 'everything',
    text: { meaning: 'Nothing.', found: [], remedy: 'Nothing.' },
    about: 'sockets',
    thresholds: {},
    needs: { protocols: ['tcp'] },
    watches: () => true,
    find: ({ sockets }) => (sockets.length === 0 ? [] : [draft(sockets)]),
    ...changes,
  });

interface World {
  readonly checks: readonly Check[];
  readonly readings?: readonly FakeReading[];
  readonly source?: Partial<Source>;
  readonly query?: Partial<Query>;
  readonly isNamed?: boolean;
  readonly severity?: Severity;
  readonly netns?: NetnsAsked;
  readonly service?: DiagnosisParts['service'];
}

async function diagnosed({
  checks,
  readings = [],
  source,
  query,
  isNamed = false,
  severity = 'note',
  netns = 'own',
  service = null,
}: World) {
  const asked: SocketQuery[] = [];
  const slept: number[] = [];
  const whole = { ...watchedSource((one) => asked.push(one), ...readings), ...source };
  const wanted: Query = { ...defaultListing.query, which: 'all', ...query };
  const selection = await selectionOf(
    wanted,
    noLookups,
    async () => null,
    () => undefined,
  );
  let now = 0;
  const diagnosis = await diagnose(
    {
      ...{ source: whole, query: wanted, selection, netns, severity, service },
      checks: checks.map((one) => ({ check: one, settings: defaultSettings(one), isNamed })),
      elapsed: () => now++,
      sleep: async (milliseconds) => {
        slept.push(milliseconds);
        now += milliseconds;
      },
    },
    '2026-01-31T00:00:00.000Z',
  );
  return { diagnosis, asked, slept };
}

const web = inet('192.0.2.1:80', '203.0.113.9:4000');
const reading = (...sockets: readonly Socket[]): FakeReading => ({ batches: [sockets] });

describe('a diagnosis', () => {
  it('refuses a filter by rates, which are measured between the rounds of a listing', async () => {
    const query = filtering({ expression: ['sentrate', '>', '1'] });
    const asked = diagnosed({ checks: [echo()], readings: [reading(web)], query });
    await expect(asked).rejects.toThrow(/^sentrate and recvrate are measured between rounds/);
  });

  it.each([
    ['without a filter', [], false],
    ['with one', ['sport', '=', ':80'], true],
  ])('tells its checks whether sockets are filtered: %s', async (_, expression, expected) => {
    const filtered: boolean[] = [];
    const find: Check['find'] = ({ isFiltered }) => {
      filtered.push(isFiltered);
      return [];
    };
    const query = filtering({ expression });
    await diagnosed({ checks: [echo({ find })], readings: [reading(web)], query });
    expect(filtered).toEqual([expected]);
  });

  it('reads once where no check compares, and twice, a second apart, where one does', async () => {
    const once = await diagnosed({ checks: [echo()], readings: [reading(web)] });
    expect(once.slept).toEqual([]);
    expect(once.asked).toHaveLength(1);
    expect(once.diagnosis.findings.map(({ title }) => title)).toEqual(['1 sockets']);

    const needs = { protocols: ['tcp'], twoReadings: true } as const;
    const twice = await diagnosed({
      checks: [echo({ needs })],
      readings: [reading(web), reading(web)],
    });
    expect(twice.slept).toHaveLength(1);
    expect(twice.slept[0]).toBeGreaterThan(900);
    expect(twice.asked).toHaveLength(2);
  });

  it('reads sockets again for those checks alone that want it after the first look', async () => {
    const needs = { protocols: ['tcp'], twoReadings: true } as const;
    const other = inet('192.0.2.1:81', '203.0.113.9:4001', { inode: 2 });
    const readings = [reading(web), reading(web, other)];
    const sizes: (readonly number[])[] = [];
    const checkOf = (name: string, again?: Check['again']) =>
      echo({
        ...{ name, needs, ...(again && { again }) },
        find: ({ before, sockets }) => {
          sizes.push([before?.sockets.length ?? 0, sockets.length]);
          return [];
        },
      });
    const never = checkOf('never-again', () => false);
    const { asked } = await diagnosed({ checks: [never], readings });
    expect(asked).toHaveLength(1);
    expect(sizes.splice(0)).toEqual([[1, 0]]);

    const seen: number[] = [];
    const often = checkOf('now-again', ({ before, seconds }) => {
      seen.push(before.sockets.length, seconds);
      return true;
    });
    const both = await diagnosed({ checks: [never, often, echo()], readings });
    expect(both.asked).toHaveLength(2);
    expect(sizes).toEqual([
      [1, 0],
      [1, 2],
    ]);
    expect(seen[0]).toBe(1);
    expect(seen[1]).toBeGreaterThanOrEqual(1);
    // What compares nothing is known after the first look.
    expect(both.diagnosis.findings.map(({ title }) => title)).toEqual(['1 sockets']);
  });

  it('reads nothing of sockets for a check that looks at none', async () => {
    const { watches: _, ...rest } = echo({ needs: { protocols: [] }, find: () => [] });
    const { asked } = await diagnosed({ checks: [rest as Check] });
    expect(asked).toEqual([]);
  });

  it('reads of each protocol no more than its own checks need', async () => {
    const tcp = echo({ needs: { protocols: ['tcp'] } });
    const udp = echo({ name: 'udp-check', needs: { protocols: ['udp'] } });
    const servers = echo({
      name: 'server-check',
      needs: { protocols: ['tcp'], serversOnly: true },
    });
    const { asked } = await diagnosed({ checks: [tcp, udp, servers], readings: [] });
    expect(
      asked.map(({ protocols, listeningOnly, owners }) => ({ protocols, listeningOnly, owners })),
    ).toEqual([
      { protocols: ['tcp'], listeningOnly: true, owners: { depth: 'all', details: true } },
      { protocols: ['tcp'], listeningOnly: false, owners: { depth: 'all', details: true } },
      { protocols: ['udp'], listeningOnly: false, owners: { depth: 'all', details: true } },
    ]);
  });

  it('looks for owners only of sockets that are found, where the source can do so later', async () => {
    const looked: (readonly Socket[])[] = [];
    const withOwners: Source['withOwners'] = async (sockets) => {
      looked.push(sockets);
      for (const socket of sockets) Object.assign(socket, { owners: [owner(7, 'nginx')] });
    };
    const other = inet('192.0.2.1:81', '203.0.113.9:4001', { inode: 2 });
    const picky = echo({ watches: ({ inode }) => inode === 1 });
    const { diagnosis, asked } = await diagnosed({
      ...{ checks: [picky], readings: [reading({ ...web }, other)], source: { withOwners } },
    });
    expect(asked[0]?.owners).toBeNull();
    expect(looked.map((sockets) => sockets.length)).toEqual([1]);
    expect(diagnosis.findings[0]?.processes).toMatchObject([{ pid: 7, program: 'nginx' }]);
    const quiet = await diagnosed({
      checks: [echo({ watches: () => false })],
      source: { withOwners },
    });
    expect(quiet.diagnosis.findings).toEqual([]);
    expect(looked).toHaveLength(1);
  });

  it('keeps by what the workloads of those sockets are found, if their owners are not visible', async () => {
    const { asked } = await diagnosed({ checks: [echo()], readings: [reading(web)] });
    expect(asked.map(({ cgroups, workloads }) => [cgroups, workloads])).toEqual([[true, false]]);
  });

  it('warns of sockets whose workload, which decides, is not known', async () => {
    const unaccepted: Socket = { ...web, inode: null, owners: [], ...unknownWorkload };
    const query = filtering({ workload: ['x'] });
    const { diagnosis } = await diagnosed({
      ...{ checks: [echo()], readings: [reading(unaccepted)], query },
      source: { facts: [...linuxFacts, 'workloads'] },
    });
    expect(diagnosis.findings).toEqual([]);
    expect(diagnosis.warnings).toMatchObject([
      { code: 'uncertain', message: expect.stringMatching(/^1 socket left out may match: /) },
    ]);
  });

  it('looks for the owners of however many a check names', async () => {
    const looked: number[] = [];
    const withOwners: Source['withOwners'] = async (sockets) => {
      looked.push(sockets.length);
    };
    const many = Array.from({ length: 150_000 }, () => ({ ...web }));
    const all = echo({ ownersOf: ({ sockets }) => sockets, find: () => [] });
    const readings = [{ batches: [many] }];
    await diagnosed({ checks: [all], readings, source: { withOwners } });
    expect(looked).toEqual([many.length]);
  });

  it('reports the worst first, and nothing below what is asked for', async () => {
    const of = (severity: Severity) =>
      echo({ name: `${severity}-check`, find: () => [draft([web], severity)] });
    const checks = [of('note'), of('critical'), of('warning')];
    const { diagnosis } = await diagnosed({ checks });
    expect(diagnosis.findings.map(({ severity }) => severity)).toEqual([
      'critical',
      'warning',
      'note',
    ]);
    const worse = await diagnosed({ checks, severity: 'warning' });
    expect(worse.diagnosis.findings.map(({ severity }) => severity)).toEqual([
      'critical',
      'warning',
    ]);
    expect(worse.diagnosis.checks).toHaveLength(3);
  });

  it('reports 20 sockets of a finding, and how many there are', async () => {
    const sockets = Array.from({ length: 50 }, (_, inode) => ({ ...web, inode }));
    const { diagnosis } = await diagnosed({ checks: [echo()], readings: [reading(...sockets)] });
    expect(diagnosis.findings[0]?.sockets).toHaveLength(20);
    expect(diagnosis.findings[0]?.socketCount).toBe(50);
  });
});

describe('a check that cannot run has a reason', () => {
  const facts = (values: SystemFacts['values'], missing: SystemFacts['missing'] = {}) => ({
    systemFacts: async () => [{ values, missing }],
  });
  const limited = echo({ needs: { protocols: ['tcp'], facts: ['timeWaitLimit'] } });

  it.each<[string, World, RegExp]>([
    [
      'a platform that lacks a fact of sockets',
      { checks: [echo({ needs: { protocols: ['tcp'], tcpInfo: true } })] },
      /TCP's internals/,
    ],
    [
      'a platform without settings',
      { checks: [limited] },
      /limits and settings of Linux are not supported/,
    ],
    [
      'a fact that may not be read',
      {
        checks: [limited],
        source: facts({ timeWaitLimit: null }, { timeWaitLimit: 'permission denied' }),
      },
      /^permission denied$/,
    ],
    [
      'a fact that is not available',
      { checks: [limited], source: facts({}) },
      /timeWaitLimit is unknown/,
    ],
    [
      'another protocol',
      { checks: [echo()], query: { protocols: ['udp'], protocolsNamed: true } },
      /no sockets of tcp were selected/,
    ],
    [
      'a protocol that the platform lacks',
      { checks: [echo({ needs: { protocols: ['sctp'] } })] },
      /does not provide sockets of sctp/,
    ],
    [
      'a check of the machine, and chosen sockets',
      { checks: [echo({ about: 'machine' })], query: { which: 'listening' } },
      /about the whole machine/,
    ],
    [
      'counters that the platform lacks',
      { checks: [echo({ needs: { protocols: [], counters: true } })] },
      /statistics are not supported/,
    ],
  ])('%s', async (_, world, reason) => {
    const { diagnosis } = await diagnosed(world);
    expect(diagnosis.findings).toEqual([]);
    expect(diagnosis.checks).toEqual([]);
    expect(diagnosis.notRun).toEqual([
      { check: 'echo-check', reason: expect.stringMatching(reason) },
    ]);
  });

  it('a check of the machine needs all of its protocols, one of sockets any', async () => {
    const needs = { protocols: ['tcp', 'udp'] } as const;
    const notRun = async (about: 'machine' | 'sockets') => {
      const query = { protocols: ['udp'], protocolsNamed: true } as const;
      const { diagnosis } = await diagnosed({
        ...{ checks: [echo({ about, needs })], query, isNamed: true },
      });
      return diagnosis.notRun.map(({ reason }) => reason);
    };
    expect(await notRun('machine')).toEqual(['no sockets of tcp were selected']);
    expect(await notRun('sockets')).toEqual([]);
  });

  it('a check of the machine runs beside chosen sockets where it is named', async () => {
    const world = { checks: [echo({ about: 'machine' })], query: { which: 'listening' } } as const;
    const { diagnosis } = await diagnosed({ ...world, isNamed: true });
    expect(diagnosis.notRun).toEqual([]);
    expect(diagnosis.checks).toHaveLength(1);
  });

  it.each<[string, Check['needs'], Socket]>([
    ["TCP's internals", { protocols: ['tcp'], tcpInfo: true }, { ...web, tcpInfo: null }],
    [
      'the limit of an accept queue',
      { protocols: ['tcp'], socketInfo: true },
      inet('0.0.0.0:80', '0.0.0.0:0', { acceptQueue: { length: 3, limit: null } }),
    ],
    [
      'drops',
      { protocols: ['udp'], socketInfo: true },
      inet('0.0.0.0:80', '0.0.0.0:0', { protocol: 'udp', drops: null }),
    ],
  ])('%s that a reading does not provide', async (_, needs, socket) => {
    const base = watchedSource(() => {}, reading(socket));
    const source = { ...base, facts: [...base.facts, 'tcpInfo', 'socketInfo'] as const };
    const { diagnosis } = await diagnosed({ checks: [echo({ needs })], source });
    expect(diagnosis.checks).toHaveLength(1);
    expect(diagnosis.notRun).toEqual([
      { check: 'echo-check', reason: expect.stringMatching(/were not all available$/) },
    ]);
  });

  it('counters that are merely useful', async () => {
    const needs = { protocols: ['tcp'], counters: 'useful' } as const;
    const { diagnosis } = await diagnosed({ checks: [echo({ needs })], readings: [reading(web)] });
    expect(diagnosis.findings).toHaveLength(1);
    expect(diagnosis.notRun).toEqual([
      { check: 'echo-check', reason: 'the counters of -s are not available' },
    ]);
  });

  it('what is known in part is used, and the rest is reported', async () => {
    const source = facts({ descriptors: [] }, { descriptors: 'two processes may not be seen' });
    const { diagnosis } = await diagnosed({
      ...{ checks: [echo({ needs: { protocols: ['tcp'], facts: ['descriptors'] } })], source },
      readings: [reading(web)],
    });
    expect(diagnosis.findings).toHaveLength(1);
    expect(diagnosis.notRun).toEqual([
      { check: 'echo-check', reason: 'two processes may not be seen' },
    ]);
  });
});

describe('network namespaces', () => {
  const a = { inode: 1, name: null, own: true } as const;
  const b = { inode: 2, name: 'web', own: false } as const;

  it('each is looked at by itself, with its own counters and settings', async () => {
    const systemFacts: Source['systemFacts'] = async () => [
      { netns: a, values: { timeWaitLimit: 1 }, missing: {} },
      { netns: b, values: { timeWaitLimit: 2 }, missing: {} },
    ];
    const seen: unknown[] = [];
    const watching = echo({
      needs: { protocols: ['tcp'], facts: ['timeWaitLimit'], counters: true },
      find: ({ sockets, counters, system }) => {
        seen.push([
          sockets.length,
          counters.map(({ value }) => value),
          system.values.timeWaitLimit,
        ]);
        return [];
      },
    });
    const counters = [
      { ...counter('Tcp', 'OutSegs', 10), netns: a },
      { ...counter('Tcp', 'OutSegs', 20), netns: b },
    ];
    const base = watchedSource(
      () => {},
      reading({ ...web, netns: a }, { ...web, inode: 8, netns: b }, { ...web, inode: 9, netns: b }),
    );
    const source: Source = {
      ...base,
      reports: ['sockets', 'statistics'],
      facts: [...base.facts, 'netns'],
      systemFacts,
      read: ((query: { report: string }, sink: never) =>
        query.report === 'statistics'
          ? {
              begun: async () => {},
              batches: (async function* () {
                yield counters;
              })(),
            }
          : base.read(query as never, sink)) as Source['read'],
    };
    await diagnosed({ checks: [watching], source });
    expect(seen).toEqual([
      [1, [10n], 1],
      [2, [20n], 2],
    ]);
  });

  it.each([
    ['is searched for, once, if a command depends on it', b, 'See `ip link`.', 1],
    ['is not, if no command does', b, 'See `cat /etc/hosts`.', 0],
    ['is not, for the own one', a, 'See `ip link`.', 0],
  ])('a way into another %s', async (_, netns, remedy, times) => {
    let searched = 0;
    const base = watchedSource(
      () => {},
      reading({ ...web, netns }, { ...web, inode: 8, netns }),
      reading(),
    );
    const source: Source = {
      ...base,
      systemFacts: async () => [{ netns, values: { synCookies: 1 }, missing: {} }],
      async waysInto() {
        searched++;
        return ({ inode }) => ['nsenter', `--net=/${inode}`];
      },
    };
    const one = { ...draft([]), remedy };
    const { diagnosis } = await diagnosed({
      checks: [
        echo({ needs: { protocols: ['tcp'], facts: ['synCookies'] }, find: () => [one, one] }),
      ],
      source,
    });
    expect(searched).toBe(times);
    expect(diagnosis.findings.map((finding) => finding.remedy)).toEqual(
      Array(2).fill(times === 0 ? remedy : 'See `nsenter --net=/2 ip link`.'),
    );
  });

  it('each has its own routes and interfaces, for the checks that need them', async () => {
    const rows = {
      routes: [
        { ...route({ destination: '192.0.2.0' }), netns: a },
        { ...route({ destination: '198.51.100.0' }), netns: b },
      ],
      interfaces: [
        { ...netInterface('eth0'), netns: a },
        { ...netInterface('eth1'), netns: b },
      ],
    };
    const base = watchedSource(() => {}, reading({ ...web, netns: a }), reading());
    const source: Source = {
      ...base,
      reports: ['sockets', 'routes', 'interfaces'],
      facts: [...base.facts, 'netns'],
      systemFacts: async () =>
        [a, b].map((netns) => ({ netns, values: { synCookies: 1 }, missing: {} })),
      read: ((query: { report: 'sockets' | keyof typeof rows }, sink: never) =>
        query.report === 'sockets'
          ? base.read(query as never, sink)
          : {
              begun: async () => {},
              batches: (async function* () {
                yield rows[query.report as keyof typeof rows];
              })(),
            }) as Source['read'],
    };
    const seen: string[] = [];
    const looking = (name: string, needs: Partial<Check['needs']>) =>
      echo({
        ...{ name, needs: { protocols: ['tcp'], facts: ['synCookies'], ...needs } },
        find: ({ routes, interfaces }) => {
          const there = [
            ...routes.map(({ destination }) => destination),
            ...interfaces.map((one) => one.name),
          ];
          seen.push(`${name}: ${there.join(' ')}`);
          return [];
        },
      });
    const checks = [
      looking('needs-routes', { routes: true }),
      looking('needs-interfaces', { interfaces: true }),
      looking('needs-neither', {}),
    ];
    await diagnosed({ checks, source });
    expect(seen).toEqual([
      ...['needs-routes: 192.0.2.0', 'needs-routes: 198.51.100.0'],
      ...['needs-interfaces: eth0', 'needs-interfaces: eth1'],
      ...['needs-neither: ', 'needs-neither: '],
    ]);
  });
});

it('a check that compares counts its groups only in the second reading', async () => {
  const counts: number[] = [];
  const grouping = echo({
    needs: { protocols: ['tcp'], twoReadings: true },
    watches: () => false,
    groupOf: () => 'all',
    groupsIf: () => true,
    find: ({ before, groups }) => {
      counts.push(before?.groups.get('all')?.count ?? 0, groups.get('all')?.count ?? 0);
      return [];
    },
  });
  await diagnosed({ checks: [grouping], readings: Array.from({ length: 4 }, () => reading(web)) });
  expect(counts).toEqual([0, 1]);
});

describe('a service that nobody serves', () => {
  const own = inet('0.0.0.0:22', '0.0.0.0:0');
  const netns = { inode: 2, name: 'web', own: false };
  const there = inet('0.0.0.0:80', '0.0.0.0:0', { netns });
  const asked = { by: 'port', value: '80' } as const;

  it.each<[string, NetnsAsked, Partial<Source>, number]>([
    ['is looked for in other network namespaces', 'own', { facts: ['netns'] }, 1],
    ['not where the platform has none', 'own', { facts: [] }, 0],
    ['without another source where all of them are read already', 'all', { facts: ['netns'] }, 0],
    ['not where another one was asked about', { name: 'web' }, { facts: ['netns'] }, 0],
  ])('%s', async (_, where, source, opened) => {
    let count = 0;
    const openAll = async (): Promise<Source> => {
      count++;
      return { ...fakeSource(reading(there)), facts: ['netns'] };
    };
    const { diagnosis } = await diagnosed({
      ...{ checks: [], readings: [reading(own), reading(own)], source, netns: where },
      service: { asked, openAll },
    });
    expect(count).toBe(opened);
    expect(diagnosis.service?.elsewhere ?? null).toEqual(
      opened ? [there] : where === 'all' ? [] : null,
    );
  });

  const forward: PortForward = {
    ...{ protocol: 'tcp', hostAddress: null, hostPort: 22, address: '172.20.0.2', port: 80 },
    netns,
  };
  it.each<[string, NetnsAsked, readonly Warning['code'][], readonly (boolean | null)[] | null]>([
    ['who is where it is forwarded', 'own', [], [false]],
    ['likewise if that is only in doubt', 'own', ['uncertain'], [false]],
    ['or not, if something was left out', 'own', ['unreadable'], [null]],
    ['who is there among all', 'all', [], [false]],
    ['nothing of its own network if another one was asked about', { name: 'web' }, [], null],
  ])('is judged by %s', async (_, where, codes, served) => {
    const warnings = codes.map((code): Warning => ({ code, message: '', source: 'net/tcp' }));
    const asked: ForwardsAsked[] = [];
    const source: Partial<Source> = {
      facts: ['netns'],
      async portForwards(one) {
        asked.push(one);
        return [forward];
      },
    };
    const openAll = async (): Promise<Source> => ({
      ...fakeSource({ ...reading(there), warnings }),
      facts: ['netns'],
    });
    const { diagnosis } = await diagnosed({
      ...{ checks: [], readings: [reading(own, there), reading(own, there), reading(own, there)] },
      ...{ source, netns: where },
      service: { asked: { by: 'port', value: '22' }, openAll },
    });
    const { forwards = null, elsewhere } = diagnosis.service ?? {};
    expect(forwards?.map(({ isServed }) => isServed) ?? null).toEqual(served);
    expect(elsewhere).toBeNull();
    expect(asked).toEqual(
      served === null ? [] : [{ protocols: ['tcp', 'udp'], families: ['inet', 'inet6'], port: 22 }],
    );
  });

  it('also those at :: if only IPv4 is asked about', async () => {
    const server: InetSocket = {
      ...inet('[::]:80', '[::]:0'),
      netns,
      exposure: {
        ...{ kind: 'published', reason: null },
        published: [{ ...forward, workload: null }],
      },
    };
    const asked: SocketQuery[] = [];
    const all = watchedSource((one) => asked.push(one), reading(server));
    const { diagnosis } = await diagnosed({
      ...{ checks: [], readings: [reading(own), reading(own), reading(own)], netns: 'own' },
      query: { families: ['inet'] },
      source: { facts: ['netns'], portForwards: async () => [forward] },
      service: {
        asked: { by: 'port', value: '22' },
        openAll: async () => ({ ...all, facts: ['netns'] }),
      },
    });
    expect(asked.map(({ families }) => families)).toEqual([['inet', 'inet6']]);
    expect(diagnosis.service?.forwards).toMatchObject([{ isServed: true, servers: [server] }]);
  });
});
