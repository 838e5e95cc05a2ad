import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { NetInterface } from '../../src/model/machine/interface.ts';
import type { Route } from '../../src/model/machine/route.ts';
import type { InetSocket } from '../../src/model/socket/socket.ts';
import { promisesOf } from '../contract/promises.ts';
import { isExecutable, programFiles } from '../support/program.ts';
import { reasonToSkip } from '../support/requirements.ts';
import { differenceErrors, documentErrors, lineErrors } from '../views/text/support/schema.ts';
import {
  elsewhere,
  facts,
  node,
  type Printed,
  project,
  runSession,
  tsnetstat,
  Unavailable,
} from './support/session.ts';
import { crowd, ports } from './windows/ports.ts';
import type { ServicesTold } from './windows/services.ts';

let unavailable = reasonToSkip({
  platforms: ['linux'],
  root: true,
  files: { [join(project, 'dist/program.js')]: 'npm run build', ...programFiles },
});

beforeAll(() => {
  if (unavailable !== null) return;
  try {
    runSession();
  } catch (error) {
    if (!(error instanceof Unavailable) || process.env.CI) throw error;
    unavailable = error.message;
  }
});

beforeEach((context) => {
  if (unavailable !== null) context.skip(unavailable);
});

/**
 * What only the package has: Node, koffi and the library; and the program's own logic, which the package proves for the
 * executable too.
 */
const ofPackage = (name: string, cases: () => void) => {
  if (!isExecutable) describe(name, cases);
};

/** The rows of a JSON document that ends well and says nothing else. */
function rowsOf<Row>({ status, stdout, stderr }: Printed, key: string): Row[] {
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const document = JSON.parse(stdout);
  expect(documentErrors(document)).toEqual([]);
  expect(document).toMatchObject({ schemaVersion: 1, platform: 'win32', warnings: [] });
  return document[key];
}

const socketsOf = (answer: Printed) => rowsOf<InetSocket>(answer, 'sockets');

const end = (address: string, port: number, zone: string | null = null) => ({
  address,
  port,
  zone,
});

describe('the sockets of another process', () => {
  const everything = tsnetstat('-tuanp', '--json');
  const any4 = end('0.0.0.0', 0);
  const any6 = end('::', 0);
  const at4 = (port: number) => end('127.0.0.1', port);
  const at6 = (port: number) => end('::1', port);
  const mapped = (port: number) => end('::ffff:127.0.0.1', port);
  const client = (name: keyof ReturnType<typeof facts>['zoo']['clients']) =>
    facts().zoo.clients[name];

  /** Zoned addresses: Wine tells the kind of scope where Windows tells the interface's index. */
  const linkLocal = (port: number) => ({
    address: 'fe80::7',
    port,
    zone: expect.stringMatching(/^\d+$/) as unknown as string,
  });

  type Ends = Pick<InetSocket, 'local' | 'remote'>;
  test.each([
    ['a v4 listener', 'tcp', 'inet', 'LISTEN', () => [at4(ports.listen4), any4]],
    [
      'a v4 listener on any address',
      'tcp',
      'inet',
      'LISTEN',
      () => [end('0.0.0.0', ports.listen4Any), any4],
    ],
    ['a v6 listener', 'tcp', 'inet6', 'LISTEN', () => [at6(ports.listen6), any6]],
    [
      'a v6-only listener on any address',
      'tcp',
      'inet6',
      'LISTEN',
      () => [end('::', ports.listen6Only), any6],
    ],
    ['a dual-stack listener', 'tcp', 'inet6', 'LISTEN', () => [end('::', ports.listenDual), any6]],
    [
      'a link-local listener',
      'tcp',
      'inet6',
      'LISTEN',
      () => [linkLocal(ports.listenLinkLocal), any6],
    ],
    [
      'the client of a v4 pair',
      'tcp',
      'inet',
      'ESTABLISHED',
      () => [at4(client('pair4')), at4(ports.pair4)],
    ],
    [
      'the server of a v4 pair',
      'tcp',
      'inet',
      'ESTABLISHED',
      () => [at4(ports.pair4), at4(client('pair4'))],
    ],
    [
      'the client of a v6 pair',
      'tcp',
      'inet6',
      'ESTABLISHED',
      () => [at6(client('pair6')), at6(ports.pair6)],
    ],
    [
      'the server of a v6 pair',
      'tcp',
      'inet6',
      'ESTABLISHED',
      () => [at6(ports.pair6), at6(client('pair6'))],
    ],
    [
      'a v4 client of a dual-stack listener',
      'tcp',
      'inet',
      'ESTABLISHED',
      () => [at4(client('pairMapped')), at4(ports.pairMapped)],
    ],
    [
      'its server, IPv4-mapped',
      'tcp',
      'inet6',
      'ESTABLISHED',
      () => [mapped(ports.pairMapped), mapped(client('pairMapped'))],
    ],
    [
      'CLOSE_WAIT',
      'tcp',
      'inet',
      'CLOSE_WAIT',
      () => [at4(ports.halfClosed), at4(client('halfClosed'))],
    ],
    [
      'FIN_WAIT2',
      'tcp',
      'inet',
      'FIN_WAIT2',
      () => [at4(client('halfClosed')), at4(ports.halfClosed)],
    ],
    ['UDP v4', 'udp', 'inet', null, () => [at4(ports.udp4), any4]],
    ['UDP v6', 'udp', 'inet6', null, () => [end('::', ports.udp6), any6]],
    ['UDP v6, link-local', 'udp', 'inet6', null, () => [linkLocal(ports.udpLinkLocal), any6]],
  ] as const)('%s', (_name, protocol, family, state, ends) => {
    const [local, remote] = ends() as unknown as [Ends['local'], Ends['remote']];
    const found = socketsOf(everything()).filter(
      (socket) =>
        socket.protocol === protocol &&
        socket.family === family &&
        socket.local.port === local.port &&
        socket.remote.port === remote.port,
    );
    expect(found).toEqual([
      {
        protocol,
        family,
        local,
        remote,
        state,
        recvQueue: null,
        sendQueue: null,
        timer: null,
        uid: null,
        inode: null,
        // Wine does not know it.
        createdAt: null,
        owners: [
          {
            pid: facts().zoo.pid,
            program: 'node.exe',
            commandLine: null,
            executable: 'Z:\\node.exe',
            fd: null,
          },
        ],
        noOwner: null,
      },
    ]);
  });

  test('SYN_SENT to a host that never answers', () => {
    const [socket] = socketsOf(everything()).filter(({ state }) => state === 'SYN_SENT');
    expect(socket).toMatchObject({
      local: { address: '192.0.2.7' },
      remote: end('192.0.2.1', ports.unanswered),
      owners: [{ pid: facts().zoo.pid }],
    });
  });

  test('a program and a folder beyond ASCII, with blanks', () => {
    const found = socketsOf(everything()).filter(({ local }) => local.port === ports.elsewhere);
    const own = found.filter(({ state }) => state === 'LISTEN');
    expect(own).toMatchObject([
      {
        owners: [
          {
            pid: facts().elsewhere.pid,
            program: elsewhere.program,
            executable: `Z:\\lab\\${elsewhere.folder}\\${elsewhere.program}`,
          },
        ],
      },
    ]);
  });

  test('5,000 sockets of one process, and no other process in their place', () => {
    const own = socketsOf(everything()).filter(
      ({ owners }) => owners?.[0]?.pid === facts().crowd.pid,
    );
    const established = own.filter(({ state }) => state === 'ESTABLISHED');
    const datagrams = own.filter(({ protocol }) => protocol === 'udp');
    expect([established.length, datagrams.length]).toEqual([
      2 * crowd.connections,
      crowd.datagrams,
    ]);
    expect(established.length + datagrams.length).toBe(5000);
    const ends = new Set(established.map(({ local, remote }) => `${local.port} ${remote.port}`));
    expect(ends.size).toBe(2 * crowd.connections);
  });

  test('every row has its process, a closed one without an address too', () => {
    const { zoo, elsewhere: other, crowd: many } = facts();
    const known = new Set([zoo.pid, other.pid, many.pid]);
    const strange = socketsOf(everything()).filter(
      ({ owners }) => owners?.length !== 1 || !known.has(owners[0]?.pid ?? -1),
    );
    expect(strange).toEqual([]);
  });

  const withoutOwners = tsnetstat('-tan', '--json', '--port', String(ports.listen4));
  test('owners are null where they were not asked for', () => {
    expect(socketsOf(withoutOwners())).toMatchObject([{ owners: null, noOwner: null }]);
  });
});

describe('when sockets were created', () => {
  const some = ['--port', `${ports.listen4}-${ports.listen6}`];
  const columns = tsnetstat('-tlnH', ...some, '--columns', 'lport,created,age', '--sort', '-age');
  test('columns and sort keys: - if Windows does not report it, as Wine never does', () => {
    const { status, stdout, stderr } = columns();
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((row) => row.trim().split(/\s+/)),
    ).toEqual(
      [ports.listen4, ports.listen4Any, ports.listen6].map((port) => [String(port), '-', '-']),
    );
  });

  ofPackage('in a filter', () => {
    const younger = tsnetstat('-tln', '--json', ...some, 'age < 1d');
    const other = tsnetstat('-tln', '--json', ...some, 'not ( age < 1d )');
    const quiet = tsnetstat('-tlnq', ...some, 'age < 1d');
    test('a filter: what is not known fits none, with a warning', () => {
      const warnings = ['tcp', 'tcp6'].map((table) => ({
        code: 'unreadable',
        message: `GetExtendedTcpTable: creation times of some sockets are not available (${table})`,
      }));
      expect(JSON.parse(younger().stdout)).toMatchObject({ sockets: [], warnings });
      expect(JSON.parse(other().stdout).sockets).toHaveLength(3);
      expect(quiet().status).toBe(2);
    });
  });

  const short = tsnetstat('-tuan', '--format', 'csv', '--columns', 'proto,src,dst,state');
  const long = tsnetstat('-tuan', '--format', 'csv', '--columns', 'proto,src,dst,state,created');
  test('the longer rows contain the same sockets as the shorter ones', () => {
    // The commands themselves do nothing on the network. Who is not answered gives up and begins anew,
    // and its socket is closed in between.
    const passing = /,(?:SYN_SENT|CLOSE)(?:,|$)/;
    const rows = ({ status, stdout, stderr }: Printed) => {
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      const all = stdout.trimEnd().split('\r\n');
      return all.filter((row) => !passing.test(row));
    };
    const shorter = rows(short()).slice(1);
    const longer = rows(long()).slice(1);
    expect(shorter.length).toBeGreaterThan(5000);
    const expected = shorter.map((row) => `${row},`);
    // Among thousands of rows, those that differ are what tells something.
    const isIn = new Set(longer);
    const belongs = new Set(expected);
    expect({
      missing: expected.filter((row) => !isIn.has(row)),
      strange: longer.filter((row) => !belongs.has(row)),
    }).toEqual({ missing: [], strange: [] });
    expect(longer).toHaveLength(expected.length);
  });
});

describe('services', () => {
  const asked = tsnetstat('-tl', '--workloads', '--json', '--port', String(ports.listen4));
  test('--workloads asks for them: a process that is none belongs to none', () => {
    expect(socketsOf(asked())).toMatchObject([
      { workload: null, workloads: [], noWorkload: 'none' },
    ]);
  });

  ofPackage('as they are read', () => {
    const answer = node('app\\services.mjs');
    const reported = (): ServicesTold => {
      const { status, stdout, stderr } = answer();
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      return JSON.parse(stdout);
    };

    test('those that run, by the process that each lives in', () => {
      const { services, warnings } = reported();
      expect(warnings).toEqual([]);
      // The one that Wine always has; others it starts when they are asked for, and ends again.
      expect(services).toContainEqual(
        expect.objectContaining({
          ...{ name: 'PlugPlay', program: 'plugplay.exe' },
        }),
      );
      const strange = services.filter(
        ({ pid, pidByName, program }) => pid !== pidByName || program === null,
      );
      expect(strange).toEqual([]);
    });

    test('with too little room they are asked for again until all have come', () => {
      const { services, withLittleRoom } = reported();
      expect(withLittleRoom).toEqual(services);
    });
  });
});

describe('the netstat table', () => {
  const listening = tsnetstat('-tlnp', '--pid', '{zoo.pid}');
  const datagrams = tsnetstat('-uanp', '--pid', '{zoo.pid}');
  const connected = tsnetstat('-tn', '--state', 'close-wait');
  const beyondAscii = tsnetstat('-tlnpW', '--port', String(ports.elsewhere), '--state', 'listen');
  const named = tsnetstat('-tl', '--port', String(ports.listen4), '--state', 'listen');

  /** Whether a name server answers here, and how soon, is not this test's. */
  const withoutNames = (stderr: string) =>
    stderr.replace(
      /^tsnetstat: \d+ address(?:es)? (?:is|are) shown as [^\n]*\(--resolve-timeout\)\n/m,
      '',
    );

  const linesOf = ({ status, stdout, stderr }: Printed) => {
    expect({ status, stderr: withoutNames(stderr) }).toEqual({ status: 0, stderr: '' });
    return stdout.trimEnd().split('\n');
  };

  test('-tlnp: net-tools’ columns, none of them empty, for awk', () => {
    const [title, header, ...all] = linesOf(listening());
    const rows = all.filter((row) => row.includes(' LISTEN '));
    expect(title).toBe('Active Internet connections (only servers)');
    expect(header).toBe(
      'Proto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name    ',
    );
    expect(rows).toContain(
      `tcp        -      - 127.0.0.1:${ports.listen4}         0.0.0.0:*               LISTEN      ${`${facts().zoo.pid}/node.exe`.padEnd(19)} `,
    );
    expect(rows.map((row) => row.trim().split(/\s+/).length)).toEqual(rows.map(() => 7));
    expect(rows).toHaveLength(10);
  });

  test('-uanp: no state, so one column less', () => {
    const rows = linesOf(datagrams()).slice(2);
    expect(rows.map((row) => row.trim().split(/\s+/)).slice(0, 2)).toEqual([
      ['udp', '-', '-', `127.0.0.1:${ports.udp4}`, '0.0.0.0:*', `${facts().zoo.pid}/node.exe`],
      ['udp6', '-', '-', `:::${ports.udp6}`, ':::*', `${facts().zoo.pid}/node.exe`],
    ]);
  });

  test('-tn: connected sockets only', () => {
    expect(linesOf(connected()).slice(2)).toEqual([
      expect.stringMatching(/^tcp {8}- {6}- 127\.0\.0\.1:17014 +127\.0\.0\.1:\d+ +CLOSE_WAIT *$/),
    ]);
  });

  const plain = tsnetstat();
  test('no flags at all: connected sockets, and no word of tables that Windows lacks', () => {
    const rows = linesOf(plain()).filter((line) => /^(tcp|udp)/.test(line));
    expect(rows.length).toBeGreaterThan(2 * crowd.connections);
    expect(rows.filter((row) => / LISTEN /.test(row))).toEqual([]);
  });

  ofPackage('flags of Windows’ netstat, and -e', () => {
    const muscle = ['-ano', '-aon', '-abno', '-tanob', '-anop tcp'].map(
      (line) =>
        [line, tsnetstat(...line.split(' '), '--port', String(ports.listen4), '-l')] as const,
    );
    test.each(muscle)('%s: the process is shown, as Windows’ netstat does', (_, shown) => {
      expect(linesOf(shown()).slice(1)).toEqual([
        'Proto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name    ',
        expect.stringMatching(/^tcp .* LISTEN +\d+\/node\.exe *$/),
      ]);
    });

    const byProtocol = tsnetstat('-an', '-p', 'TCP', '--port', String(ports.listen4));
    test('-an -p TCP: the protocol, and no processes', () => {
      expect(linesOf(byProtocol()).slice(2)).toEqual([expect.stringMatching(/^tcp .* LISTEN *$/)]);
    });

    const alone = tsnetstat('-e');
    test('-e alone: the answer, and where traffic is reported', () => {
      const { status, stdout, stderr } = alone();
      expect(status).toBe(0);
      expect(stdout).toMatch(/ User +Inode/);
      expect(withoutNames(stderr)).toBe(
        'tsnetstat: -e adds columns to sockets; for the traffic that Windows shows with it, type -i\n',
      );
    });

    const extended = tsnetstat('-tanee', '--port', String(ports.listen4));
    test('-e: - for users and inodes, which Windows does not provide', () => {
      expect(linesOf(extended()).slice(2)).toEqual([expect.stringMatching(/ LISTEN +- +- *$/)]);
    });
  });

  test('-W: a program’s name whole, beyond ASCII and with blanks', () => {
    expect(linesOf(beyondAscii()).slice(2)).toEqual([
      expect.stringContaining(`LISTEN      ${facts().elsewhere.pid}/${elsewhere.program}`),
    ]);
  });

  test('without -n: names where there are some, and no failure where there are none', () => {
    expect(linesOf(named()).slice(2)).toEqual([
      expect.stringMatching(/^tcp +- +- \S+:17001 +0\.0\.0\.0:\* +LISTEN/),
    ]);
  });
});

describe('filters', () => {
  const listening = (socket: InetSocket) => socket.state === 'LISTEN';
  const local = (sockets: readonly InetSocket[]) => sockets.map((socket) => socket.local.port);
  const json = (...args: string[]) => tsnetstat('-tan', '--json', ...args);

  const byProgram = json('--program', 'Сервер*');
  test('--program, beyond ASCII', () => {
    expect(local(socketsOf(byProgram()).filter(listening))).toEqual([ports.elsewhere]);
  });

  ofPackage('of rows', () => {
    const byPort = json('--port', `${ports.listen4}-${ports.listen6}`);
    test('--port', () => {
      expect(local(socketsOf(byPort()))).toEqual([ports.listen4, ports.listen4Any, ports.listen6]);
    });

    const byState = json('--state', 'fin-wait-2');
    test('--state', () => {
      expect(local(socketsOf(byState()))).toEqual([facts().zoo.clients.halfClosed]);
    });

    const byPid = json('--pid', '{elsewhere.pid}');
    test('--pid', () => {
      expect(local(socketsOf(byPid()).filter(listening))).toEqual([ports.elsewhere]);
    });

    const byRemote = json('--remote', `127.0.0.0/8:${ports.pairMapped}`);
    test('--remote', () => {
      expect(local(socketsOf(byRemote()))).toEqual([facts().zoo.clients.pairMapped]);
    });

    const byExpression = json('state', 'listening', 'and', `sport = :${ports.listenDual}`);
    test('an expression', () => {
      expect(local(socketsOf(byExpression()))).toEqual([ports.listenDual]);
    });

    const exposed = tsnetstat('-tln', '--json', '--exposed', '--state', 'listen');
    test('--exposed', () => {
      expect(local(socketsOf(exposed())).toSorted()).toEqual([
        ports.listen4Any,
        ports.listen6Only,
        ports.listenDual,
        ports.listenLinkLocal,
        ports.pairMapped,
      ]);
    });

    const sorted = tsnetstat('-tln', '--json', '--state', 'listen', '--sort', '-lport');
    test('--sort', () => {
      const found = local(socketsOf(sorted()));
      expect(found.length).toBeGreaterThan(9);
      expect(found).toEqual(found.toSorted((a, b) => b - a));
    });
  });
});

ofPackage('formats', () => {
  const two = ['-tlnp', '--state', 'listen', '--port', `${ports.listen4}-${ports.listen4Any}`];

  const csv = tsnetstat(...two, '--format', 'csv');
  test('csv', () => {
    const { status, stdout } = csv();
    expect(status).toBe(0);
    const rows = parse(stdout, { columns: true }) as Record<string, string>[];
    expect(rows.map((row) => Object.values(row).includes(String(ports.listen4)))).toEqual([
      true,
      false,
    ]);
    expect(Object.values(rows[0] ?? {})).toContain(String(facts().zoo.pid));
  });

  const ndjson = tsnetstat(...two, '--format', 'ndjson');
  test('ndjson', () => {
    const { status, stdout } = ndjson();
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(status).toBe(0);
    expect(lines.flatMap((line) => lineErrors(line))).toEqual([]);
    expect(lines.filter((line) => line.protocol === 'tcp')).toHaveLength(2);
  });

  const table = tsnetstat(...two, '--format', 'table');
  test('table', () => {
    const { status, stdout } = table();
    expect(status).toBe(0);
    expect(stdout).toContain(String(ports.listen4));
    expect(stdout).toMatch(/[┌│└]/);
  });

  const coloured = tsnetstat(...two, '--color=always');
  const plain = tsnetstat(...two);
  test('colour only where it is asked for', () => {
    const escapes = /\x1b\[[\d;]*m/g;
    expect(coloured().stdout).toMatch(escapes);
    expect(coloured().stdout.replace(escapes, '')).toBe(plain().stdout);
  });
});

describe('exit codes', () => {
  const found = tsnetstat('-tlnq', '--port', String(ports.listen4));
  const missing = tsnetstat('-tlnq', '--port', '9');
  test('--quiet: 0 where something matches, 1 where nothing does', () => {
    expect(found()).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(missing()).toEqual({ status: 1, stdout: '', stderr: '' });
  });

  const version = tsnetstat('--version');
  const help = tsnetstat('--help');
  test('--version and --help', () => {
    expect(version()).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^tsnetstat \d+\.\d+\.\d+\n$/),
      stderr: '',
    });
    expect(help()).toMatchObject({ status: 0, stdout: expect.stringMatching(/tsnetstat/) });
  });

  describe.each(
    [
      ['-x', 'unix: tsnetstat does not list these sockets on Windows, but tcp, udp'],
      ['-w', 'raw: tsnetstat does not list these sockets on Windows, but tcp, udp'],
      ['-S', 'sctp: tsnetstat does not list these sockets on Windows, but tcp, udp'],
      ['-U', 'udplite: tsnetstat does not list these sockets on Windows, but tcp, udp'],
      ['-g', 'groups: not supported on Windows; netsh interface ip show joins does'],
      ['-s', 'statistics: not supported on Windows; netstat -s does'],
      [
        '--user=root',
        '--user: Windows does not provide users of sockets; Get-Process -IncludeUserName does',
      ],
      ['recvq > 0', 'recvq: Windows does not provide the queues of sockets'],
      ['--tcp-info', "--tcp-info: Windows does not provide TCP's internals"],
      [
        '-u --state established',
        '--state: Windows does not provide peers and states of UDP sockets',
      ],
      ['--all-netns', '--all-netns: only Linux has network namespaces, this is Windows'],
      ['--proc-root=x', '--proc-root: only Linux has a /proc, this is Windows'],
      ['--bogus', '--bogus'],
    ].slice(0, isExecutable ? 1 : undefined),
  )('%s', (flag, message) => {
    const refused = tsnetstat(...flag.split(' '));
    test('one clear line, exit code 2', () => {
      const { status, stdout, stderr } = refused();
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toMatch(/^tsnetstat: [^\n]+\n/);
      expect(stderr).toContain(message);
    });
  });

  ofPackage('incomplete', () => {
    const bare = node('bare\\node_modules\\tsnetstat\\bin\\tsnetstat.js', '-tan');
    test('without koffi: one line that names what to install', () => {
      expect(bare()).toEqual({
        status: 2,
        stdout: '',
        stderr: expect.stringMatching(/^tsnetstat: [^\n]*npm install @koromix\/koffi-win32-x64\n$/),
      });
    });
  });
});

describe('the other reports', () => {
  const routing = tsnetstat('-rn', '-46', '--json');
  test('-r: routes by interface, with their gateways', () => {
    const { status, stdout } = routing();
    expect(status).toBe(0);
    const document = JSON.parse(stdout);
    expect(documentErrors(document)).toEqual([]);
    const found = document.routes as Route[];
    expect(found).toContainEqual(
      expect.objectContaining({
        family: 'inet',
        destination: '0.0.0.0',
        prefixLength: 0,
        gateway: '192.0.2.1',
        interface: 'lan0',
        flags: 'UG',
      }),
    );
    expect(found).toContainEqual(
      expect.objectContaining({
        destination: '192.0.2.0',
        prefixLength: 24,
        gateway: null,
        interface: 'lan0',
        flags: 'U',
      }),
    );
    expect(found).toContainEqual(
      expect.objectContaining({ family: 'inet6', destination: 'fe80::', prefixLength: 64 }),
    );
    // Wine has no GetIpInterfaceTable, and that is said.
    expect(document.warnings).toMatchObject([{ code: 'absent', source: 'GetIpInterfaceTable' }]);
  });

  ofPackage('-r', () => {
    const routeTable = tsnetstat('-rn');
    test('-r: the netstat table', () => {
      const { status, stdout, stderr } = routeTable();
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout).toMatch(/^0\.0\.0\.0 +192\.0\.2\.1 +0\.0\.0\.0 +UG .* lan0$/m);
    });
  });

  const all = tsnetstat('-ian', '--json');
  test('-i: interfaces with their addresses', () => {
    const found = rowsOf<NetInterface>(all(), 'interfaces');
    const lan0 = found.find(({ name }) => name === 'lan0');
    expect(lan0).toMatchObject({
      index: facts().zoo.zone,
      mtu: 1500,
      flags: ['UP', 'BROADCAST', 'RUNNING'],
      linkType: 'Ethernet',
      hardwareAddress: expect.stringMatching(/^([\da-f]{2}:){5}[\da-f]{2}$/),
      received: { errors: 0, overruns: null },
    });
    expect(lan0?.addresses).toContainEqual({
      family: 'inet',
      address: '192.0.2.7',
      prefixLength: 24,
      broadcast: '192.0.2.255',
      peer: null,
      scope: null,
    });
    expect(lan0?.addresses).toContainEqual(
      expect.objectContaining({ address: 'fe80::7', prefixLength: 64, scope: 'link' }),
    );
    const loopback = found.find(({ linkType }) => linkType === 'Local Loopback');
    expect(loopback).toMatchObject({ flags: ['UP', 'LOOPBACK', 'RUNNING'], hardwareAddress: null });
    expect(loopback?.received.bytes).toBe(loopback?.sent.bytes);
    expect(loopback?.received.packets).toBeGreaterThan(crowd.connections);
  });

  ofPackage('-i', () => {
    const interfaceTable = tsnetstat('-in');
    test('-i: the netstat table', () => {
      const { status, stdout, stderr } = interfaceTable();
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout).toMatch(/^lan0 +1500 /m);
    });
  });
});

ofPackage('the contract that every source keeps', () => {
  const contract = node('app\\contract.mjs');
  test.each(promisesOf('live').map(({ name }) => name))('%s', (name) => {
    const { status, stdout, stderr } = contract();
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout)).toHaveProperty([name], 'kept');
  });
});

ofPackage('the library', () => {
  const program = `
    import { snapshot, groups } from 'file:///Z:/lab/app/node_modules/tsnetstat/dist/library.js';
    const { platform, sockets } = await snapshot({ owners: true, port: ${ports.listen4} });
    const refused = await groups().catch(({ name, code }) => ({ name, code }));
    console.log(JSON.stringify({ platform, pids: sockets.map(({ owners }) => owners[0].pid), refused }));
  `;
  const answer = node('--input-type=module', '-e', program);
  test('snapshot() with owners; what Windows lacks rejects', () => {
    const { status, stdout, stderr } = answer();
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      platform: 'win32',
      pids: [facts().zoo.pid],
      refused: { name: 'NetstatError', code: 'unsupported' },
    });
  });
});

describe('what changed', () => {
  const one = ['-tl', '--port', String(ports.listen4)] as const;
  const saved = tsnetstat(...one, '--save', 'ports.json');
  const again = tsnetstat(...one, '--save', 'ports.json');
  const same = tsnetstat('--diff', 'ports.json');
  const other = tsnetstat(
    '-tl',
    '--port',
    `${ports.listen4},${ports.listen6}`,
    '--diff',
    'ports.json',
    '--json',
  );
  const left = node(
    '-p',
    'JSON.stringify(require("fs").readdirSync(".").filter((name) => /ports|tmp/.test(name)))',
  );

  test('--save makes a file, and puts another in its place', () => {
    for (const answer of [saved(), again()]) {
      expect(answer).toEqual({ status: 0, stdout: '', stderr: '' });
    }
    expect(JSON.parse(left().stdout)).toEqual(['ports.json']);
  });

  test('--diff asks the same again, and nothing differs', () => {
    expect(same()).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  test('--diff reports what was added', () => {
    const { status, stdout } = other();
    const difference = JSON.parse(stdout);
    expect(differenceErrors(difference)).toEqual([]);
    expect(difference.added.map(({ local }: InetSocket) => local)).toEqual([
      end('::1', ports.listen6),
    ]);
    expect([difference.removed, difference.changed, status]).toEqual([[], [], 1]);
  });

  ofPackage('while it runs', () => {
    const program = `
    import net from 'node:net';
    import { follow } from 'file:///Z:/lab/app/node_modules/tsnetstat/dist/library.js';
    const events = [];
    // What is there in the first reading is not reported: each is opened a little later, until one was.
    const servers = new Map();
    let own = null;
    const opening = setInterval(() => {
      const server = net.createServer().listen(0, '127.0.0.1', () => servers.set(server.address().port, server));
    }, 1500);
    for await (const event of follow({ protocols: ['tcp'], which: 'listening', owners: true, interval: 200 })) {
      const { event: kind, knownBy, socket } = event;
      if (socket?.owners?.[0]?.pid !== process.pid) continue;
      own ??= socket.local.port;
      if (socket.local.port !== own) continue;
      clearInterval(opening);
      events.push([kind, knownBy]);
      if (kind === 'opened') servers.get(own).close();
      else break;
    }
    console.log(JSON.stringify(events));
    process.exit();
  `;
    const followed = node('--input-type=module', '-e', program);
    test('follow() yields what opens and closes, by readings', () => {
      const { status, stdout, stderr } = followed();
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(JSON.parse(stdout)).toEqual([
        ['opened', 'round'],
        ['closed', 'round'],
      ]);
    });
  });
});

describe('--diagnose', () => {
  const found = tsnetstat('--diagnose', '--json');

  test('runs the checks whose facts Windows reports, and reports why the others did not run', () => {
    const diagnosis = JSON.parse(found().stdout);
    expect(documentErrors(diagnosis)).toEqual([]);
    expect(diagnosis.checks.map(({ check }: { check: string }) => check)).toContain('close-wait');
    expect(diagnosis.notRun).toContainEqual({
      check: 'accept-queue',
      reason: expect.stringMatching(/Windows/),
    });
  });

  ofPackage('of one service', () => {
    const asked = tsnetstat('--diagnose', 'no-listener', '--json', '--port', String(ports.listen4));
    test('has its summary', () => {
      const { stdout, stderr, status } = asked();
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      const { service } = JSON.parse(stdout);
      expect(service).toMatchObject({
        ...{ status: 'listening', listeners: [{ owners: [{ pid: facts().zoo.pid }] }] },
      });
    });
  });
});
