import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { attributesOf } from '../../src/attributes/index.ts';
import { allProtocols } from '../../src/model/protocol.ts';
import type { Need } from '../../src/model/request/needs.ts';
import type { Socket } from '../../src/model/socket/socket.ts';
import { compileSelection } from '../../src/select/compile-selection.ts';
import { fieldRule } from '../../src/select/fields.ts';
import { ignoredBy } from '../../src/select/ignored.ts';
import { inet, owner, tcpInfo, unit, unix } from '../support/builders.ts';
import { anySocket, lookups, query } from './sockets.ts';

const ago = (milliseconds: number) => new Date(Date.now() - milliseconds).toISOString();

const holder = owner(10, 'nginx', {
  ...{ commandLine: 'nginx -g daemon off;', executable: '/usr/sbin/nginx', fd: 6, uid: 33 },
  ...{ startedAt: ago(60_000), executableDeleted: true },
  parents: [
    { pid: 1, name: 'systemd' },
    { pid: 5, name: null },
  ],
});
const other = owner(11, 'sh', { executableDeleted: false, startedAt: null, parents: null, uid: 0 });

const sockets = {
  shared: inet('10.1.2.3:443', '192.0.2.1:9', {
    owners: [other, holder],
    tcpInfo: tcpInfo(),
    timer: { kind: 'keepalive', expiresIn: 1, retransmits: 0, probes: 0 },
    createdAt: ago(3_600_000),
    ...{ noWorkload: 'denied', exposure: { kind: 'unknown', published: [], reason: 'no nft' } },
    peer: { inode: 1, owners: [], noOwner: 'denied', workload: unit('web.service') },
  }),
  bare: inet('10.1.2.3:444', '192.0.2.1:9', { owners: [], noOwner: 'denied', mark: 7 }),
  association: inet('10.1.2.3:1', '192.0.2.1:9', {
    protocol: 'sctp',
    associationState: 'COOKIE_WAIT',
    owners: [],
  }),
  file: unix('/run/a', { type: 'SEQPACKET', owners: [] }),
} satisfies Record<string, Socket>;

function selectionOf(expression: string) {
  const asked = query({ expression: [expression] }, { protocols: allProtocols });
  return compileSelection(asked, lookups);
}

function chosen(expression: string): string {
  const { early, late } = selectionOf(expression);
  return Object.entries(sockets)
    .filter(([, socket]) => early(socket) && late(socket))
    .map(([name]) => name)
    .join(' ');
}

const ofProcesses: readonly Need[] = ['owners', 'ownerDetails'];

describe('fields of expressions', () => {
  it('are all that rows can be sorted by, except states, which have words of their own', () => {
    const without = attributesOf('sockets')
      .filter(({ key, sort }) => sort !== undefined && fieldRule(key) === undefined)
      .map(({ key }) => key);
    expect(without).toEqual(['state']);
  });

  it.each<[expression: string, names: string, needs: readonly Need[]]>([
    ['congestion = cubic', 'shared', ['tcpInfo']],
    ['congestion = bbr', '', ['tcpInfo']],
    ['tcpoptions = wscale', 'shared', ['tcpInfo']],
    ['tcpoptions = ecn', '', ['tcpInfo']],
    ['started < 5m', 'shared', ofProcesses],
    ['started > 5m', '', ofProcesses],
    ['not started < 5m', 'bare association file', ofProcesses],
    ['created > 59m and created < 61m', 'shared', ['createdAt']],
    ['euser = www-data', 'shared', ofProcesses],
    ['euser = 0', 'shared', ofProcesses],
    ['euser = 7', '', ofProcesses],
    ['parents = systemd', 'shared', ofProcesses],
    ['parents = nginx', '', ofProcesses],
    ['deleted = yes', 'shared', ofProcesses],
    ['deleted = NO', 'shared', ofProcesses],
    ['not deleted = yes', 'bare association file', ofProcesses],
    ['command = *daemon*', 'shared', ofProcesses],
    ['executable = /usr/sbin/nginx', 'shared', ofProcesses],
    ['fd = 6', 'shared', ['owners']],
    ['fd > 6', '', ['owners']],
    ['noowner = denied', 'bare', ['owners']],
    ['peernoowner = denied', 'shared', ['owners', 'peers']],
    ['peerworkload = web.*', 'shared', ['owners', 'peers', 'workloads']],
    ['noworkload = denied', 'shared', ['owners', 'workloads']],
    ['exposurereason = *nft', 'shared', ['exposure']],
    ['type = seqpacket', 'file', []],
    ['type = SEQPACKET or type = stream', 'file', []],
    ['path = /run/*', 'file', []],
    ['not path = *', 'shared bare association', []],
    ['timer = keepalive', 'shared', ['timers']],
    ['assoc = cookie-wait', 'association', []],
    ['assoc = COOKIE_WAIT', 'association', []],
    ['fwmark = 0x7', 'bare', ['socketInfo']],
    ['mark = 0x3/0x3', 'bare', ['socketInfo']],
    ['mark = 2/0x3 or mark = 8/8', '', ['socketInfo']],
    ['mark != 2/0x3 and sport = 444', 'bare', ['socketInfo']],
  ])('%s', (expression, names, needs) => {
    expect(chosen(expression)).toBe(names);
    expect(selectionOf(expression).needs).toEqual(needs);
  });

  it.each([
    ['mark = 1/x', 'expected a mark, or one with a mask of 32 bits such as 0x1/0x3, found'],
    ['mark = /3', 'expected a mark, or one with a mask'],
    ['mark = 1/0x100000000', 'expected a mark, or one with a mask'],
    ['mark = 1/3/5', 'expected a mark, or one with a mask'],
    ['mark > 1/3', "expected a mark without a mask after >, found '1/3'"],
    ['cookie = 1/3', "expected a whole number, found '1/3'"],
    ['inode = 9007199254740993', "expected an inode number, found '9007199254740993'"],
    ['recvq = 9007199254740993', "found '9007199254740993'"],
    ['recvq = 9007199254740993kB', "found '9007199254740993kB'"],
    ['deleted = maybe', 'expected yes or no, found'],
    ['timer = onn', '(off on keepalive timewait probe)'],
    ['type < stream', 'expected = or !='],
    ['started < soon', 'expected a time ago such as 5m, 2h or 3d (no dates), found'],
    ['euser = nobody-here', "a user's name or number"],
  ])('%s is wrong', (expression, message) => {
    expect(() => selectionOf(expression)).toThrow(message);
  });

  it.each(['congestion = cubic', 'tcpoptions = ts', 'not congestion = cubic'])(
    '%s is unknown of a connection without tcp_info, and of no other socket',
    (expression) => {
      const { isUndecided } = selectionOf(expression);
      const undecided = Object.entries(sockets).filter(([, socket]) => isUndecided(socket));
      expect(undecided.map(([name]) => name)).toEqual(['bare']);
    },
  );
});

describe('how long ago something was', () => {
  const timed = new Set(['started', 'created', 'age']);
  const read = Date.parse('2026-03-01T12:00:00.000Z');
  const day = 86_400_000;
  beforeEach(() => {
    vi.useFakeTimers({ now: read });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const numbers = attributesOf('sockets').filter(({ filter }) => filter?.kind.startsWith('number'));
  const at = new Date(read - 60_000).toISOString();
  const rows = [
    inet('192.0.2.1:80', '0.0.0.0', { createdAt: at, owners: [{ ...holder, startedAt: at }] }),
    inet('192.0.2.1:81', '0.0.0.0', { createdAt: null, owners: [] }),
  ];

  it.each(numbers.map(({ key }) => key))(
    '%s is the same of rows that were saved a day before',
    (key) => {
      const hour = timed.has(key) ? '1h' : '3600000';
      for (const text of [`${key} < ${hour}`, `not ( ${key} < ${hour} ) or sport = 1`]) {
        const { fit, fitAt } = selectionOf(text);
        const ignored = ignoredBy([text], { protocols: ['tcp'], lookups });
        const [live, left] = [rows.map(fit), rows.map(ignored.fit)];
        vi.setSystemTime(read + day);
        expect([text, rows.map(fitAt(read))]).toEqual([text, live]);
        expect([text, rows.map(ignored.fitAt(read))]).toEqual([text, left]);
        vi.setSystemTime(read);
      }
    },
  );

  it.each([...timed])('%s < 1h is no longer true a day later', (key) => {
    const { fit } = selectionOf(`${key} < 1h`);
    expect(rows.slice(0, 1).map(fit)).toEqual(['yes']);
    vi.setSystemTime(read + day);
    expect(rows.slice(0, 1).map(fit)).toEqual(['no']);
  });
});

describe('of a row without values, what may have gone unreported', () => {
  const numbers = attributesOf('sockets').filter(({ filter }) => filter?.kind === 'number');
  const nothing = {
    ...{ recvQueue: null, sendQueue: null, inode: null, timer: null, tcpInfo: null, rates: null },
    ...{ acceptQueue: null, drops: null, memory: null, mark: null, cookie: null, createdAt: null },
  };
  const ends = ['192.0.2.1:80', '198.51.100.7:40000'] as const;
  const queues = ['recvq', 'sendq'];
  const times = ['expires', 'retransmits', 'probes', 'mark', 'cookie', 'created', 'age'];
  const memory = attributesOf('sockets').flatMap(({ key, fields = [] }) =>
    fields.some((field) => field.startsWith('socketMemory.')) ? key : [],
  );

  it.each<[string, Socket, readonly string[]]>([
    ['TIME_WAIT', inet(...ends, { ...nothing, state: 'TIME_WAIT' }), [...queues, ...times]],
    ['SYN_RECV', inet(...ends, { ...nothing, state: 'SYN_RECV' }), [...queues, ...times]],
    [
      'FIN_WAIT2, which has no inode either',
      inet(...ends, { ...nothing, state: 'FIN_WAIT2', tcpInfo: tcpInfo() }),
      [...queues, ...times, 'drops', ...memory],
    ],
    [
      'LISTEN',
      inet('0.0.0.0:80', '0.0.0.0', nothing),
      [...queues, ...times, 'inode', 'acceptq', 'acceptlimit', 'drops', ...memory],
    ],
    [
      'UNIX',
      unix('/run/a', { ...nothing, inode: 1, state: 'CONNECTED' }),
      [...queues, 'cookie', 'drops', ...memory],
    ],
  ])('%s', (_, socket, expected) => {
    const undecided = numbers.filter(({ key }) => selectionOf(`${key} = 9`).isUndecided(socket));
    expect(undecided.map(({ key }) => key).sort()).toEqual([...expected].sort());
  });
});

describe('several values, separated by commas', () => {
  const keys = attributesOf('sockets').flatMap(({ key }) => (fieldRule(key) ? key : []));
  const ofKind: Readonly<Record<string, readonly [string, string]>> = {
    number: ['0', '17'],
    numbers: ['0', '6'],
    port: ['22', '443'],
    host: ['10.1.2.3', '192.0.2.1'],
    user: ['root', '33'],
    'process-user': ['root', '33'],
    pid: ['10', '123'],
    program: ['nginx', 'sh*'],
    protocol: ['tcp6', 'unix'],
    family: ['inet6', 'unix'],
  };

  /** Two values of a field. */
  function valuesOf(key: string): readonly [string, string] {
    const { filter } = attributesOf('sockets').find((one) => one.key === key) ?? {};
    const [one, two] = fieldRule(key)?.words ?? [];
    if (filter?.kind === 'text' && one !== undefined && two !== undefined) return [one, two];
    return ofKind[filter?.kind ?? ''] ?? ['*a*', 'nginx*'];
  }

  it.each(keys)('%s = any of them, != none of them', (key) => {
    const [one, two] = valuesOf(key);
    const list = selectionOf(`${key} = ${one},${two}`);
    const none = selectionOf(`${key} != ${two},${one}`);
    const spelled = selectionOf(`${key} = ${one} or ${key} = ${two}`);
    const opposite = { yes: 'no', no: 'yes', unknown: 'unknown' };
    fc.assert(
      fc.property(fc.oneof(anySocket, fc.constantFrom(...Object.values(sockets))), (socket) => {
        expect(list.fit(socket)).toBe(spelled.fit(socket));
        expect(list.early(socket)).toBe(spelled.early(socket));
        expect(none.fit(socket)).toBe(opposite[list.fit(socket)]);
      }),
    );
  });

  const comma = unix('/run/a,b', { owners: [owner(1, 'x,y')] });
  it.each([
    ['path = /run/a,b', true],
    ['path = "/run/a,b"', true],
    ['path = /run/a,/run/b', false],
    ['src = /run/a,b', true],
    ['src = /run/a,/run/b', false],
    ['src = /run/b,/run/a,b', false],
    ['src = /run/b,/run/*', true],
    ['program = x,y', true],
    ['program = z,x*', true],
    ['program = "x*,z"', false],
    ['program = "x,y"', true],
    ['program = ,x*,', true],
  ])('a name may contain one: %s of /run/a,b that x,y holds: %s', (expression, expected) => {
    expect(selectionOf(expression).fit(comma)).toBe(expected ? 'yes' : 'no');
  });

  it.each([
    ['sport = 22,70000', 12, "expected a port from 0 to 65535, a service's name"],
    ['sport = 22,', 12, ': a value is missing beside a comma'],
    ['sport != ,22', 10, ': a value is missing beside a comma'],
    ['state listen,', 14, ': a value is missing beside a comma'],
    ['sport = ,', 9, "expected a port from 0 to 65535, a service's name or a range"],
    ['sport = [22,80]', 9, "found '[22'; write sport = 22,80"],
    ['sport = {22}', 9, "found '{22}'; write sport = 22"],
    ['user = {root}', 8, 'write user = root'],
    ['sport = {}', 9, "found '{}'"],
    ['pid != {1,2}', 8, "found '{1'; write pid != 1,2"],
    ['timer = on,onn', 12, '(off on keepalive timewait probe)'],
    ['program = ,', 11, "expected a program's name, found ''"],
    ['recvq > 1,5', 9, "found '1,5'; several values follow = or !="],
  ])('a wrong one is shown: %s', (expression, position, message) => {
    expect(() => selectionOf(expression)).toThrow(`position ${position}: `);
    expect(() => selectionOf(expression)).toThrow(message);
  });
});
