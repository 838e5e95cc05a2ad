import { describe, expect, test } from 'vitest';
import { socketGroups } from '../../src/analysis/socket-groups.ts';
import { allProtocols } from '../../src/model/protocol.ts';
import type { Grouping } from '../../src/model/socket/grouping.ts';
import type { Socket } from '../../src/model/socket/socket.ts';
import { compileSelection } from '../../src/select/compile-selection.ts';
import { asValue } from '../../src/select/expression/as-value.ts';
import { programTest } from '../../src/select/owners.ts';
import { lookups, query } from '../select/sockets.ts';
import { inet, owner, unit, unix } from '../support/builders.ts';

const words = { asValue, programTest };
const nginx = owner(1, 'nginx: worker');
const node = owner(2, 'node');
const sockets: readonly Socket[] = [
  inet('0.0.0.0:443', '0.0.0.0:0', { owners: [nginx] }),
  inet('192.0.2.1:443', '198.51.100.7:50000', {
    owners: [nginx, node],
    rates: { sent: 10, received: 1 },
  }),
  inet('192.0.2.1:443', '198.51.100.7:50001', {
    owners: [nginx],
    rates: { sent: 5, received: null },
  }),
  inet('[::1]:50002', '[2001:db8::9]:443', { owners: [], noOwner: 'denied', state: 'CLOSE_WAIT' }),
];

function groupsOf(grouping: Grouping) {
  return socketGroups(sockets, grouping, words).map(
    ({ name, count, established, listening, sent, received }) =>
      `${name}: ${count} ${established} ${listening} ${sent} ${received}`,
  );
}

describe('groups of sockets', () => {
  test.each<[Grouping, string[]]>([
    ['program', ['nginx: worker: 3 2 1 15 1', 'node: 1 1 0 10 1', 'null: 1 0 0 null null']],
    ['host', ['198.51.100.7: 2 2 0 15 1', '2001:db8::9: 1 0 0 null null', 'null: 1 0 1 null null']],
    ['port', ['443: 4 2 1 15 1']],
    [
      'state',
      ['ESTABLISHED: 2 2 0 15 1', 'CLOSE_WAIT: 1 0 0 null null', 'LISTEN: 1 0 1 null null'],
    ],
    ['workload', ['null: 4 2 1 15 1']],
  ])('by %s, the largest first; what is not known is null', (grouping, expected) => {
    expect(groupsOf(grouping)).toEqual(expected);
  });

  test('in another order', () => {
    const order = { key: 'sent', descending: false } as const;
    const groups = socketGroups(sockets, 'program', words, order);
    expect(groups.map(({ name }) => name)).toEqual(['node', 'nginx: worker', null]);
  });

  test('by port: a server with a high port is one group with all its clients', () => {
    const clients = [40_000, 44_270, 60_000].flatMap((port) => [
      inet('127.0.0.1:50051', `127.0.0.1:${port}`),
      inet(`127.0.0.1:${port}`, '127.0.0.1:50051'),
    ]);
    const all = [inet('127.0.0.1:50051', '0.0.0.0:0'), ...clients];
    const groups = socketGroups(all, 'port', words);
    expect(groups.map(({ name, count }) => [name, count])).toEqual([['50051', 7]]);
  });

  test.each<[Grouping, string[]]>([
    ['program', ['program = "nginx: worker"', 'program = node', 'not program = *']],
    ['host', ['dst = 198.51.100.7', 'dst = [2001:db8::9]', 'not dport > 0']],
    ['port', ['( sport = 443 or dport = 443 )']],
    ['state', ['state established', 'state close-wait', 'state listening']],
    ['workload', ['not workload = *']],
  ])('by %s are chosen again by an expression', (grouping, expected) => {
    const conditions = socketGroups(sockets, grouping, words).flatMap(
      ({ condition }) => condition ?? [],
    );
    expect(conditions).toEqual(expected);
  });

  const wildcards = [
    '*',
    'py*',
    'python3',
    'a,b',
    'a',
    'a"b',
    `"'`,
    'and',
    '',
    'αβ',
    'x\u001by',
    'PM2 v5.1.0',
    'PM2 v5.1.0: God Daemon',
    'my app',
    'my',
  ].map((name, at) => owner(10 + at, name));
  const odd: readonly Socket[] = [
    ...sockets,
    ...wildcards.map((one) => inet('0.0.0.0:80', '0.0.0.0:0', { owners: [one] })),
    inet('0.0.0.0:81', '0.0.0.0:0', { owners: [owner(30, 'py*'), owner(31, 'nginx')] }),
    // Both of its ports are servers' ones.
    inet('192.0.2.1:443', '198.51.100.7:80'),
    inet('192.0.2.1:80', '198.51.100.7:443'),
    inet('0.0.0.0:53', '0.0.0.0:0', { protocol: 'udp' }),
    inet('192.0.2.1:53', '198.51.100.7:9', { protocol: 'udp', state: 'ESTABLISHED' }),
    inet('[::]:1', '[::]:0', { protocol: 'raw', state: 'UNKNOWN(7)' }),
    inet('0.0.0.0:82', '0.0.0.0:0', { state: 'CLOSE' }),
    unix('/run/a'),
    unix(null, { owners: [], state: 'CONNECTED' }),
    unix(null, { state: 'LISTENING' }),
    unix(null, { state: 'UNCONNECTED' }),
  ];

  test.each<Grouping>(['program', 'host', 'port', 'workload', 'state'])(
    'by %s: the expression selects those that were counted',
    (grouping) => {
      for (const { name, condition, count } of socketGroups(odd, grouping, words)) {
        const asked = query({ expression: [condition ?? ''] }, { protocols: allProtocols });
        const { late, early } = compileSelection(asked, lookups);
        const selected = odd.filter((one) => early(one) && late(one));
        expect.soft(selected, `${name}: ${condition}`).toHaveLength(count);
        if (grouping === 'state') expect(new Set(selected.map(({ state }) => state)).size).toBe(1);
      }
    },
  );

  describe('a program is chosen by its name', () => {
    const conditionOf = (name: string, ...rows: readonly (readonly string[])[]) =>
      socketGroups(
        rows.map((programs, row) => {
          const owners = programs.map((one, at) => owner(10 * row + at + 1, one));
          return inet('0.0.0.0:80', '0.0.0.0:0', { owners });
        }),
        'program',
        words,
      ).find((group) => group.name === name)?.condition;

    test.each<[string, string, readonly (readonly string[])[]]>([
      ['with `*` that selects no other', 'program = "redis-server *:6379"', [['redis'], ['node']]],
      ['with `*` in two processes', 'program = "redis-server *:6379"', [['redis-server *:6379']]],
    ])('%s', (_, expected, others) => {
      expect(conditionOf('redis-server *:6379', ['redis-server *:6379'], ...others)).toBe(expected);
    });

    test('without those of longer names', () => {
      const expected = 'program = sshd and not program = sshd:*';
      expect(conditionOf('sshd', ['sshd', 'sshdx'], ['sshd: root'], ['sshd:'])).toBe(expected);
      expect(conditionOf('my sshd', ['my sshd'], ['my sshd: root'])).toBe(
        'program = "my sshd" and not program = "my sshd:*"',
      );
    });

    test.each<[string, string, readonly (readonly string[])[], string]>([
      ['it selects another', 'py*', [['py*'], ['python3']], 'pid = 1'],
      ['longer names hold its sockets, too', 'sshd', [['sshd'], ['sshd', 'sshd: x']], 'pid = 1,11'],
      ['another has an address behind it', 'redis', [['redis'], ['redis *:6379']], 'pid = 1'],
      ['it cannot be written', `"'`, [[`"'`]], 'pid = 1'],
      ['it is empty', '', [['']], 'pid = 1'],
      [
        'there are very many with `*`',
        'x*0',
        Array.from({ length: 101 }, (_, at) => [`x*${at}`]),
        'pid = 1',
      ],
    ])('not if %s', (_, name, rows, expected) => {
      expect(conditionOf(name, ...rows)).toBe(expected);
    });
  });

  test('by workload are chosen again by its name, if no other is chosen with it', () => {
    const of = (name: string) => {
      const workload = unit(name);
      return { ...inet('0.0.0.0:80', '0.0.0.0:0'), workload, workloads: [workload] };
    };
    const rows = [of('nginx.service'), of('odd name.service'), of('all*.service')];
    const groups = socketGroups(rows, 'workload', words);
    expect(Object.fromEntries(groups.map(({ name, condition }) => [name, condition]))).toEqual({
      'nginx.service': 'workload = nginx.service',
      'odd name.service': 'workload = "odd name.service"',
      'all*.service': null,
    });
  });

  test('many programs with wildcards in their names take no longer than others', () => {
    const sum = { looked: 0 };
    const many = Array.from({ length: 50 }, (_, at) => {
      const socket = inet('0.0.0.0:80', '0.0.0.0:0');
      const owners = [owner(at, `redis *:${at}`)];
      return Object.defineProperty(socket, 'owners', {
        get() {
          sum.looked++;
          return owners;
        },
      });
    });
    expect(socketGroups(many, 'program', words)).toHaveLength(50);
    expect(sum.looked).toBeLessThan(50 * 5);
  });

  test('states of the same name in the same table, and numbers of several machines, select too much', () => {
    const free = [unix(null, { state: 'FREE' }), unix(null, { state: 'UNCONNECTED' })];
    const there = ['py*', 'python3'].map((name) =>
      inet('0.0.0.0:80', '0.0.0.0:0', { owners: [owner(1, name)], host: 'a' }),
    );
    const conditions = (rows: readonly Socket[], grouping: Grouping) =>
      socketGroups(rows, grouping, words).map(({ condition }) => condition);
    expect(conditions(free, 'state')).toEqual([null, null]);
    expect(conditions(there, 'program')).toEqual([null, 'program = python3']);
  });
});
