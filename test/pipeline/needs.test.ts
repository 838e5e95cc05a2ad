import { describe, expect, it } from 'vitest';
import { attributesOf } from '../../src/attributes/index.ts';
import { noNames } from '../../src/model/report/names.ts';
import type { ReportKind } from '../../src/model/report/snapshot.ts';
import { type Need, type Needs, noNeeds } from '../../src/model/request/needs.ts';
import { allNumeric as numeric } from '../../src/model/request/view.ts';
import type { Socket } from '../../src/model/socket/socket.ts';
import type { Workload } from '../../src/model/socket/workload.ts';
import { needsOf } from '../../src/pipeline/needs.ts';
import { textViewFor } from '../../src/views/text/index.ts';
import { inet } from '../support/builders.ts';
import { type Asked, listingWith } from '../support/listing.ts';
import { takenAt } from '../views/text/support/render.ts';

async function needs(asked: Partial<Asked>, chosenBy: readonly Need[] = []): Promise<Needs> {
  const listing = listingWith(asked);
  return needsOf(listing, await textViewFor(listing.view.format), { needs: chosenBy });
}

describe('what a view needs for its own columns', () => {
  const names = { hostNames: true, serviceNames: true };
  const owners = { owners: 'all', ownerDetails: true } as const;
  /** What every field for programs needs. */
  const fields = { timers: true, createdAt: true } as const;
  it.each<[string, Partial<Asked>, Partial<Needs>]>([
    ['netstat', {}, names],
    ['netstat -n', { numeric }, {}],
    ['netstat -p', { programs: true, numeric }, { owners: 'first' }],
    ['netstat -e', { extend: 1 }, { ...names, userNames: true }],
    ['netstat -en', { extend: 1, numeric }, {}],
    ['netstat -r', { report: 'routes' }, { hostNames: true }],
    ['netstat -g', { report: 'groups' }, { hostNames: true }],
    ['netstat -i', { report: 'interfaces' }, {}],
    ['netstat -s', { report: 'statistics' }, {}],
    ['netstat -s -c', { report: 'statistics', interval: 1 }, { previousRound: true }],
    ['netstat -o', { timers: true, numeric }, { timers: true }],
    ['table', { format: 'table' }, names],
    ['table -o', { format: 'table', timers: true, numeric }, { timers: true }],
    ['table -p', { format: 'table', programs: true, numeric }, { owners: 'all' }],
    ['table -e', { format: 'table', extend: 1 }, { ...names, userNames: true }],
    ['json', { format: 'json' }, { ...fields }],
    ['ndjson', { format: 'ndjson' }, { ...fields }],
    ['csv', { format: 'csv' }, { timers: true }],
    ['json -r', { format: 'json', report: 'routes' }, {}],
    ['json -p', { format: 'json', programs: true }, { ...owners, ...fields }],
    ['ndjson -p', { format: 'ndjson', programs: true }, { ...owners, ...fields }],
    ['csv -p', { format: 'csv', programs: true }, { ...owners, timers: true }],
    ['netstat --tcp-info', { tcpInfo: true, numeric }, { tcpInfo: true }],
    ['table --tcp-info', { format: 'table', tcpInfo: true, numeric }, { tcpInfo: true }],
    ['json --tcp-info', { format: 'json', tcpInfo: true }, { tcpInfo: true, ...fields }],
    ['csv --tcp-info', { format: 'csv', tcpInfo: true }, { tcpInfo: true, timers: true }],
    [
      'netstat --tcp-info -c',
      { tcpInfo: true, interval: 1, numeric },
      { tcpInfo: true, rates: true },
    ],
    [
      'ndjson --tcp-info -c',
      { format: 'ndjson', tcpInfo: true, interval: 1 },
      { tcpInfo: true, rates: true, ...fields },
    ],
    ['netstat --socket-info', { socketInfo: true, numeric }, { socketInfo: true }],
    ['csv --socket-info', { format: 'csv', socketInfo: true }, { socketInfo: true, timers: true }],
    ['--bound-inactive', { boundInactive: true, numeric }, { boundSockets: true }],
    ['-q --bound-inactive', { boundInactive: true, quiet: true }, { boundSockets: true }],
    [
      'netstat --peers',
      { peers: true, numeric },
      { owners: 'first', peers: true, receivers: true },
    ],
    [
      'table --peers',
      { format: 'table', peers: true, numeric },
      { owners: 'all', peers: true, receivers: true },
    ],
    [
      'json --peers',
      { format: 'json', peers: true },
      { ...owners, peers: true, receivers: true, ...fields },
    ],
    [
      'netstat --workloads',
      { workloads: true, numeric },
      { owners: 'all', workloads: true, cgroups: true },
    ],
    [
      'json --workloads',
      { format: 'json', workloads: true },
      { ...owners, workloads: true, cgroups: true, ...fields },
    ],
    ['netstat --exposure', { exposure: true, numeric }, { exposure: true, devices: true }],
    [
      'csv --peers',
      { format: 'csv', peers: true },
      { ...owners, peers: true, receivers: true, timers: true },
    ],
    ['netstat --all-netns', { withNetns: true, numeric }, { netns: true }],
    ['json --all-netns', { format: 'json', withNetns: true }, { netns: true, ...fields }],
    ['-r --all-netns', { report: 'routes', withNetns: true, numeric }, { netns: true }],
    ['-q --all-netns', { quiet: true, withNetns: true }, {}],
    ['-q --peers', { quiet: true, peers: true }, {}],
    ['-q', { quiet: true, programs: true, sort: ['user'] }, {}],
  ])('%s', async (_, asked, expected) => {
    expect(await needs(asked)).toEqual({ ...noNeeds, ...expected });
  });
});

describe('what named columns and sort keys need', () => {
  it.each<[string, Partial<Asked>, Partial<Needs>]>([
    ['columns by name', { columns: ['pid'] }, { owners: 'all' }],
    ['an alias', { columns: ['sport'] }, { serviceNames: true }],
    ['command lines', { columns: ['command'] }, { owners: 'all', ownerDetails: true }],
    ['columns in place of -p', { columns: ['src'], programs: true, numeric }, {}],
    ['queues, which no file has for UNIX sockets', { columns: ['recvq'] }, { unixQueues: true }],
    ['the same to sort by', { sort: ['-sendq'], numeric }, { unixQueues: true }],
    ['names of hosts', { columns: ['local'] }, { hostNames: true }],
    ['no names for programs', { columns: ['local', 'user'], format: 'csv' }, {}],
    ['no names with -n', { columns: ['src', 'user'], numeric }, {}],
    ['what the kernel knows', { columns: ['rtt'] }, { tcpInfo: true }],
    ['the same to sort by', { sort: ['-rtt'], numeric }, { tcpInfo: true }],
    ['a timer', { columns: ['timer'] }, { timers: true }],
    ['its counts', { columns: ['probes'], format: 'csv' }, { timers: true }],
    ['the same to sort by', { sort: ['-retransmits'], numeric }, { timers: true }],
    ['what the kernel reports of any socket', { columns: ['drops'] }, { socketInfo: true }],
    ['when sockets were created', { columns: ['created'] }, { createdAt: true }],
    ['how long ago', { columns: ['age'], format: 'csv' }, { createdAt: true }],
    ['the same to sort by', { sort: ['-age'], numeric }, { createdAt: true }],
    [
      'rates, which are made of counts',
      { sort: ['-recvrate'], numeric },
      { tcpInfo: true, rates: true },
    ],
    [
      'what it belongs to',
      { columns: ['workload'] },
      { owners: 'all', workloads: true, cgroups: true },
    ],
    [
      'the same to sort by',
      { sort: ['-unit'], numeric },
      { owners: 'all', workloads: true, cgroups: true },
    ],
    ['what is known of processes', { columns: ['parents'] }, { owners: 'all', ownerDetails: true }],
    ['the other end', { columns: ['peer'] }, { owners: 'all', peers: true, receivers: true }],
    [
      'the same to sort by',
      { sort: ['peerpid'], numeric },
      { owners: 'first', peers: true, receivers: true },
    ],
    ['a namespace', { columns: ['netns'] }, { netns: true }],
    ['the same to sort by', { report: 'routes', sort: ['netns'], numeric }, { netns: true }],
    ['the round before', { report: 'statistics', columns: ['rate'] }, { previousRound: true }],
    [
      'a key for eyes',
      { sort: ['-user'], numeric: { ...numeric, users: false } },
      { userNames: true },
    ],
    ['a key with -n', { sort: ['user'], numeric }, {}],
    [
      'a key for programs',
      { sort: ['user'], format: 'csv', numeric },
      { userNames: true, timers: true },
    ],
    ['a key of the first owner', { sort: ['pid'], numeric }, { owners: 'first' }],
    [
      'every field that is known anyway',
      { sort: ['pid'], format: 'json' },
      { owners: 'all', ownerDetails: true, timers: true, createdAt: true },
    ],
  ])('%s', async (_, asked, expected) => {
    expect(await needs(asked)).toEqual({ ...noNeeds, ...expected });
  });

  it('a filter for what the kernel knows needs that', async () => {
    expect(await needs({ numeric }, ['tcpInfo'])).toEqual({ ...noNeeds, tcpInfo: true });
  });

  it('a filter for the other end needs that, and every owner', async () => {
    const chosen = await needs({ numeric }, ['owners', 'peers']);
    expect(chosen).toEqual({ ...noNeeds, owners: 'all', peers: true, receivers: true });
  });

  it('a filter for owners needs all of them', async () => {
    expect(await needs({ numeric }, ['owners'])).toEqual({ ...noNeeds, owners: 'all' });
    expect(await needs({ quiet: true }, ['owners'])).toEqual({
      ...noNeeds,
      owners: 'all',
    });
  });
});

describe('an attribute declares that it needs owners if they change it, and only then', () => {
  const unasked = inet('192.0.2.1:22', '192.0.2.7:40000');
  const facts = {
    startedAt: takenAt,
    executableDeleted: true,
    uid: 3,
    parents: [{ pid: 1, name: 'i' }],
  };
  const owner = { pid: 7, program: 'a', commandLine: 'a b', executable: '/a', fd: 3, ...facts };
  const workload: Workload = {
    ...{ kind: 'pod', runtime: 'crio', name: 'p', namespace: 'n', id: 'i', podUid: 'u' },
    ...{ container: 'c', image: 'm', unit: 'v.service' },
  };
  const all: Socket[] = [
    unasked,
    { ...unasked, owners: [owner] },
    { ...unasked, owners: [], noOwner: 'denied' },
    { ...unasked, peer: { inode: 1, owners: [owner], noOwner: null } },
    { ...unasked, peer: { inode: 1, owners: [], noOwner: 'denied', workload } },
    { ...unasked, workload, workloads: [workload], noWorkload: null, cgroup: '/v.service' },
    { ...unasked, workload: null, workloads: [], noWorkload: 'denied', cgroup: null },
  ];
  const context = { takenAt, names: noNames, previous: null };
  it.each(attributesOf('sockets').map((attribute) => [attribute.key, attribute] as const))(
    '%s',
    async (key, { value, sort }) => {
      const cells = new Set(all.map((socket) => String(value(socket, context))));
      expect((await needs({ columns: [key] })).owners !== 'none').toBe(cells.size > 1);
      if (sort === undefined) return;
      const values = new Set(all.map((socket) => sort(socket, noNames)));
      expect((await needs({ sort: [`-${key}`] })).owners !== 'none').toBe(values.size > 1);
    },
  );
});

describe('an attribute declares that it needs names if they change it, and only then', () => {
  const reports = ['sockets', 'routes', 'groups'] as const satisfies ReportKind[];
  const named = {
    host: () => 'host.example',
    network: () => 'net.example',
    service: () => 'service',
    user: () => 'somebody',
  };
  const row = {
    sockets: {
      ...inet('192.0.2.1:22', '192.0.2.7:40000'),
      owners: [{ pid: 7, program: 'a', commandLine: null, executable: null, fd: 3, uid: 8 }],
    },
    routes: {
      destination: '192.0.2.0',
      prefixLength: 24,
      family: 'inet',
      gateway: '192.0.2.1',
      source: null,
    },
    groups: { group: '224.0.0.1' },
  };
  it.each(
    reports.flatMap((report) => attributesOf(report).map(({ key }) => [report, key] as const)),
  )('%s: %s', async (report, key) => {
    const { hostNames, serviceNames, userNames } = await needs({ report, columns: [key] });
    const attribute = attributesOf(report).find((one) => one.key === key);
    const shown = (names: typeof named | typeof noNames) =>
      String(attribute?.show?.(row[report] as never, { takenAt, names, previous: null }));
    expect(hostNames || serviceNames || userNames).toBe(shown(named) !== shown(noNames));
  });
});
