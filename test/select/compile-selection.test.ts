import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NetstatError } from '../../src/errors.ts';
import { allProtocols, type Protocol } from '../../src/model/protocol.ts';
import type { FilterOptions, Which } from '../../src/model/request/query.ts';
import { hasPeer, isListening } from '../../src/model/socket/classify.ts';
import { decided, patternInTable } from '../../src/model/socket/pattern.ts';
import type { Socket } from '../../src/model/socket/socket.ts';
import { type NoWorkload, unknownWorkload } from '../../src/model/socket/workload.ts';
import { compileSelection } from '../../src/select/compile-selection.ts';
import { selectionOf } from '../../src/select/index.ts';
import { inet, owner, tcpInfo, unix } from '../support/builders.ts';
import { isMatched } from '../support/patterns.ts';
import { anySocket, lookups, query, withoutOwners } from './sockets.ts';

const sockets = {
  web: inet('10.1.2.3:443', '0.0.0.0', { owners: [owner(10, 'nginx:'), owner(11, 'nginx:')] }),
  web6: inet('[::]:443', '[::]', { owners: [owner(10, 'nginx:')] }),
  local: inet('127.0.0.1:8080', '0.0.0.0', { owners: [owner(20, 'node')], uid: 33 }),
  local6: inet('[::1]:8080', '[::]'),
  mapped: inet('[::ffff:127.0.0.1]:9000', '[::]'),
  client: inet('10.1.2.3:40000', '192.0.2.1:443', { owners: [owner(30, 'Chrome.exe')] }),
  waiting: inet('10.1.2.3:40001', '192.0.2.1:443', { state: 'TIME_WAIT', owners: [] }),
  dns: inet('0.0.0.0:53', '0.0.0.0', { protocol: 'udp' }),
  resolver: inet('127.0.0.1:53', '0.0.0.0', { protocol: 'udp' }),
  lookup: inet('127.0.0.1:40000', '127.0.0.1:53', { protocol: 'udp' }),
  bound: inet('0.0.0.0:5000', '0.0.0.0', { state: 'BOUND' }),
  server: unix('/run/a', { state: 'LISTENING' }),
  datagram: unix('@b', { type: 'DGRAM', state: 'UNCONNECTED' }),
  stream: unix(null),
} satisfies Record<string, Socket>;

function chosen(filters: Partial<FilterOptions>, which: Which = 'all'): string {
  const protocols = ['tcp', 'udp', 'unix'] as const;
  const selection = compileSelection(query(filters, { which, protocols }), lookups);
  return Object.entries(sockets)
    .filter(([, socket]) => selection.early(withoutOwners(socket)))
    .filter(([, socket]) => selection.late(socket))
    .map(([name]) => name)
    .join(' ');
}

it('is decided by its patterns as far as they go', () => {
  const filters = fc.record({
    state: fc.subarray(['established', 'listening', 'closed']),
    port: fc.subarray(['22', '443', '40000-65535']),
    remote: fc.subarray(['10/8', '::/0', '0.0.0.0', '[::1]:22']),
  });
  const choices = fc.constantFrom<Which>('connected', 'listening', 'all');
  fc.assert(
    fc.property(filters, choices, anySocket, (chosen, which, socket) => {
      const { early, pattern, certain, isLate } = compileSelection(
        query(chosen, { which }),
        lookups,
      );
      expect(isLate).toBe(false);
      if (early(socket)) expect(isMatched(pattern, socket)).toBe(true);
      if (isMatched(certain, socket)) expect(early(socket)).toBe(true);
      if (which === 'all') expect(isMatched(certain, socket)).toBe(early(socket));
      if (which === 'connected' && socket.protocol === 'tcp') {
        expect(isMatched(certain, socket)).toBe(early(socket));
      }
    }),
    { numRuns: 1000 },
  );
});

it('may have a name only in the table of UNIX sockets', () => {
  const patternOf = (expression: string) =>
    compileSelection(
      query({ expression: [expression] }, { which: 'all', protocols: allProtocols }),
      lookups,
    ).pattern;
  expect(patternInTable(patternOf('src = /run/a'), { protocol: 'tcp', family: 'inet' })).toBe(
    false,
  );
  expect(patternInTable(patternOf('src = /run/a'), { protocol: 'unix' })).toBe(true);
  expect(patternInTable(patternOf('not src = /run/a'), { protocol: 'unix' })).toBe(true);
});

it.each<Which>(['connected', 'listening', 'all'])('so it is without filters: %s', async (which) => {
  const unasked = () => expect.unreachable();
  const { early, certain } = await selectionOf(query({}, { which }), unasked, unasked, unasked);
  fc.assert(
    fc.property(anySocket, (socket) => {
      if (isMatched(certain, socket)) expect(early(socket)).toBe(true);
    }),
  );
});

describe('--port and raw sockets, whose port in the tables is their IP protocol', () => {
  const raw = inet('0.0.0.0:443', '0.0.0.0', { protocol: 'raw' });
  const fits = (filters: Partial<FilterOptions>, protocols: readonly Protocol[]) => {
    const { early, late, pattern } = compileSelection(query(filters, { protocols }), lookups);
    return { fits: early(raw) && late(raw), pattern };
  };

  it.each<[string, Partial<FilterOptions>, readonly Protocol[], boolean]>([
    ['a port is not a protocol', { port: ['443'] }, ['tcp', 'udp', 'raw'], false],
    ['nor is one of a range', { port: ['1-500'] }, ['tcp', 'raw'], false],
    ['it is if only raw sockets are asked for', { port: ['443'] }, ['raw'], true],
    [
      'an expression means the column, as in ss',
      { expression: ['sport = :443'] },
      ['tcp', 'raw'],
      true,
    ],
    ['so does an address with its port', { local: [':443'] }, ['tcp', 'raw'], true],
  ])('%s', (_, filters, protocols, expected) => {
    expect(fits(filters, protocols).fits).toBe(expected);
  });

  it('does not keep a table that has ports from leaving rows out', () => {
    const inTcp = (protocols: Parameters<typeof fits>[1]) =>
      decided(fits({ port: ['443'] }, protocols).pattern, (atom) =>
        atom.kind === 'table' ? atom.protocol === 'tcp' : null,
      );
    expect(inTcp(['tcp', 'raw'])).toEqual(inTcp(['raw']));
  });
});

const servers = 'web web6 local local6 mapped dns resolver server';

describe('a filter with the same value many times', () => {
  it.each<[keyof FilterOptions, string]>([
    ['port', 'https'],
    ['user', 'root'],
  ])('looks %s up no more often than once', (filter, value) => {
    let asked = 0;
    const counting = {
      serviceNumber: () => ++asked && 443,
      userId: () => ++asked && 0,
    };
    const once = () => {
      asked = 0;
      compileSelection(query({ [filter]: [value] }), counting);
      return asked;
    };
    const expected = once();
    asked = 0;
    const values = new Array<string>(100_000).fill(value);
    compileSelection(query({ [filter]: [...values, values.join(',')] }), counting);
    expect(asked).toBe(expected);
  });
});

/** The owners of a row, and a peer whose owners are hidden. */
const held = { owners: [owner(1, 'x')], noOwner: null };
const ofRoot = owner(2, 'x', { uid: 0 });
const hiddenPeer = { inode: 1, owners: [], noOwner: 'denied' } as const;

/** A row whose own workload is not known, as that of its peer, for this reason. */
const ofPeer = (noWorkload: NoWorkload) => ({
  ...unknownWorkload,
  peer: { ...hiddenPeer, workload: null, noWorkload },
});

describe('compileSelection', () => {
  it.each<[string, Partial<FilterOptions>, string]>([
    ['a user', { user: ['33'] }, 'unknown'],
    ['not a user', { expression: ['not user = 33'] }, 'unknown'],
    ['a user and another port', { user: ['33'], port: ['80'] }, 'no'],
    ['a user or this port', { expression: ['user = 33 or sport = :8080'] }, 'yes'],
    ['this port', { port: ['8080'] }, 'yes'],
  ])('does not know of a row without a user whether it fits %s', (_, filters, expected) => {
    const untold = inet('127.0.0.1:8080', '0.0.0.0', { uid: null });
    expect(compileSelection(query(filters), lookups).fit(untold)).toBe(expected);
    expect(compileSelection(query(filters), lookups).fit(sockets.local)).not.toBe('unknown');
  });

  it.each<[title: string, expression: string, row: Partial<Socket>, fit: string]>([
    ['the reason itself', 'noworkload = unknown', { workload: null, noWorkload: 'unknown' }, 'yes'],
    ['another reason', 'noworkload = denied', { workload: null, noWorkload: 'unknown' }, 'no'],
    ['a workload not known', 'workload = x', { workload: null, noWorkload: 'unknown' }, 'unknown'],
    ['one not seen', 'not workload = x', { workload: null, noWorkload: 'denied' }, 'unknown'],
    ['one that is none', 'workload = x', { workload: null, noWorkload: 'none' }, 'no'],
    ['one not read', 'noworkload = unknown', {}, 'unknown'],
    ['one not read, which does not decide', 'workload = x and sport = 1', {}, 'no'],
    ['owners that are hidden', 'noowner = denied', { owners: [], noOwner: 'denied' }, 'yes'],
    ['owners not read', 'noowner = denied', { owners: null }, 'unknown'],
    ['a program that is hidden', 'not program = x', { owners: [], noOwner: 'denied' }, 'unknown'],
    ['a descriptor of that', 'fd = 3', { owners: [], noOwner: 'denied' }, 'unknown'],
    ['a known program or what is not', 'program = x or workload = y', held, 'yes'],
    ['a program without a name', 'program = x', { owners: [owner(1, null)] }, 'unknown'],
    ['a user of a process not known', 'euser = 0', held, 'unknown'],
    ['one that another process has', 'euser = 0', { owners: [...held.owners, ofRoot] }, 'yes'],
    ['one that nobody has', 'not euser = 33', { owners: [ofRoot] }, 'yes'],
    ['a start not known', 'not started < 5m', held, 'unknown'],
    ['a peer not read', 'peer = x', {}, 'unknown'],
    ['a peer whose program is hidden', 'peer = x', { peer: hiddenPeer }, 'unknown'],
    ['the reason of that', 'peernoowner = denied', { peer: hiddenPeer }, 'yes'],
    ['no peer here', 'not peer = x', { peer: null }, 'yes'],
    ['a peer of no workload', 'not peerworkload = x', ofPeer('none'), 'yes'],
    ['a peer of a workload not known', 'not peerworkload = x', ofPeer('unknown'), 'unknown'],
    ['one not seen', 'peerworkload = x', ofPeer('denied'), 'unknown'],
    [
      'no peer of a row of a workload not known',
      'not peerworkload = x',
      { ...unknownWorkload, peer: null },
      'yes',
    ],
    [
      'a known peer of a hidden program',
      'peer = x',
      { owners: [], noOwner: 'denied', peer: { ...hiddenPeer, ...held } },
      'yes',
    ],
  ])('says of a row whether it fits, as far as it is known: %s', (_, text, row, fit) => {
    const socket = { ...inet('127.0.0.1:8080', '192.0.2.1:1'), owners: [], ...row } as Socket;
    expect(compileSelection(query({ expression: [text] }), lookups).fit(socket)).toBe(fit);
  });

  it.each<[string, Partial<FilterOptions>, Which, string]>([
    ['all', {}, 'all', Object.keys(sockets).join(' ')],
    ['connected', {}, 'connected', 'client waiting lookup datagram stream'],
    ['listening', {}, 'listening', servers],
    [
      'a state lifts connected',
      { state: ['listen'] },
      'connected',
      'web web6 local local6 mapped server',
    ],
    ['a state lifts listening', { state: ['established'] }, 'listening', 'client lookup stream'],
    [
      'so does one in the expression',
      { expression: ['state', 'time-wait'] },
      'listening',
      'waiting',
    ],
    [
      'anywhere in it',
      { expression: ['(proto', 'udp', 'or', 'state', 'listening)'] },
      'connected',
      'web web6 local local6 mapped dns resolver lookup server',
    ],
    [
      'beside another condition',
      { expression: ['sport', '=', ':443', 'and', 'state', 'listening'] },
      'connected',
      'web web6',
    ],
    [
      'that it is not in',
      { expression: ['proto', 'udp', 'and', 'not', 'state', 'established'] },
      'connected',
      'dns resolver',
    ],
    [
      'alone, that it is not in',
      { expression: ['not', 'state', 'established'] },
      'connected',
      'web web6 local local6 mapped waiting dns resolver bound server datagram',
    ],
    [
      'an expression without states does not',
      { expression: ['sport', '=', ':53'] },
      'connected',
      '',
    ],
    [
      'states in a list',
      { state: ['time-wait,listening'] },
      'all',
      'web web6 local local6 mapped waiting server',
    ],
    [
      'states given apart',
      { state: ['TIME_WAIT', 'Listen'] },
      'all',
      'web web6 local local6 mapped waiting server',
    ],
    ['ports on either side', { port: ['443'] }, 'all', 'web web6 client waiting'],
    [
      'ports in a list',
      { port: ['https,53'] },
      'all',
      'web web6 client waiting dns resolver lookup',
    ],
    ['a range of ports', { port: ['40000-40001'] }, 'all', 'client waiting lookup'],
    ['ports and which', { port: ['443'] }, 'listening', 'web web6'],
    ['local', { local: ['10.0.0.0/8'] }, 'all', 'web client waiting'],
    ['local with port', { local: ['127.0.0.1:53'] }, 'all', 'resolver'],
    ['local mapped', { local: ['127.0.0.0/8'] }, 'all', 'local mapped resolver lookup'],
    ['local by path', { local: ['/run/*'] }, 'all', 'server'],
    ['remote', { remote: ['192.0.2.1:https'] }, 'all', 'client waiting'],
    ['several', { remote: ['192.0.2.1'], local: ['*:40001'] }, 'all', 'waiting'],
    ['pid, any owner', { pid: ['11'] }, 'all', 'web'],
    ['pids', { pid: ['11,20', '30'] }, 'all', 'web local client'],
    ['program', { program: ['node'] }, 'all', 'local'],
    ['programs', { program: ['node,nginx'] }, 'all', 'web web6 local'],
    ['programs, with commas that separate nothing', { program: [',node,'] }, 'all', 'local'],
    ['program by its title', { program: ['nginx'] }, 'all', 'web web6'],
    ['program on Windows', { program: ['chrome'] }, 'all', 'client'],
    ['program on Windows, whole', { program: ['CHROME.EXE'] }, 'all', 'client'],
    ['programs, wildcards', { program: ['n*', 'Chr*'] }, 'all', 'web web6 local client'],
    ['user by name', { user: ['www-data'] }, 'all', 'local'],
    ['user by number', { user: ['33'] }, 'all', 'local'],
    ['exposed', { exposed: true }, 'connected', 'web web6 dns'],
    ['exposed with a port', { exposed: true, port: ['53'] }, 'connected', 'dns'],
    [
      'filters and expression',
      { port: ['443'], expression: ['not', 'state', 'listening'] },
      'all',
      'client waiting',
    ],
    [
      'an expression of blanks',
      { expression: ['', ' '] },
      'connected',
      'client waiting lookup datagram stream',
    ],
  ])('%s', (_, filters, which, names) => {
    expect(chosen(filters, which)).toBe(names);
  });

  it.each<[Partial<FilterOptions>, readonly Protocol[], readonly string[]]>([
    [{ port: ['80'] }, ['tcp'], []],
    [{ user: ['33'] }, ['tcp'], ['users of --user']],
    [{ workload: ['web'] }, ['tcp'], ['workloads of --workload']],
    [
      {
        expression: [
          'not',
          'user',
          '=',
          '33',
          'and',
          '(workload',
          '=',
          'web',
          'or',
          'rtt',
          '>',
          '0)',
        ],
      },
      ['tcp'],
      ['users of user', 'workloads of workload', 'tcpInternals of rtt', 'tcpInfo of rtt'],
    ],
    [{ state: ['closed'] }, ['udp'], ['datagramPeers of --state']],
    [{ expression: ['state', 'closed'] }, ['udp', 'raw'], ['datagramPeers of state']],
    [{ state: ['closed'] }, ['udp', 'tcp'], []],
    [{}, ['udp'], []],
  ])('%j of %j asks what the platform must report: %j', (filters, protocols, expected) => {
    const told: string[] = [];
    compileSelection(query(filters, { protocols }), lookups, (asked) =>
      told.push(...asked.map(({ fact, filter }) => `${fact} of ${filter}`)),
    );
    expect(told).toEqual(expected);
  });

  it.each<[Partial<FilterOptions>, string]>([
    [
      { state: ['lstening'] },
      "--state: expected a state, found 'lstening'; did you mean listening?",
    ],
    [{ state: [''] }, '--state: expected a state (established'],
    [
      { port: ['80,nope'] },
      "--port: expected a port from 0 to 65535, a service's name or a range such as 8000-8100, found 'nope', which is not in this system's list of services",
    ],
    [
      { local: ['localhost'] },
      "--local: expected ADDRESS[/LENGTH][:PORT], found 'localhost'; names of hosts are not looked up here",
    ],
    [
      { remote: ['db-1.example.org:5432'] },
      "found 'db-1.example.org'; names of hosts are not looked up here, give an address",
    ],
    [{ remote: ['1.2.3.4:x y'] }, '--remote: expected a port'],
    [{ pid: ['me'] }, "--pid: expected a process id, found 'me'; for a name use --program"],
    [{ program: [''] }, "--program: expected a program's name, found ''"],
    [{ program: [','] }, "--program: expected a program's name, found ''"],
    [{ program: ['node', ' '] }, "--program: expected a program's name, found ''"],
    [{ workload: [', ,'] }, "--workload: expected a name, found ''"],
    [
      { workload: ['-tulpn'] },
      "--workload: expected a name (--workloads shows all, and takes none), found '-tulpn'",
    ],
    [{ workload: ['web,--json'] }, "found '--json'"],
    [{ workload: ['Docker:web'] }, "found 'Docker:web'; did you mean docker:web?"],
    [{ workload: ['web,dokcer:a*'] }, "found 'dokcer:a*'; did you mean docker:a*?"],
    [{ workload: ['Unit:ssh.service'] }, 'did you mean unit:ssh.service or unit:Unit:ssh.service?'],
    [{ workload: ['system:a.mount'] }, 'systemd:a.mount or unit:system:a.mount?'],
    [{ workload: ['k8s:shop/*'] }, "found 'k8s:shop/*'; did you mean pod:shop/*?"],
    [
      { workload: ['image:*'] },
      "--workload: expected a name, alone or after a kind (container pod unit scope service snap flatpak) or a runtime (docker podman containerd crio lxc nspawn systemd snapd windows), found 'image:*'",
    ],
    [
      { workload: ['docker:'] },
      "--workload: expected a name after docker:, found 'docker:'; did you mean docker:*?",
    ],
    [
      { user: ['ghost'] },
      "--user: expected a user's name or number, found 'ghost', which is not in this system's list of users",
    ],
    [{ expression: ['sport', '=', 'x y'] }, 'filter expression, position 11: expected '],
    [{ port: ['22,'] }, '--port: a value is missing beside a comma'],
    [{ state: ['listen,'] }, '--state: a value is missing beside a comma'],
  ])('%j', (filters, message) => {
    expect(() => chosen(filters)).toThrow(NetstatError);
    expect(() => chosen(filters)).toThrow(message);
  });

  it.each([
    ...['web', '*:web', 'd*:web', 'docker:web', 'pod:*', 'systemd:ssh.service', 'windows:Dnscache'],
    '-a.service',
    // A colon in a unit's own name.
    ...[
      'backup:daily.service',
      'pods:web.service',
      'k8s:node.service',
      'unit:units:web.service',
      'dbus-:1.2-*',
      'ifup@eth0:1.service',
      'user@1000.service/a:b.service',
    ],
  ])('takes the workload %s', (workload) => {
    expect(() => chosen({ workload: [workload] })).not.toThrow();
  });

  it('knows every address of an SCTP endpoint', () => {
    const homes = (...localAlternates: string[]) =>
      inet('127.0.0.1:3868', '0.0.0.0', { protocol: 'sctp', state: 'LISTEN', localAlternates });
    const keeps = (filters: Partial<FilterOptions>, socket: Socket) =>
      compileSelection(query(filters), lookups).early(socket);
    expect(keeps({ local: ['10.0.0.0/8:3868'] }, homes('10.0.0.1'))).toBe(true);
    expect(keeps({ local: ['10.0.0.0/8:3869'] }, homes('10.0.0.1'))).toBe(false);
    expect(keeps({ exposed: true }, homes('10.0.0.1'))).toBe(true);
    expect(keeps({ exposed: true }, homes('127.0.0.2'))).toBe(false);
  });

  it('asks for owners only where they decide', () => {
    const uses = (filters: Partial<FilterOptions>) =>
      compileSelection(query(filters), lookups).isLate;
    expect(uses({})).toBe(false);
    expect(uses({ port: ['80'], expression: ['user', 'root'] })).toBe(false);
    expect(uses({ pid: ['1'] })).toBe(true);
    expect(uses({ program: ['x'] })).toBe(true);
    expect(uses({ expression: ['not', 'program', 'x'] })).toBe(true);
    const selection = compileSelection(
      query({ port: ['443'], program: ['nginx'] }, { which: 'listening' }),
      lookups,
    );
    expect(
      Object.entries(sockets)
        .filter(([, socket]) => selection.early(withoutOwners(socket)))
        .map(([name]) => name),
    ).toEqual(['web', 'web6']);
  });

  it('without filters follows netstat', () => {
    fc.assert(
      fc.property(anySocket, (socket) => {
        const keep = (which: Which) =>
          compileSelection(query({}, { which }), lookups).early(socket);
        expect([keep('all'), keep('listening'), keep('connected')]).toEqual([
          true,
          isListening(socket),
          hasPeer(socket),
        ]);
      }),
    );
  });

  it('answers any filter with a selection or a NetstatError of usage', () => {
    const values = fc.array(
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 8 }),
        fc.constantFrom('80', '*', '10/8', '[::1]:x', ','),
      ),
      { maxLength: 2 },
    );
    const filters = fc.record({
      state: values,
      port: values,
      local: values,
      remote: values,
      pid: values,
      program: values,
      user: values,
      exposed: fc.boolean(),
      expression: values,
    });
    fc.assert(
      fc.property(filters, anySocket, (given, socket) => {
        try {
          const selection = compileSelection(query(given), lookups);
          if (selection.early(withoutOwners(socket))) selection.late(socket);
        } catch (error) {
          expect(error).toBeInstanceOf(NetstatError);
          expect((error as NetstatError).code).toBe('usage');
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('how long ago a socket was created', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: Date.parse('2026-03-01T12:00:00.000Z') });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const createdAt = (time: string | null) =>
    inet('192.0.2.1:80', '198.51.100.7:40000', { createdAt: time });
  const compiled = (expression: string) =>
    compileSelection(query({ expression: [expression] }), lookups);

  it.each([
    ['age < 5m', '2026-03-01T11:55:00.001Z', true],
    ['age < 5m', '2026-03-01T11:55:00.000Z', false],
    ['age >= 300000', '2026-03-01T11:55:00.000Z', true],
    ['age > 2h', '2026-03-01T09:59:59.000Z', true],
    ['age > 2h', '2026-03-01T10:00:01.000Z', false],
    ['age > 1d', '2026-02-28T11:59:59.000Z', true],
    ['age > 1d', '2026-02-28T12:00:01.000Z', false],
    ['age < 1s', '2026-03-01T12:00:09.000Z', true],
    ['age < 1d', null, false],
    ['age > 0', null, false],
    ['age != 0', null, true],
  ])('%s of one of %s: %s', (expression, time, expected) => {
    expect(compiled(expression).early(createdAt(time))).toBe(expected);
  });

  it('is declared as needed, and known as soon as a row is read', () => {
    const { needs, isLate } = compiled('age < 5m and sport = :80');
    expect([needs, isLate]).toEqual([['createdAt'], false]);
  });
});

describe('fields that the kernel alone knows', () => {
  const tcp = tcpInfo({ minRtt: 0.013 });
  const socket = inet('192.0.2.1:80', '198.51.100.7:40000', { tcpInfo: tcp, mark: 31 });
  const chooses = (expression: string) =>
    compileSelection(query({ expression: [expression] }), lookups).early(socket);

  it.each([
    ['rtt > 36ms', true],
    ['rtt < 1s and retrans > 0', true],
    ['rtt > 36000us', true],
    ['minrtt = 13us', true],
    ['minrtt >= 0.013ms and minrtt >= 13us', true],
    ['rtt > 37', false],
    ['rtt > 36.1', true],
    ['rtt > 36.2', false],
    ['sent > 2.8MB', true],
    ['sent >= 2896000', true],
    ['sent > 3MiB', false],
    ['sent > 2.7MiB', true],
    ['delivery > 200k', true],
    ['pacing > 0', false],
    ['pacing != 0', true],
    ['mark = 31', true],
    ['mark = 0x1f', true],
    ['mark >= 0X1F', true],
    ['mark = 0x1e', false],
    ['rtt > 0x24', true],
  ])('%s: %s', (expression, expected) => {
    expect(chooses(expression)).toBe(expected);
  });

  it.each([
    'rtt > 5parsecs',
    'rtt > 1MB',
    'sent > 200ms',
    'cwnd > 1k',
    'rtt > ms',
    'rtt > -1',
    'mark = 0x',
    'mark = 0xfg',
    'mark = -1',
  ])('refuses %s', (expression) => {
    expect(() => chooses(expression)).toThrow(/position \d+: expected/);
  });

  /** Of TCP, a connection, a server and what is past its end, as files tell them; UDP, which has drops there; UNIX. */
  const none = {
    ...{ acceptQueue: null, drops: null, memory: null, mark: null, cookie: null },
    device: null,
  };
  const queue = { length: 2, limit: null };
  const read = [
    inet('192.0.2.1:80', '198.51.100.7:40000', { tcpInfo: null, ...none }),
    inet('192.0.2.1:80', '0.0.0.0', { tcpInfo: null, ...none, acceptQueue: queue }),
    inet('192.0.2.1:80', '198.51.100.7:1', { state: 'TIME_WAIT', tcpInfo: null, ...none }),
    inet('0.0.0.0:53', '0.0.0.0', { protocol: 'udp', tcpInfo: null, ...none, drops: 3 }),
    unix('/run/a', { state: 'LISTENING', ...none }),
  ];
  it.each([
    ['rtt > 0', '? - - - -'],
    ['not ( rtt > 0 )', '? + + + +'],
    ['acceptq > 1', '- + - - ?'],
    ['acceptlimit > 1', '- ? - - ?'],
    ['drops > 1', '? ? - + ?'],
    ['rmem > 1', '? ? - ? ?'],
    ['mark = 1', '? ? ? ? -'],
    ['cookie = 1', '? ? ? ? ?'],
    ['device = eth0', '? ? ? ? -'],
    ['not dev = *', '? ? ? ? +'],
    ['sport = :81 and cookie = 1', '- - - - -'],
    ['sport = :80 or cookie = 1', '+ + + ? ?'],
    ['recvrate > 0 and sport = :53', '- - - ? -'],
  ])('of files %s is decided or not: %s', (expression, expected) => {
    const { fitUnseen } = compileSelection(query({ expression: [expression] }), lookups);
    const words = { yes: '+', no: '-', unknown: '?' };
    expect(read.map((socket) => words[fitUnseen(socket)]).join(' ')).toBe(expected);
  });

  it.each([
    ['rtt > 0', true],
    ['program = a', false],
    ['program = a and rtt > 0', true],
    ['program = a and rtt = 0', true],
    ['program = a and not ( rtt > 0 )', true],
    ['not ( program = a or rtt > 0 )', true],
    ['program = a or rtt > 0', true],
    ['program = a and rtt > 0 and sport = :81', false],
    ['program = a or rtt > 0 or sport = :80', false],
    ['peer = a and pid > 1', false],
    ['( peer = a or pid > 1 ) and cwnd = 1', true],
    ['recvrate = 0', true],
    ['recvrate = 0 and sport = :81', false],
  ])('of files %s is left open by what they lack, whatever is learned late: %s', (asked, open) => {
    const { isUndecided } = compileSelection(query({ expression: [asked] }), lookups);
    expect(isUndecided(read[0] as Socket)).toBe(open);
    const reported = { tcpInfo: tcpInfo({ rtt: null }), ...none };
    expect(isUndecided(inet('192.0.2.1:80', '198.51.100.7:40000', reported))).toBe(false);
  });

  it('are decided if TCP reports that it has none, and if there is no connection', () => {
    const { fitUnseen } = compileSelection(query({ expression: ['rtt > 0'] }), lookups);
    const closed = inet('192.0.2.1:80', '0.0.0.0', { state: 'CLOSE', tcpInfo: null });
    expect(fitUnseen(closed)).toBe('no');
    expect(fitUnseen({ ...socket, tcpInfo: tcpInfo({ rtt: null }) })).toBe('no');
  });

  it.each([
    ['dev = eth0', '+ -'],
    ['device = eth*', '+ -'],
    ['dev = *', '+ -'],
    ['dev = ETH0', '- -'],
    ['dev != eth0', '- +'],
    ['not dev = *', '- +'],
  ])(
    '%s: of one that is bound to eth0, and of one that is bound to none: %s',
    (expression, expected) => {
      const { fitUnseen, early, isLate } = compileSelection(
        query({ expression: [expression] }),
        lookups,
      );
      const reported = { ...none, cookie: 7n };
      const rows = [{ ...reported, device: 'eth0' }, reported].map((more) =>
        inet('0.0.0.0:80', '0.0.0.0', more),
      );
      const words = { yes: '+', no: '-', unknown: '?' };
      expect(rows.map((socket) => words[fitUnseen(socket)]).join(' ')).toBe(expected);
      expect(rows.map((socket) => (early(socket) ? '+' : '-')).join(' ')).toBe(expected);
      expect(isLate).toBe(false);
    },
  );

  it('are declared as needed, and only they', () => {
    const needs = (expression: string) =>
      compileSelection(query({ expression: [expression] }), lookups).needs;
    expect(needs('sport = :80 and not ( rtt > 1 )')).toEqual(['tcpInfo']);
    expect(needs('drops > 0 or acceptq > 5 and pid 1')).toEqual(['socketInfo', 'owners']);
    expect(needs('dev = eth0')).toEqual(['socketInfo']);
    expect(needs('retransmits > 2 and sport = :80')).toEqual(['timers']);
    expect(needs('recvq > 1k or not sendq = 0')).toEqual(['unixQueues']);
    expect(compileSelection(query(), lookups).needs).toEqual([]);
  });

  it('rates are known once a round was read: until then every socket may fit', () => {
    const { needs, isLate, early, late } = compileSelection(
      query({ expression: ['recvrate >= 1MB or sport = :81'] }),
      lookups,
    );
    expect(needs).toEqual(['rates']);
    expect(isLate).toBe(true);
    expect(early(socket)).toBe(true);
    const at = (received: number | null) => late({ ...socket, rates: { sent: null, received } });
    expect([at(1e6), at(999_999), at(null), late(socket)]).toEqual([true, false, false, false]);
  });

  it.each([
    ['--state bound', { state: ['bound'] }, ['boundSockets']],
    ['--state bound-inactive', { state: ['listen', 'BOUND-INACTIVE'] }, ['boundSockets']],
    ['state bound', { expression: ['exclude bound'] }, ['boundSockets']],
    ['a group that has them', { state: ['all'] }, []],
    ['other states', { state: ['closed'] }, []],
  ])('%s asks for sockets that are only bound: %j', (_, filters, expected) => {
    expect(compileSelection(query(filters), lookups).needs).toEqual(expected);
  });
});

describe('fields of the other end', () => {
  const peer = { inode: 5, owners: [owner(7, 'nginx'), owner(9, 'php-fpm')], noOwner: null };
  const local = inet('127.0.0.1:80', '127.0.0.1:40000', { owners: [owner(3, 'curl')], peer });
  const nobody = { ...local, peer: { inode: null, owners: [], noOwner: 'none' as const } };
  const elsewhere = { ...local, peer: null };
  const compiled = (expression: string) =>
    compileSelection(query({ expression: [expression] }), lookups);

  it.each([
    ['peer = nginx', [true, false, false]],
    ['peer = php*', [true, false, false]],
    ['peer = curl', [false, false, false]],
    ['peer != nginx', [false, true, true]],
    ['peerpid = 9', [true, false, false]],
    ['peerpid > 9', [false, false, false]],
    ['program = curl and peerpid = 7', [true, false, false]],
    ['not peer = nginx and sport = :80', [false, true, true]],
  ] as const)('%s', (expression, expected) => {
    const { early, late } = compiled(expression);
    const sockets = [local, nobody, elsewhere];
    expect(sockets.map((one) => early(one) && late(one))).toEqual(expected);
  });

  it.each(['peer > nginx', 'peerpid = nginx', "peer = ''"])('refuses %s', (expression) => {
    expect(() => compiled(expression)).toThrow(/position \d+: expected/);
  });

  it('are declared as needed, and only they', () => {
    expect(compiled('sport = :80 and not ( peerpid = 1 )').needs).toEqual(['owners', 'peers']);
    expect(compiled('pid = 1').needs).toEqual(['owners']);
  });
});

describe('network namespaces', () => {
  const place = (inode: number | null, name: string | null, own = false) => ({ inode, name, own });
  const rows = {
    own: inet('0.0.0.0:80', '0.0.0.0', { netns: place(1, null, true) }),
    web: inet('0.0.0.0:80', '0.0.0.0', { netns: place(2, 'web') }),
    webb: inet('0.0.0.0:80', '0.0.0.0', { netns: place(3, 'web-b') }),
    none: inet('0.0.0.0:80', '0.0.0.0', { netns: place(null, null) }),
    untold: inet('0.0.0.0:80', '0.0.0.0'),
  };
  it.each([
    ['netns = web', 'web'],
    ["netns = 'web*'", 'web webb'],
    ['netns = 3', 'webb'],
    ['netns = own', 'own'],
    ["netns = '(own)'", 'own'],
    ['netns != web', 'own webb none untold'],
    ['netns web and sport = :80', 'web'],
  ])('%s', (expression, expected) => {
    const { early, needs } = compileSelection(query({ expression: [expression] }), lookups);
    const fitting = Object.entries(rows).filter(([, socket]) => early(socket));
    expect(fitting.map(([name]) => name).join(' ')).toBe(expected);
    expect(needs).toEqual(['netns']);
  });
});

describe('machines', () => {
  const rows = {
    web1: inet('0.0.0.0:80', '0.0.0.0', { host: 'web1' }),
    db: inet('0.0.0.0:80', '0.0.0.0', { host: 'root@db' }),
    untold: inet('0.0.0.0:80', '0.0.0.0'),
  };
  it.each([
    ['host = web1', 'web1'],
    ["host = '*db'", 'db'],
    ['host != web1', 'db untold'],
    ['host web1 and sport = :80', 'web1'],
  ])('%s is asked of rows as they are read', (expression, expected) => {
    const asked = query({ expression: [expression] });
    const { early, needs, isLate } = compileSelection(asked, lookups);
    const fitting = Object.entries(rows).filter(([, socket]) => early(socket));
    expect(fitting.map(([name]) => name).join(' ')).toBe(expected);
    expect({ needs, isLate }).toEqual({ needs: ['machines'], isLate: false });
  });
});
