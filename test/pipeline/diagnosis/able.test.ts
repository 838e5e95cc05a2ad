import { describe, expect, it } from 'vitest';
import type { Check } from '../../../src/analysis/checks/check.ts';
import type { InetSocket, Socket } from '../../../src/model/socket/socket.ts';
import { defaultListing } from '../../../src/options/default-listing.ts';
import {
  lackingFact,
  lacksFact,
  partlyKnown,
  whyNot,
} from '../../../src/pipeline/diagnosis/able.ts';
import type { DiagnosisParts } from '../../../src/pipeline/diagnosis/parts.ts';
import type { Source } from '../../../src/sources/source.ts';
import { inet, tcpInfo, unixSocket } from '../../support/builders.ts';
import { fakeSource } from '../../support/fake-source.ts';

type About = Check['about'];

/** A check that has these needs. */
const checking = (about: About, needs: Partial<Check['needs']> = {}) =>
  ({ name: 'echo', about, needs: { protocols: ['tcp'], ...needs } }) as unknown as Check;

/** One about the machine, or about the processes of a service. */
const ofService = { ...checking('machine'), ofService: true } as const;

interface Asked {
  readonly source?: Partial<Source>;
  readonly query?: Partial<DiagnosisParts['query']>;
  readonly netns?: DiagnosisParts['netns'];
  readonly isFiltered?: boolean;
  readonly isNamed?: boolean;
  readonly service?: object | null;
}

const why = (check: Check, asked: Asked = {}) => {
  const { source, query, netns = 'own', isFiltered = false, isNamed = false, service } = asked;
  return whyNot(check, isNamed, {
    source: { ...fakeSource(), systemFacts: async () => [], ...source },
    query: { ...defaultListing.query, which: 'all', ...query },
    selection: { isPlain: !isFiltered },
    ...{ netns, service },
  } as unknown as DiagnosisParts);
};

const filters = { ...defaultListing.query.filters, port: ['80', '443'] };
const named = { inode: 5, name: 'web', own: false } as const;
const whole = (what: string) =>
  `it is about the whole ${what}, but sockets are filtered; name it to run it anyway`;

describe('why a check cannot run', () => {
  it.each<[string, Check, Asked, string | null]>([
    ['it can', checking('sockets'), {}, null],
    [
      'a capture is one reading',
      checking('sockets', { twoReadings: true }),
      { source: { isStill: true } },
      'it compares two readings, but a captured /proc has only one',
    ],
    ['one reading is enough for others', checking('sockets'), { source: { isStill: true } }, null],
    ['two readings', checking('sockets', { twoReadings: true }), {}, null],
    ['a filter chooses sockets', checking('sockets'), { isFiltered: true }, null],
    ['but no machine', checking('machine'), { isFiltered: true }, whole('machine')],
    ['nor a network', checking('network'), { isFiltered: true }, whole('network')],
    ['unless named', checking('machine'), { isFiltered: true, isNamed: true }, null],
    [
      'protocols are a filter',
      checking('network'),
      { query: { protocolsNamed: true } },
      whole('network'),
    ],
    ['so are servers', checking('network'), { query: { which: 'listening' } }, whole('network')],
    [
      'no service is asked about',
      checking('service'),
      { service: null },
      'it is about one service: select one with --port, --program or --remote',
    ],
    [
      'two are',
      checking('service'),
      { query: { filters }, service: null },
      'it is about one service: select a single port, by its number',
    ],
    ['one is, by a filter', checking('service'), { service: {}, isFiltered: true }, null],
    ['its processes, of a machine', ofService, { service: {}, isFiltered: true }, null],
    ['in one network too', ofService, { service: {}, netns: named }, null],
    ['but if none is asked about', ofService, { isFiltered: true }, whole('machine')],
    ['two ports are sockets', checking('sockets'), { query: { filters }, service: null }, null],
    [
      'one network is not the machine',
      checking('machine'),
      { netns: named },
      'it is about the machine, but one network namespace was selected',
    ],
    ['it is a network', checking('network'), { netns: named }, null],
    ['all are the machine', checking('machine'), { netns: 'all' }, null],
    [
      'the platform has no such sockets',
      checking('sockets', { protocols: ['sctp'] }),
      { source: { protocols: ['tcp', 'udp'] } },
      'Linux does not provide sockets of sctp',
    ],
    [
      'it has some of them',
      checking('sockets', { protocols: ['tcp', 'sctp'] }),
      { source: { protocols: ['tcp', 'udp'] } },
      null,
    ],
    [
      'none are needed',
      checking('machine', { protocols: [] }),
      { source: { protocols: [] } },
      null,
    ],
    [
      'none were selected',
      checking('sockets'),
      { query: { protocols: ['udp'] } },
      'no sockets of tcp were selected',
    ],
    [
      'some were',
      checking('sockets', { protocols: ['tcp', 'udp'] }),
      { query: { protocols: ['udp'] } },
      null,
    ],
    ...(['network', 'machine'] as const).map((about): [string, Check, Asked, string] => [
      `some are no ${about}`,
      checking(about, { protocols: ['tcp', 'udp'] }),
      { query: { protocols: ['udp'] } },
      'no sockets of tcp were selected',
    ]),
    [
      'files lack records',
      checking('sockets', { tcpInfo: true }),
      { source: { facts: [] } },
      "only a live Linux provides TCP's internals, not --proc-root",
    ],
    [
      'other machines too',
      checking('sockets', { socketInfo: true }),
      { source: { facts: ['machines'] } },
      'machines read with --on do not provide memory, drops and accept queues of sockets',
    ],
    [
      'so do other platforms',
      checking('sockets', { rowFacts: ['timers'] }),
      { source: { platform: 'darwin', facts: [] } },
      'macOS does not provide timers of sockets',
    ],
    [
      'they do not',
      checking('sockets', { tcpInfo: true, socketInfo: true, rowFacts: ['queues', 'timers'] }),
      { source: { facts: ['tcpInfo', 'socketInfo', 'queues', 'timers'] } },
      null,
    ],
    [
      'limits are not known',
      checking('sockets', { facts: ['orphanLimit'] }),
      { source: { platform: 'win32', systemFacts: undefined as never } },
      'limits and settings of Windows are not supported',
    ],
    ['they are', checking('sockets', { facts: ['orphanLimit'] }), {}, null],
    [
      'naming it would not help there',
      checking('machine', { facts: ['orphanLimit'] }),
      { source: { platform: 'darwin', systemFacts: undefined as never }, isFiltered: true },
      'limits and settings of macOS are not supported',
    ],
    [
      'nor would a service',
      checking('service', { exposure: true }),
      { source: { platform: 'win32', facts: [] }, service: null },
      'Windows does not provide the exposure of servers',
    ],
    [
      'they are not needed',
      checking('sockets', { usefulFacts: ['orphanLimit'] }),
      { source: { systemFacts: undefined as never } },
      null,
    ],
    ...(['routes', 'interfaces'] as const).map((report): [string, Check, Asked, string] => [
      `${report} are not`,
      checking('sockets', { [report]: true }),
      { source: { reports: ['sockets'] } },
      `${report} are not supported on Linux`,
    ]),
    [
      'nor are counters',
      checking('sockets', { counters: true }),
      { source: { reports: ['sockets'] } },
      'statistics are not supported on Linux',
    ],
    [
      'counters are only useful',
      checking('sockets', { counters: 'useful' }),
      { source: { reports: ['sockets'] } },
      null,
    ],
  ])('%s', (_, check, asked, reason) => {
    expect(why(check, asked)).toBe(reason);
  });
});

describe('facts of the machine', () => {
  const check = checking('sockets', { facts: ['orphanLimit', 'timeWaitLimit'] });

  it('that are missing are a reason not to run, and those known in part one to say so', () => {
    const known = { orphanLimit: 7, timeWaitLimit: 8 };
    const missing = { timeWaitLimit: 'half of it', orphanLimit: 'denied' };
    expect(lackingFact(check, { values: known, missing: {} })).toBeNull();
    expect(lackingFact(check, { values: { timeWaitLimit: 8 }, missing: {} })).toBe(
      'orphanLimit is unknown there',
    );
    expect(lackingFact(check, { values: { timeWaitLimit: 8 }, missing })).toBe('denied');
    expect(lackingFact(checking('sockets'), { values: {}, missing })).toBeNull();
    expect(partlyKnown(check, { values: { timeWaitLimit: 8 }, missing })).toEqual(['half of it']);
    expect(partlyKnown(check, { values: known, missing: {} })).toEqual([]);
  });
});

describe('a socket lacks what a check needs', () => {
  const connection = (more: Partial<InetSocket> = {}) => inet('192.0.2.1:80', '192.0.2.2:7', more);
  const server = (more: Partial<InetSocket> = {}) => inet('0.0.0.0:80', '0.0.0.0:0', more);
  const datagram = (drops: number | null) =>
    inet('0.0.0.0:53', '0.0.0.0:0', { protocol: 'udp', state: 'UNCONN', drops });
  const record = { tcpInfo: true } as const;
  const memory = { socketInfo: true } as const;

  it.each<[string, Partial<Check['needs']>, Socket, boolean]>([
    ['a record', record, connection({ tcpInfo: null }), true],
    ['not: it has one', record, connection({ tcpInfo: tcpInfo() }), false],
    ['not: none was needed', {}, connection({ tcpInfo: null }), false],
    ['not: the kernel has none of it', record, connection({ state: 'TIME_WAIT' }), false],
    ['not: it listens', record, server(), false],
    ['not: it is no TCP', record, connection({ protocol: 'udp', state: 'ESTABLISHED' }), false],
    ['not: it is of the UNIX domain', { ...record, ...memory }, unixSocket(), false],
    ['the limit of its queue', memory, server({ acceptQueue: null }), true],
    ['also of an unknown limit', memory, server({ acceptQueue: { length: 1, limit: null } }), true],
    ['not: it is known', memory, server({ acceptQueue: { length: 1, limit: 128 } }), false],
    ['not: a connection has none', memory, connection(), false],
    ['its drops', memory, datagram(null), true],
    ['not: they are known', memory, datagram(0), false],
    ['not: they were not needed', record, datagram(null), false],
  ])('%s', (_, needs, socket, expected) => {
    expect(lacksFact(socket, checking('sockets', needs))).toBe(expected);
  });
});
