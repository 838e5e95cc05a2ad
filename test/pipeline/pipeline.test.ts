import { describe, expect, it } from 'vitest';
import { NetstatError } from '../../src/errors.ts';
import { asBatch, packIn, socketsIn } from '../../src/model/packed/sockets.ts';
import { noNames } from '../../src/model/report/names.ts';
import type { Row, Warning } from '../../src/model/report/snapshot.ts';
import { allNumeric as numeric } from '../../src/model/request/view.ts';
import type { InetSocket, Socket } from '../../src/model/socket/socket.ts';
import { soughtByPid } from '../../src/model/socket/sought-owners.ts';
import { pipelineOf } from '../../src/pipeline/pipeline.ts';
import type { NameResolver } from '../../src/resolve/index.ts';
import type { SocketQuery, Source } from '../../src/sources/source.ts';
import { textViewFor } from '../../src/views/text/index.ts';
import { inet, tcpInfo } from '../support/builders.ts';
import { type FakeReading, fakeSource, watchedSource } from '../support/fake-source.ts';
import { type Asked, filtering, listingWith } from '../support/listing.ts';
import { packOf, tcpTable } from '../support/packs.ts';

const ssh = inet('192.0.2.1:22', '0.0.0.0');
const web = inet('192.0.2.1:443', '198.51.100.7:40000');
const lost = new NetstatError('unreadable', '/proc/net/tcp: input/output error');

/** Knows no name; a filter's words may be looked up, the names of rows may not. */
const resolver = async (): Promise<NameResolver> => ({
  names: () => Promise.reject(new Error('names were asked for')),
  serviceNumber: () => undefined,
  userId: () => undefined,
  hostAddresses: async () => new Map(),
});

/** A pipeline over a source with these readings, which looks up no names. */
async function pipeline(asked: Partial<Asked>, ...readings: FakeReading[]) {
  const listing = listingWith({ protocols: ['tcp'], which: 'all', numeric, ...asked });
  const shown = await textViewFor(listing.view.format);
  return pipelineOf(listing, fakeSource(...readings), shown, { resolver });
}

/** One round: its batches, what it keeps, what it warns of, and how it ends. */
async function round(asked: Partial<Asked>, reading: FakeReading) {
  const warnings: Warning[] = [];
  const made = await pipeline(asked, reading);
  const { batches, kept } = await made.open({ warn: (warning) => warnings.push(warning) });
  const got: (readonly unknown[])[] = [];
  let failure: unknown = null;
  try {
    for await (const batch of batches) got.push(batch);
  } catch (error) {
    failure = error;
  }
  return { batches: got, kept, warnings, failure };
}

describe('a round', () => {
  it('passes batches on as they are read, and keeps none of them', async () => {
    const got = await round({}, { batches: [[ssh], [web]] });
    expect(got).toEqual({ batches: [[ssh], [web]], kept: [], warnings: [], failure: null });
  });

  it('has only rows that the query chooses', async () => {
    const { batches } = await round({ which: 'connected' }, { batches: [[ssh], [ssh, web]] });
    expect(batches).toEqual([[web]]);
  });

  it('is sorted as a whole', async () => {
    const { batches } = await round({ sort: ['-lport'] }, { batches: [[ssh], [web]] });
    expect(batches).toEqual([[web, ssh]]);
  });

  it('has no batch where there is no row, sorted or not', async () => {
    for (const sort of [[], ['lport']]) {
      expect((await round({ sort }, { batches: [[]] })).batches).toEqual([]);
    }
  });

  it.each([[[]], [['lport']]])('gives the rows before a failure, sorted by %j', async (sort) => {
    const got = await round({ sort }, { batches: [[ssh]], failure: lost });
    expect([got.batches, got.failure]).toEqual([[[ssh]], lost]);
  });

  it('does not open where nothing can be read', async () => {
    await expect(round({}, { failure: lost })).rejects.toBe(lost);
  });

  it('keeps its rows where the next round is compared with it', async () => {
    const columns = ['rate'];
    const source = { ...fakeSource({ batches: [[ssh]] }), reports: ['statistics'] as const };
    const counter = { group: 'Ip', name: 'InReceives', value: 1n, kind: 'count', meaning: null };
    const read = () => ({
      begun: async () => {},
      batches: (async function* () {
        yield [counter] as never;
      })(),
    });
    const listing = listingWith({ report: 'statistics', columns, interval: 1000 });
    const shown = await textViewFor('netstat');
    const made = await pipelineOf(listing, { ...source, read }, shown, { resolver });
    const { batches, kept } = await made.open({ warn: () => {} });
    expect(kept).toEqual([]);
    for await (const _ of batches);
    expect(kept).toEqual([counter]);
  });
});

it('has no column of changes from round to round where there is one round', async () => {
  const source = { ...fakeSource({}), reports: ['statistics'] as const };
  const listing = listingWith({ report: 'statistics', columns: ['rate'] });
  await expect(
    pipelineOf(listing, source, await textViewFor('netstat'), { resolver }),
  ).rejects.toThrow('rate is measured between rounds: it needs -c');
});

describe('a pipeline', () => {
  it('can run again and again', async () => {
    const made = await pipeline({}, { batches: [[ssh]] }, { batches: [[web]] });
    const rows: Socket[] = [];
    for (let i = 0; i < 2; i++) {
      const { batches } = await made.open({ warn: () => {} });
      for await (const batch of batches) rows.push(...(batch as Socket[]));
    }
    expect(rows).toEqual([ssh, web]);
  });

  it('knows connections again from round to round, by their counts', async () => {
    const at = (bytesReceived: bigint) => ({
      batches: [[{ ...web, tcpInfo: tcpInfo({ bytesReceived }) }]],
    });
    const asked = { interval: 1000, sort: ['-recvrate'], which: 'connected' } as const;
    const listing = listingWith({ protocols: ['tcp'], numeric, ...asked });
    const source: Source = { ...fakeSource(at(100n), at(600n)), facts: ['tcpInfo'] };
    const shown = await textViewFor('netstat');
    let second = 5;
    const elapsed = () => second * 1000;
    const made = await pipelineOf(listing, source, shown, { resolver, elapsed });
    const rates: unknown[] = [];
    for (second of [5, 7]) {
      const { batches } = await made.open({ warn: () => {} });
      for await (const batch of batches)
        rates.push(...batch.map((row) => (row as InetSocket).rates));
    }
    expect(rates).toEqual([null, { sent: 0, received: 250 }]);
  });

  it('returns what is asked for in the end: a state lifts the choice, what the source lacks is left out', async () => {
    const asked: Partial<Asked> = {
      protocols: ['tcp', 'raw'],
      which: 'connected',
      filters: { ...listingWith({}).query.filters, state: ['listening'] },
    };
    const { query } = await pipeline(asked);
    expect([query.which, query.protocols]).toEqual(['all', ['tcp']]);
  });

  it.each<[string, Partial<Asked>]>([
    ['a column', { columns: ['colour'] }],
    ['a sort key', { sort: ['colour'] }],
    ['a state', { filters: { ...listingWith({}).query.filters, state: ['colour'] } }],
  ])('is not made for %s that there is not', async (_, asked) => {
    await expect(pipeline(asked)).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('with a filter by process', () => {
  const asksFor = async (parts: { readonly comparedWith?: number }) => {
    const asked: SocketQuery['soughtOwners'][] = [];
    const filters = { ...listingWith({}).query.filters, pid: ['5'] };
    const listing = listingWith({ protocols: ['tcp'], which: 'all', numeric, filters });
    const source = watchedSource(({ soughtOwners }) => asked.push(soughtOwners), {});
    const shown = await textViewFor(listing.view.format);
    const made = await pipelineOf(listing, source, shown, { resolver, ...parts });
    for await (const _ of (await made.open({ warn: () => {} })).batches);
    return asked;
  };

  it('only sockets that it holds are asked for', async () => {
    expect(await asksFor({})).toEqual([soughtByPid(5)]);
  });

  it('all are if they are compared: of a saved one it may not be known who held it', async () => {
    expect(await asksFor({ comparedWith: 0 })).toEqual([null]);
  });
});

describe('packed sockets are asked for', () => {
  const asksFor = async (asked: Partial<Asked>) => {
    const packed: SocketQuery['packed'][] = [];
    const listing = listingWith({ protocols: ['tcp'], which: 'all', numeric, ...asked });
    const shown = await textViewFor(listing.view.format);
    const watched = watchedSource((query) => packed.push(query.packed), {});
    const facts = [
      ...watched.facts,
      'tcpInfo',
      'tcpInternals',
      'workloads',
      'processFacts',
    ] as const;
    const source: Source = { ...watched, facts };
    const nameless = async () => ({ ...(await resolver()), names: async () => noNames });
    const made = await pipelineOf(listing, source, shown, { resolver: nameless });
    for await (const _ of (await made.open({ warn: () => {} })).batches);
    return packed;
  };
  const all = { connectedOnly: false, timers: false, users: false };
  /** A filter may also be by user. */
  const filtered = { ...all, users: true, filtered: true };
  const shown = { ...all, shown: true };

  it.each<[string, Partial<Asked>, object]>([
    ['-an', {}, shown],
    ['-n', { which: 'connected' }, { ...shown, connectedOnly: true }],
    ['-anp', { programs: true }, shown],
    ['-ane', { extend: 1 }, { ...shown, users: true }],
    ['-ano', { timers: true }, { ...shown, timers: true }],
    ['--sort', { sort: ['lport'] }, shown],
    ['--sort by owners, or why there are none', { sort: ['command', '-noowner'] }, shown],
    ['host names', { numeric: { ...numeric, hosts: false } }, all],
    ['service names', { numeric: { ...numeric, ports: false } }, all],
    ['user names', { extend: 1, numeric: { ...numeric, users: false } }, { ...all, users: true }],
    ['-c --tcp-info', { tcpInfo: true, interval: 1000 }, { ...all, counts: true }],
    ['--sort by timers', { sort: ['-expires'] }, { ...shown, timers: true }],
    ['--workloads', { workloads: true }, shown],
    ['--workloads --tcp-info', { workloads: true, tcpInfo: true }, shown],
    [
      '--workloads with names',
      { workloads: true, tcpInfo: true, numeric: { ...numeric, hosts: false } },
      all,
    ],
    ['--workloads --peers', { workloads: true, peers: true }, { ...shown, tcpOnly: true }],
    [
      '--peers: of TCP alone, and servers too',
      { which: 'connected', peers: true },
      { ...shown, tcpOnly: true },
    ],
  ])("where netstat's own rows show every one: %s", async (_, asked, facts) => {
    expect(await asksFor(asked)).toEqual([facts]);
  });

  it.each<[string, Partial<Asked>, object]>([
    ['state', filtering({ state: ['listening'] }), {}],
    ['end', { which: 'connected', ...filtering({ remote: ['10/8'] }) }, {}],
    ['timer', filtering({ expression: ['expires < 1s'] }), { timers: true }],
    ['owner', filtering({ pid: ['5'] }), {}],
    ['workload', filtering({ expression: ['workload = a'] }), {}],
    ["TCP's internals", filtering({ expression: ['minrtt < 1s'] }), { whole: true }],
    [
      "TCP's internals, which are shown too",
      { tcpInfo: true, ...filtering({ expression: ['rtt < 1s'] }) },
      { whole: true, counts: true },
    ],
  ])('with a filter by %s', async (_, asked, facts) => {
    expect(await asksFor(asked)).toEqual([{ ...filtered, shown: true, ...facts }]);
  });

  it.each<[string, Partial<Asked>, object]>([
    ['--json', { format: 'json' }, { ...all, timers: true }],
    ['--format csv', { format: 'csv' }, { ...all, timers: true }],
    ['-p of every owner', { programs: true, format: 'csv' }, { ...all, timers: true }],
    ['--format table', { format: 'table' }, all],
    [
      '-c --tcp-info --json',
      { tcpInfo: true, interval: 1000, format: 'json' },
      { ...all, timers: true, counts: true },
    ],
    ['--columns', { columns: ['state'] }, all],
    ['--workloads --format table', { workloads: true, format: 'table' }, all],
    ['--peers', { peers: true, columns: ['peer'] }, { ...all, tcpOnly: true }],
    [
      '--peers with names',
      { peers: true, columns: ['peer'], numeric: { ...numeric, hosts: false } },
      { ...all, tcpOnly: true },
    ],
  ])('for a view of objects too: %s', async (_, asked, facts) => {
    const whole = { ...facts, users: true, whole: true };
    expect(await asksFor(asked)).toEqual([whole]);
    expect(await asksFor({ sort: ['lport'], ...asked })).toEqual([whole]);
  });

  it.each<[string, Partial<Asked>]>([
    ['-l: there are few', { which: 'listening' }],
    ['--sort by what is not in numbers', { sort: ['lport', 'user'] }],
    ['--quiet', { quiet: true }],
  ])('not for what needs objects: %s', async (_, asked) => {
    expect(await asksFor(asked)).toEqual([undefined]);
  });
});

describe('packed sockets', () => {
  const table = tcpTable('inet');
  const end = { state: 1, local: [1, 0, 0, 0], remote: [2, 0, 0, 0], list: 0 };
  const rows = [30, 20].map((port) => ({ ...end, localPort: port, remotePort: 9 }));
  const packed = { ...packOf(table, rows, []), owners: null };
  const objects = socketsIn(packed);

  /** What a view is given of them, batch by batch. */
  async function shownOf(asked: Partial<Asked>) {
    const listing = listingWith({ protocols: ['tcp'], which: 'all', ...asked });
    const shown = await textViewFor(listing.view.format);
    async function* batches() {
      yield asBatch(packed);
    }
    const read = () => ({ begun: async () => {}, batches: batches() });
    const source = { ...fakeSource(), read: read as unknown as Source['read'] };
    const nameless = async () => ({ ...(await resolver()), names: async () => noNames });
    const made = await pipelineOf(listing, source, shown, { resolver: nameless });
    const got: (readonly Row[])[] = [];
    for await (const batch of (await made.open({ warn: () => {} })).batches) got.push(batch);
    return got;
  }

  it('reach a view that shows them, in order too', async () => {
    expect(await shownOf({ numeric })).toEqual([asBatch(packed)]);
    const sorted = await shownOf({ numeric, sort: ['lport'] });
    expect(sorted.map((batch) => packIn(batch)?.localPorts[0])).toEqual([20]);
  });

  it('reach others as objects, and all with names', async () => {
    const inOrder = await shownOf({ sort: ['lport'], format: 'json' });
    expect(inOrder).toEqual([objects.toReversed()]);
    expect(await shownOf({})).toEqual([objects]);
  });
});
