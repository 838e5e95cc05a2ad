import { expect, test } from 'vitest';
import { exposedServices } from '../../../src/analysis/checks/exposed-services.ts';
import type { Exposure } from '../../../src/model/socket/exposure.ts';
import type { Owner } from '../../../src/model/socket/owner.ts';
import type { InetSocket } from '../../../src/model/socket/socket.ts';
import { inet, owner } from '../../support/builders.ts';
import { found } from './support.ts';

const server = (
  end: string,
  program: string | null,
  { of = {}, ...changes }: Partial<InetSocket> & { readonly of?: Partial<Owner> } = {},
) =>
  inet(end, end.startsWith('[') ? '[::]:0' : '0.0.0.0:0', {
    owners: program === null ? [] : [owner(7, program, of)],
    ...changes,
  });

const exposure = (kind: Exposure['kind'], hostAddress: string | null = null): Exposure => ({
  kind,
  published:
    kind === 'published'
      ? [
          {
            ...({ protocol: 'tcp', hostPort: 9379, port: 6379 } as const),
            ...{ hostAddress, address: '172.17.0.2', workload: 'docker:cache' },
          },
        ]
      : [],
  reason: kind === 'unknown' ? 'nobody knows' : null,
});

/** What is said of some servers: severity, certainty, title. */
const said = (sockets: readonly InetSocket[]) =>
  found(exposedServices, { sockets }).map(
    ({ severity, certainty, title }) =>
      `${severity}, ${certainty}: ${title.replace(' can be reached from other machines', '')}`,
  );

const commandLine = (text: string) => ({ of: { commandLine: text } });

test.each<[string, InetSocket, string | null]>([
  [
    'program and usual port together are sure',
    server('0.0.0.0:6379', 'redis-server'),
    'warning, sure: Redis: 0.0.0.0:6379',
  ],
  [
    'a program is known by its executable, whatever it calls itself',
    server('0.0.0.0:6379', 'cache', { of: { executable: '/usr/bin/redis-server' } }),
    'warning, sure: Redis: 0.0.0.0:6379',
  ],
  [
    'a program is known by the first word of what it calls itself',
    server('[::]:6379', '/usr/bin/redis-server *:6379'),
    'warning, sure: Redis: [::]:6379',
  ],
  [
    'what is bound to the loopback interface is reached by this machine alone',
    { ...server('0.0.0.0:6379', 'redis-server'), device: 'lo' },
    null,
  ],
  [
    'what is bound to another one by others too',
    { ...server('0.0.0.0:6379', 'redis-server'), device: 'eth1' },
    'warning, sure: Redis: 0.0.0.0:6379',
  ],
  [
    'the program at another port is likely',
    server('0.0.0.0:7777', 'redis-server'),
    'warning, likely: Redis: 0.0.0.0:7777',
  ],
  [
    'the port alone is worth a look, and with another program a note',
    server('0.0.0.0:6379', 'app'),
    'note, worth a look: what may be Redis: 0.0.0.0:6379',
  ],
  [
    'the port alone is as bad where nobody may see the program',
    server('0.0.0.0:6379', null, { noOwner: 'denied' }),
    'warning, worth a look: what may be Redis: 0.0.0.0:6379',
  ],
  [
    'a database that asks for a password is a note',
    server('0.0.0.0:5432', 'postgres'),
    'note, sure: PostgreSQL: 0.0.0.0:5432',
  ],
  ['loopback is silent', server('127.0.0.1:6379', 'redis-server'), null],
  ['loopback of IPv6 is silent', server('[::1]:6379', 'redis-server'), null],
  ['a connection is silent', inet('192.0.2.1:6379', '192.0.2.2:40000'), null],
  ['a web server is silent', server('0.0.0.0:443', 'nginx'), null],
  ['sshd is silent', server('0.0.0.0:22', 'sshd'), null],
  [
    'a private address alone is a note',
    server('192.168.1.2:6379', 'redis-server'),
    'note, sure: Redis: 192.168.1.2:6379',
  ],
  [
    'a public address is as bad as every address',
    server('198.51.100.2:6379', 'redis-server'),
    'warning, sure: Redis: 198.51.100.2:6379',
  ],
  [
    'a container that no port of the host leads to is silent',
    server('0.0.0.0:6379', 'redis-server', { exposure: exposure('internal') }),
    null,
  ],
  [
    'reports a published container',
    server('0.0.0.0:6379', 'redis-server', { exposure: exposure('published') }),
    'warning, sure: Redis: 0.0.0.0:6379',
  ],
  [
    'a container that is published on loopback alone is a note',
    server('0.0.0.0:6379', 'redis-server', { exposure: exposure('published', '127.0.0.1') }),
    'note, sure: Redis: 0.0.0.0:6379',
  ],
  [
    'is worth a look if the exposure is not known',
    server('0.0.0.0:6379', 'redis-server', { exposure: exposure('unknown') }),
    'warning, worth a look: Redis: 0.0.0.0:6379',
  ],
  [
    'a program of Windows',
    server('0.0.0.0:6379', 'Redis-Server.exe'),
    'warning, sure: Redis: 0.0.0.0:6379',
  ],
  [
    'a program of Windows by its executable, at another port',
    server('0.0.0.0:27000', null, {
      owners: [owner(7, null, { executable: 'C:\\Program Files\\MongoDB\\bin\\mongod.EXE' })],
    }),
    'warning, likely: MongoDB: 0.0.0.0:27000',
  ],

  [
    'what takes a port for another one leaves it to the port',
    server('0.0.0.0:6379', 'docker-proxy'),
    'warning, likely: Redis: 0.0.0.0:6379',
  ],
  ['so does a super server', server('0.0.0.0:23', 'xinetd'), 'warning, likely: telnet: 0.0.0.0:23'],
  ["and macOS' launchd", server('0.0.0.0:23', 'launchd'), 'warning, likely: telnet: 0.0.0.0:23'],
  ['and one of s6', server('0.0.0.0:23', 's6-tcpserver4d'), 'warning, likely: telnet: 0.0.0.0:23'],
  [
    'recognizes a debugger by its command line',
    server('0.0.0.0:4000', 'node', commandLine('node --inspect=0.0.0.0:4000 app.js')),
    'warning, sure: the debugger of Node.js: 0.0.0.0:4000',
  ],
  [
    'a debugger without a port is at its usual one',
    server('0.0.0.0:9229', 'node', commandLine('node --inspect-brk=0.0.0.0 app.js')),
    'warning, sure: the debugger of Node.js: 0.0.0.0:9229',
  ],
  [
    'the other ports of what is debugged are silent',
    server('0.0.0.0:3000', 'node', commandLine('node --inspect=0.0.0.0:4000 app.js')),
    null,
  ],
  [
    'so they are where the debugger is at its usual port',
    server('0.0.0.0:3000', 'node', commandLine('node --inspect app.js')),
    null,
  ],
  [
    'JDWP',
    server(
      '0.0.0.0:5005',
      'java',
      commandLine(
        'java -agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=*:5005 -jar a.jar',
      ),
    ),
    'warning, sure: the debugger of Java (JDWP): 0.0.0.0:5005',
  ],
  [
    'JMX',
    server(
      '[::]:9010',
      'java',
      commandLine('java -Dcom.sun.management.jmxremote.port=9010 -jar a'),
    ),
    'warning, sure: remote management of Java (JMX): [::]:9010',
  ],
  [
    'debugpy',
    server('0.0.0.0:5678', 'python3', commandLine('python3 -m debugpy --listen 0.0.0.0:5678 a.py')),
    'warning, sure: the debugger of Python (debugpy): 0.0.0.0:5678',
  ],
  [
    'debugpy that listens nowhere',
    server('0.0.0.0:5678', 'python3', commandLine('python3 --port=5678 -m debugpy a.py')),
    null,
  ],
  [
    "Podman's API",
    server(
      '0.0.0.0:8080',
      'podman',
      commandLine('/usr/bin/podman --log-level=info system service --time=0 tcp:0.0.0.0:8080'),
    ),
    "warning, sure: Docker's API without TLS: 0.0.0.0:8080",
  ],
  [
    "Podman's API at its UNIX socket",
    server('0.0.0.0:8080', 'podman', commandLine('podman system service unix:///run/p.sock')),
    null,
  ],
  ['a port that many use says nothing', server('0.0.0.0:5005', 'java'), null],
  [
    "Docker's API",
    server('[::]:2375', 'dockerd'),
    "warning, sure: Docker's API without TLS: [::]:2375",
  ],
  [
    "distinguishes the kubelet's two ports",
    server('[::]:10255', 'kubelet'),
    "warning, sure: the kubelet's API without a password: [::]:10255",
  ],
  ['other ports of Docker are silent', server('[::]:7946', 'dockerd'), null],
  ['data ports of an FTP server are silent', server('0.0.0.0:40123', 'vsftpd'), null],
  [
    'UDP has services of its own',
    server('0.0.0.0:11211', 'memcached', { protocol: 'udp', state: 'UNCONN' }),
    'warning, sure: memcached: 0.0.0.0:11211',
  ],
  [
    'a UDP port is not the TCP service of that number',
    server('0.0.0.0:6379', null, { protocol: 'udp', state: 'UNCONN' }),
    null,
  ],
])('%s', (_, socket, expected) => {
  expect(said([socket])).toEqual(expected === null ? [] : [expected]);
});

test('sockets of one service of one process are one finding', () => {
  const sockets = [server('0.0.0.0:6379', 'redis-server'), server('[::]:6379', 'redis-server')];
  expect(said(sockets)).toEqual(['warning, sure: Redis: 0.0.0.0:6379, [::]:6379']);
});

test('reports a published port with where it leads', () => {
  const socket = server('0.0.0.0:6379', 'redis-server', { exposure: exposure('published') });
  const [finding] = found(exposedServices, { sockets: [socket] });
  expect(finding?.observations.join(' ')).toContain('9379 → docker:cache:6379');
});

test('workers of one program at one place are one finding', () => {
  const worker = (pid: number, port = 6379) =>
    server(`0.0.0.0:${port}`, null, { owners: [owner(pid, 'redis-server', { uid: 33 })] });
  const [finding, ...others] = found(exposedServices, {
    sockets: [worker(7), worker(8), worker(8, 6380), worker(9)],
  });
  expect(others).toEqual([]);
  expect(finding?.title).toBe(
    'Redis can be reached from other machines: 0.0.0.0:6379, 0.0.0.0:6380',
  );
  expect(finding?.observations[0]).toBe(
    'redis-server (PID 7) and 2 other processes listen on 4 sockets, port 6379, 6380, at every address of the machine: program and port agree.',
  );
});
