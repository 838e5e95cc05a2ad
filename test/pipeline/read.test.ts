import { describe, expect, it } from 'vitest';
import { NetstatError } from '../../src/errors.ts';
import type { Warning } from '../../src/model/report/snapshot.ts';
import { joinNeeds, type Need, needsAmong, noNeeds } from '../../src/model/request/needs.ts';
import type { Query } from '../../src/model/request/query.ts';
import type { SocketPattern } from '../../src/model/socket/pattern.ts';
import type { Socket } from '../../src/model/socket/socket.ts';
import { type SoughtOwners, soughtByPid } from '../../src/model/socket/sought-owners.ts';
import { interfaceNames } from '../../src/pipeline/interfaces.ts';
import { type ReadOptions, readRows } from '../../src/pipeline/read.ts';
import { compileSelection } from '../../src/select/compile-selection.ts';
import { plainSelection } from '../../src/select/index.ts';
import { readingOf } from '../../src/sources/reading.ts';
import type { Source, SourceQuery } from '../../src/sources/source.ts';
import { lookups } from '../select/sockets.ts';
import { inet, netInterface, owner } from '../support/builders.ts';
import { type Asked, listingWith } from '../support/listing.ts';
import { isMatched, listening, port } from '../support/patterns.ts';
import { allOf, warningSink } from '../support/source-answers.ts';

/** A source that remembers what it was asked, and gives these batches whatever that was. */
function asking(batches: readonly (readonly unknown[])[], failure?: Error) {
  const asked: SourceQuery[] = [];
  const source: Source = {
    platform: 'linux',
    protocols: ['tcp', 'udp', 'unix'],
    facts: ['tcpInfo', 'socketInfo'],
    reports: ['sockets', 'interfaces', 'statistics'],
    read(query) {
      asked.push(query as unknown as SourceQuery);
      return readingOf(async function* () {
        for (const batch of batches) yield batch as never;
        if (failure !== undefined) throw failure;
      });
    },
  };
  return { source, asked };
}

const queryOf = (asked: Partial<Asked>): Query => listingWith(asked).query;
const plainly: ReadOptions = {
  selection: plainSelection({ which: 'all', boundInactive: false }),
  needs: noNeeds,
  keepsAll: false,
};
const ssh = port('local', 22);
const silent = { warn: () => undefined };

const mine = inet('192.0.2.1:22', '0.0.0.0', { owners: [owner(1, 'a')] });
const theirs = inet('192.0.2.1:80', '0.0.0.0', { owners: [owner(2, 'b')] });

describe('a socket whose workload is not known', () => {
  const unknown = { workload: null, workloads: [], noWorkload: 'unknown', cgroup: null } as const;
  const none = { ...unknown, noWorkload: 'none' } as const;
  const ofUnit = async (
    expression: string,
    sockets: readonly Socket[],
  ): Promise<readonly [number, readonly Warning[]]> => {
    const { filters } = queryOf({});
    const query = queryOf({ which: 'all', filters: { ...filters, expression: [expression] } });
    const { source } = asking([sockets]);
    const selection = compileSelection(query, lookups);
    const needs = joinNeeds([needsAmong(selection.needs, 'all')]);
    const telling = { ...source, facts: ['workloads'] as const };
    const sink = warningSink();
    const reading = readRows(telling, query, { selection, needs, keepsAll: false }, sink);
    return [(await allOf(reading.batches)).flat().length, sink.warnings];
  };
  it.each<[string, readonly Socket[], number, string | null]>([
    ['unit = web.service', [{ ...mine, ...none }], 0, null],
    ['unit = web.service', [{ ...mine, ...unknown }], 0, '1 socket'],
    ['sport = 80 and unit = web.service', [{ ...mine, ...unknown }], 0, null],
    ['sport = 22 or unit = web.service', [{ ...mine, ...unknown }], 1, null],
    ['unit != web.service', [{ ...mine, ...unknown }], 1, null],
    [
      'cgroup = /web.service',
      [
        { ...mine, ...unknown },
        { ...theirs, ...unknown },
      ],
      0,
      '2 sockets',
    ],
    ['pid = 7', [{ ...mine, ...unknown }], 0, null],
  ])('%s: a warning if it may match and is left out', async (expression, rows, count, what) => {
    const [read, warnings] = await ofUnit(expression, rows);
    expect(read).toBe(count);
    const messages = warnings.map(({ code, message }) => `${code}: ${message}`);
    const text = 'left out may match: what they belong to is not known';
    expect(messages).toEqual(
      what === null ? [] : [expect.stringMatching(`^uncertain: ${what} ${text}`)],
    );
  });
  it('is told for each machine', async () => {
    const rows = ['web', 'db', 'web'].map((host) => ({ ...mine, ...unknown, host }));
    const [, warnings] = await ofUnit('unit = web.service', rows);
    expect(warnings.map(({ host, message }) => [host, message.split(' left')[0]])).toEqual([
      ['web', 'web: 2 sockets'],
      ['db', 'db: 1 socket'],
    ]);
  });
});

describe('what only the kernel reports', () => {
  const needs = { ...noNeeds, socketInfo: true };
  it.each([
    ['is missing of all rows if they are shown with it', needs, true],
    ['is missing where it decides if only a filter needs it', noNeeds, false],
  ])('%s', (_, factsShown, expected) => {
    const { source, asked } = asking([]);
    readRows(source, queryOf({}), { ...plainly, needs, factsShown }, silent);
    const [query] = asked as unknown as readonly SourceQuery<'sockets'>[];
    expect(query?.isWanted?.(mine)).toBe(expected);
    expect(query?.socketInfo).toBe(true);
  });
});

describe('a reading of sockets', () => {
  it.each<[string, Partial<Asked>, Partial<ReadOptions>, Partial<SourceQuery<'sockets'>>]>([
    ['owners only where they are needed', {}, {}, { owners: null, distinct: false }],
    [
      'owners as deep as they are needed, and each row once then',
      {},
      { needs: { ...plainly.needs, owners: 'first' } },
      { owners: { depth: 'first', details: false }, distinct: true },
    ],
    [
      'what the kernel knows',
      {},
      { needs: { ...plainly.needs, tcpInfo: true } },
      { tcpInfo: true },
    ],
    [
      'what the kernel reports of any socket',
      {},
      { needs: { ...plainly.needs, socketInfo: true } },
      { socketInfo: true, tcpInfo: false },
    ],
    ['each row once where all are kept', {}, { keepsAll: true }, { distinct: true }],
    [
      'listeners only where no others are wanted',
      {},
      { selection: { ...plainly.selection, which: 'listening' } },
      { listeningOnly: true },
    ],
    [
      'the protocols that the platform has, of those that nobody named',
      { protocols: ['tcp', 'raw'] },
      {},
      { protocols: ['tcp'], required: false },
    ],
  ])('asks for %s', (_, asked, options, expected) => {
    const { source, asked: queries } = asking([]);
    readRows(source, queryOf(asked), { ...plainly, ...options }, silent);
    expect(queries).toMatchObject([expected]);
  });

  const byFive = soughtByPid(5);
  const byFiveOrSix = soughtByPid(5, 6);

  it.each<[string, Partial<ReadOptions>, SocketPattern, SoughtOwners | null]>([
    ['its own', {}, ssh, byFive],
    ['everything where a glance is at every connection', { glance: () => true }, true, null],
    [
      'everything where a peer may be any',
      { needs: { ...plainly.needs, peers: true } },
      ...([true, null] as const),
    ],
    ['that of servers too where they are counted', { onLeftOut: () => {} }, listening, byFiveOrSix],
  ])(
    'passes on the pattern and the owners that a filter seeks: %s',
    async (_, options, ...expected) => {
      const { source, asked: queries } = asking([]);
      const { isLate, early, late } = plainly.selection;
      const withServers = {
        isLate,
        early,
        late,
        pattern: listening,
        certain: true,
        soughtOwners: byFiveOrSix,
      };
      const selection = { ...plainly.selection, pattern: ssh, soughtOwners: byFive, withServers };
      await allOf(
        readRows(source, queryOf({}), { ...plainly, selection, ...options }, silent).batches,
      );
      const [pattern, soughtOwners] = expected;
      expect(queries).toMatchObject([{ pattern, soughtOwners }]);
    },
  );

  it.each<[string, Partial<ReadOptions>, readonly boolean[]]>([
    ['those of its own', {}, [true, true]],
    ['none where a glance is at every connection', { glance: () => true }, [false, false]],
    ['all where a peer may be any', { needs: { ...plainly.needs, peers: true } }, [true, true]],
    ['no servers where they are counted', { onLeftOut: () => {} }, [true, false]],
  ])('says which rows need not be asked about: %s', async (_, options, expected) => {
    const { source, asked } = asking([]);
    const { isLate, early, late } = plainly.selection;
    const withServers = {
      ...{ isLate, early, late },
      pattern: true,
      certain: true,
      soughtOwners: null,
    };
    const selection = { ...plainly.selection, certain: true, withServers };
    await allOf(
      readRows(source, queryOf({}), { ...plainly, selection, ...options }, silent).batches,
    );
    const [{ certain = false } = {}] = asked as SourceQuery<'sockets'>[];
    const sockets = [inet('192.0.2.1:22', '192.0.2.7:4000'), inet('192.0.2.1:22', '0.0.0.0:0')];
    expect(sockets.map((socket) => isMatched(certain, socket))).toEqual(expected);
  });

  it.each([true, false])('returns whether a filter is undecided: %s', (expected) => {
    const { source, asked } = asking([]);
    const selection = { ...plainly.selection, isUndecided: () => expected };
    readRows(source, queryOf({}), { ...plainly, selection }, silent);
    const [question] = asked as SourceQuery<'sockets'>[];
    expect(question?.isUndecided?.(mine)).toBe(expected);
  });

  it('has the rows whose owners are chosen, and no batch of none', async () => {
    const { source } = asking([[theirs], [mine, theirs]]);
    const selection = {
      ...plainly.selection,
      isLate: true,
      late: (socket: typeof mine | { readonly owners: unknown }) => socket === mine,
    };
    const options = { ...plainly, selection };
    expect(await allOf(readRows(source, queryOf({}), options, silent).batches)).toEqual([[mine]]);
  });

  it.each([true, false])('asks when sockets were created as needed: %s', async (createdAt) => {
    const { source, asked: queries } = asking([]);
    const options = { ...plainly, needs: { ...plainly.needs, createdAt } };
    await allOf(readRows(source, queryOf({}), options, silent).batches);
    expect(queries).toMatchObject([{ createdAt }]);
  });

  it('gives rates before the rows are chosen by them', async () => {
    const { source } = asking([[mine, theirs]]);
    const selection: ReadOptions['selection'] = {
      ...plainly.selection,
      isLate: true,
      late: (socket) => socket.protocol !== 'unix' && (socket.rates?.sent ?? 0) > 0,
    };
    const meter: ReadOptions['meter'] = (sockets) => {
      for (const socket of sockets as readonly Socket[]) {
        Object.assign(socket, { rates: { sent: socket === mine ? 1 : 0, received: null } });
      }
    };
    const needs = { ...plainly.needs, tcpInfo: true, rates: true };
    const options = { ...plainly, selection, needs, meter };
    expect(await allOf(readRows(source, queryOf({}), options, silent).batches)).toEqual([[mine]]);
  });

  it.each<[string, Partial<ReadOptions['needs']>, string]>([
    ['rates of one round', { rates: true, tcpInfo: true }, 'they need -c, --follow or --live'],
    ['the exposure of servers', { exposure: true }, 'only a live Linux provides them'],
  ])('is rejected if a source cannot provide %s', (_, needed, message) => {
    const options = { ...plainly, needs: { ...plainly.needs, ...needed } };
    expect(() => readRows(asking([]).source, queryOf({}), options, silent)).toThrow(message);
  });

  it.each<Partial<ReadOptions['needs']>>([{ tcpInfo: true }, { boundSockets: true }])(
    'goes on where files of Linux lack what is only shown: %j',
    async (needed) => {
      const { source, asked } = asking([[mine]]);
      const options = { ...plainly, needs: { ...plainly.needs, ...needed } };
      const { batches } = readRows({ ...source, facts: [] }, queryOf({}), options, silent);
      expect(await allOf(batches)).toEqual([[mine]]);
      expect(asked).toMatchObject([needed]);
    },
  );

  describe('with peers', () => {
    const needs = { ...plainly.needs, owners: 'first', peers: true } as const;
    const ofHttp = (local: string, remote: string, pid: number) =>
      inet(local, remote, { owners: [owner(pid, 'a')], inode: pid });

    it('reads every socket of both families, whichever are asked for', async () => {
      const { source, asked: queries } = asking([]);
      const selection = {
        ...plainly.selection,
        which: 'listening',
        early: () => false,
      } as const;
      const query = queryOf({ families: ['inet'], protocols: ['tcp'] });
      await allOf(readRows(source, query, { ...plainly, selection, needs }, silent).batches);
      expect(queries).toMatchObject([
        { families: ['inet', 'inet6'], listeningOnly: false, distinct: true },
      ]);
      expect((queries[0] as SourceQuery<'sockets'>).keep(mine)).toBe(true);
    });

    it('misses nothing of rows that are read for their sake alone', async () => {
      const absent = (table: string) => ({
        ...{ code: 'absent', message: `/proc/net/${table}: none`, source: `/proc/net/${table}` },
      });
      const asked: SourceQuery<'sockets'>[] = [];
      const source: Source = {
        ...asking([]).source,
        read(query, warnings) {
          asked.push(query as never);
          for (const table of ['tcp', 'tcp6']) warnings.warn(absent(table) as Warning);
          return readingOf(async function* () {});
        },
      };
      const selection = { ...plainly.selection, isUndecided: () => true };
      const sink = warningSink();
      const query = queryOf({ families: ['inet'], protocols: ['tcp'] });
      const info = { ...needs, socketInfo: true };
      await allOf(readRows(source, query, { ...plainly, selection, needs: info }, sink).batches);
      const mapped = ofHttp('[::ffff:127.0.0.1]:80', '[::ffff:127.0.0.1]:40000', 2);
      const [question] = asked;
      for (const one of [question?.isWanted, question?.isUndecided]) {
        expect([mine, mapped].map((socket) => one?.(socket))).toEqual([true, false]);
      }
      expect(sink.warnings).toEqual([absent('tcp')]);
    });

    it.each<[string, readonly Need[], Warning['code']]>([
      ['only shown', [], 'incomplete'],
      ['what rows are selected by', ['peers'], 'unreadable'],
      ['beside what rows are selected by', ['exposure'], 'unreadable'],
    ])('lacks rows if what is not known is %s', async (_, chosenBy, code) => {
      const source: Source = {
        ...asking([]).source,
        unixPeers: async (warnings) => {
          warnings.warn({ code: 'incomplete', message: 'no peers', source: 'unix' });
          return null;
        },
      };
      const selection = { ...plainly.selection, needs: chosenBy };
      const sink = warningSink();
      await allOf(readRows(source, queryOf({}), { ...plainly, selection, needs }, sink).batches);
      expect(sink.warnings).toMatchObject([{ code, message: 'no peers' }]);
    });

    it('has the rows that are chosen, by their family and their peers too', async () => {
      const client = ofHttp('127.0.0.1:40000', '127.0.0.1:80', 1);
      const mapped = ofHttp('[::ffff:127.0.0.1]:80', '[::ffff:127.0.0.1]:40000', 2);
      const other = ofHttp('127.0.0.1:40001', '127.0.0.1:81', 3);
      const { source } = asking([[client, mapped, other]]);
      const selection = {
        ...plainly.selection,
        isLate: true,
        late: ({ peer }: Socket) => peer?.owners[0]?.pid === 2,
      };
      const query = queryOf({ families: ['inet'], protocols: ['tcp'] });
      const options = { ...plainly, selection, needs };
      expect(await allOf(readRows(source, query, options, silent).batches)).toEqual([[client]]);
      expect(client.peer).toMatchObject({ inode: 2 });
    });

    it('asks for the peers of UNIX sockets only where these are asked for', async () => {
      let times = 0;
      const source: Source = {
        ...asking([]).source,
        unixPeers: async () => {
          times++;
          return null;
        },
      };
      for (const protocols of [['tcp'], ['unix']] as const) {
        await allOf(
          readRows(source, queryOf({ protocols }), { ...plainly, needs }, silent).batches,
        );
      }
      expect(times).toBe(1);
    });

    it('warns of UNIX sockets whose peers the platform never reports', async () => {
      const sink = warningSink();
      await allOf(readRows(asking([]).source, queryOf({}), { ...plainly, needs }, sink).batches);
      expect(sink.warnings).toMatchObject([{ code: 'absent', source: 'unix' }]);
    });
  });

  it('is refused where a protocol was named that the platform lacks', () => {
    const query = queryOf({ protocols: ['raw'], protocolsNamed: true });
    expect(() => readRows(asking([]).source, query, plainly, silent)).toThrow(
      'raw: tsnetstat does not list these sockets on Linux, but tcp, udp, unix',
    );
  });
});

it('a report that the platform has not is refused', () => {
  expect(() => readRows(asking([]).source, queryOf({ report: 'groups' }), plainly, silent)).toThrow(
    'groups: not supported on Linux',
  );
});

describe('the interfaces that there are', () => {
  it('go by name and by number', async () => {
    const faces = [netInterface('lo', { index: 1 }), netInterface('eth0', { index: null })];
    expect(await interfaceNames(asking([faces]).source)).toEqual(new Set(['lo', '1', 'eth0']));
  });

  it.each<[string, Source]>([
    ['the platform lists none', { ...asking([]).source, reports: ['sockets'] }],
    ['it says that there is none', asking([]).source],
    ['they cannot be read', asking([], new NetstatError('unreadable', 'dev: no')).source],
  ])('are not known where %s', async (_, source) => {
    expect(await interfaceNames(source)).toBeNull();
  });

  it('do not hide an error of our own code', async () => {
    await expect(interfaceNames(asking([], new TypeError('x')).source)).rejects.toThrow(TypeError);
  });
});

describe('the interfaces that are asked for by name', () => {
  const faces = ['lo', 'eth0', 'eth1'].map((name) => netInterface(name, {}));
  const read = (names: readonly string[], options: Partial<ReadOptions> = {}, there = faces) => {
    const query = { ...queryOf({ report: 'interfaces' }), interfaces: names };
    return readRows(
      asking([there.slice(0, 1), there.slice(1)]).source,
      query,
      { ...plainly, ...options },
      silent,
    );
  };

  it('are shown alone, in the order of the machine', async () => {
    expect(await allOf(read(['eth1', 'lo']).batches)).toEqual([[faces[0], faces[2]]]);
    expect((await allOf(read([]).batches)).flat()).toEqual(faces);
  });

  it('are refused if one is missing, before any is shown, with some that there are', async () => {
    const message = 'eth9: there is no interface of that name; there are lo, eth0, eth1';
    await expect(read(['lo', 'eth9']).begun()).rejects.toThrow(new RegExp(`^${message}$`));
    await expect(allOf(read(['lo', 'eth9']).batches)).rejects.toThrow(message);
    const crowd = Array.from({ length: 21 }, (_, i) => netInterface(`v${i}`, {}));
    await expect(allOf(read(['x'], {}, crowd).batches)).rejects.toThrow(/v18, v19 and others$/);
    await expect(allOf(read(['x'], {}, crowd.slice(1)).batches)).rejects.toThrow(/v19, v20$/);
  });

  it('may be missing where a later round may find them', async () => {
    const options = { mayBeMissing: true };
    expect(await allOf(read(['lo', 'eth9'], options).batches)).toEqual([[faces[0]]]);
    expect(await allOf(read(['eth9'], options).batches)).toEqual([]);
  });

  it.each([true, false])(
    'are no expression, which is refused: may be missing: %s',
    async (mayBeMissing) => {
      const refusalOf = (...names: string[]) =>
        read(names, { mayBeMissing })
          .begun()
          .then(
            () => null,
            ({ code, about }) => [code, about],
          );
      const conditions = ['dst 10.0.0.5', 'state established', 'DST 10.0.0.5', 'dst eth9'];
      conditions.push('dev lo', 'DEVICE eth9', 'not dev lo', 'not dst 10.0.0.5');
      for (const words of conditions) {
        expect(await refusalOf(...words.split(' ')), words).toEqual(['usage', 'expression']);
      }
      const missing = mayBeMissing ? null : ['usage', 'interfaces'];
      for (const words of ['dst', 'src dst', 'lo dst', 'eth9 state']) {
        expect(await refusalOf(...words.split(' ')), words).toEqual(missing);
      }
      for (const words of ['local lo', 'not eth0', 'dst eth9 lo', 'not eth9']) {
        expect(await refusalOf(...words.split(' ')), words).toEqual(missing);
      }
      const faces = ['src', 'dst'].map((name) => netInterface(name, {}));
      expect(await allOf(read(['src', 'dst'], { mayBeMissing }, faces).batches)).toEqual([faces]);
    },
  );
});
