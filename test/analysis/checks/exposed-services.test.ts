import { expect, test } from 'vitest';
import { exposedServices } from '../../../src/analysis/checks/exposed-services.ts';
import { riskyServices } from '../../../src/analysis/checks/risky-services.ts';
import type { Exposure } from '../../../src/model/socket/exposure.ts';
import type { Owner } from '../../../src/model/socket/owner.ts';
import type { InetSocket } from '../../../src/model/socket/socket.ts';
import type { Workload } from '../../../src/model/socket/workload.ts';

import { container, inet, owner } from '../../support/builders.ts';
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

/** That a port of the host leads to one of a container. */
const published = (hostPort: number, port: number): Exposure => {
  const { published: ports, ...rest } = exposure('published');
  return { ...rest, published: ports.map((one) => ({ ...one, hostPort, port })) };
};

/** The same at these addresses of the host. */
const publishedAt = (...addresses: readonly string[]): Exposure => ({
  ...exposure('published'),
  published: addresses.flatMap((address) => exposure('published', address).published),
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
    'an address that is gone is silent',
    server('198.51.100.2:6379', 'redis-server', { exposure: exposure('nowhere') }),
    null,
  ],
  [
    'reports a published container',
    server('0.0.0.0:6379', 'redis-server', { exposure: exposure('published') }),
    'warning, sure: Redis: 0.0.0.0:6379',
  ],
  [
    'is silent on a container that is published on loopback alone',
    server('0.0.0.0:6379', 'redis-server', { exposure: exposure('published', '127.0.0.1') }),
    null,
  ],
  [
    'a container that is published on a private address alone is a note',
    server('0.0.0.0:6379', 'redis-server', { exposure: exposure('published', '192.168.0.1') }),
    'note, sure: Redis: 0.0.0.0:6379',
  ],
  [
    'a published port is known by where it leads',
    server('0.0.0.0:9379', 'docker-proxy', { exposure: exposure('published') }),
    'warning, likely: Redis: 0.0.0.0:9379',
  ],
  [
    'the same if another program keeps it',
    server('0.0.0.0:9379', 'conmon', { exposure: exposure('published') }),
    'warning, likely: Redis: 0.0.0.0:9379',
  ],
  [
    'a published port is not known by its own number',
    server('0.0.0.0:5432', 'docker-proxy', { exposure: published(5432, 8080) }),
    null,
  ],
  [
    'a port of a container that leads to another is known by the container’s',
    server('0.0.0.0:8080', 'app', {
      exposure: published(6379, 8080),
      netns: { inode: 5, name: 'docker:app', own: false },
    }),
    null,
  ],
  [
    'so is one that is published on one and on loopback',
    server('0.0.0.0:6379', 'redis-server', {
      exposure: publishedAt('192.168.0.1', '127.0.0.1'),
    }),
    'note, sure: Redis: 0.0.0.0:6379',
  ],
  [
    'one that is published on a public address too is as bad as that',
    server('0.0.0.0:6379', 'redis-server', {
      exposure: publishedAt('192.168.0.1', '198.51.100.2'),
    }),
    'warning, sure: Redis: 0.0.0.0:6379',
  ],
  [
    'so is one of which it is not known where it is published',
    server('0.0.0.0:6379', 'redis-server', { exposure: publishedAt() }),
    'warning, sure: Redis: 0.0.0.0:6379',
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
  [
    'uWSGI is for everybody where it speaks HTTP',
    server('0.0.0.0:8080', 'uwsgi', commandLine('uwsgi --http :8080 --socket 127.0.0.1:3031')),
    null,
  ],
  [
    'nor does a UNIX socket of it',
    server('0.0.0.0:8080', 'uwsgi', commandLine('uwsgi --socket /run/a.sock --http :8080')),
    null,
  ],
  [
    'nor what another program calls so',
    server('0.0.0.0:3031', 'app', commandLine('app --socket 0.0.0.0:3031')),
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
  [
    'a debugger that has no usual port is likely',
    server('0.0.0.0:2000', 'gdbserver'),
    'warning, likely: gdbserver: 0.0.0.0:2000',
  ],
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

const java = (words: string) => commandLine(`/usr/bin/java ${words}`);

// A title, with what identifies the service: its program or command line, and its usual port.
test.each<[string, string, string, ReturnType<typeof commandLine>?]>([
  ['warning: the debugger of Node.js', '9229', 'node', commandLine('node --inspect-wait a.js')],
  [
    'warning: remote management of Java (JMX)',
    '7199',
    'java',
    java('-Dcom.sun.management.jmxremote.rmi.port=7199 A'),
  ],
  [
    'warning: the debugger of Java (JDWP)',
    '8000',
    'java',
    java('-Xrunjdwp:transport=dt_socket,address=8000 A'),
  ],
  ['warning: the registry of Java RMI', '1099', 'rmiregistry'],
  [
    'warning: the debugger of Python (debugpy)',
    '5678',
    'python3',
    commandLine('python3 -m ptvsd --port 5678 a.py'),
  ],
  ['warning: the debugger of Go (Delve)', '2345', 'dlv'],
  [
    'warning: the remote debugging of a browser',
    '9333',
    'chrome',
    commandLine('/opt/chrome --remote-debugging-port=9333'),
  ],
  ['warning: the Android debug bridge', '5037', 'adb'],
  ["note: Docker's API with TLS", '2376', 'dockerd'],
  ["note: the kubelet's API", '10250', 'kubelet'],
  ['warning: etcd', '2380', 'etcd'],
  ['warning: libvirt without TLS', '16509', 'libvirtd'],
  ['warning: Redis', '6379', 'valkey-server'],
  ['warning: MongoDB', '27018', 'mongod'],
  [
    'warning: Elasticsearch or OpenSearch',
    '9300',
    'java',
    java('org.elasticsearch.bootstrap.Elasticsearch'),
  ],
  [
    'warning: Elasticsearch or OpenSearch',
    '9200',
    'java',
    java('org.opensearch.bootstrap.OpenSearch'),
  ],
  ['warning: Cassandra', '9042', 'java', java('org.apache.cassandra.service.CassandraDaemon')],
  [
    'warning: ZooKeeper',
    '2181',
    'java',
    java('org.apache.zookeeper.server.quorum.QuorumPeerMain zoo.cfg'),
  ],
  ['note: CouchDB', '5984', 'beam.smp', commandLine('/opt/couchdb/bin/beam.smp -progname couchdb')],
  ['warning: ClickHouse', '8123', 'clickhouse-server'],
  ['note: InfluxDB', '8086', 'influxd'],
  ['warning: Kafka', '9092', 'java', java('kafka.Kafka server.properties')],
  ['warning: Solr', '8983', 'java', java('-Dsolr.solr.home=/var/solr -jar start.jar')],
  ['warning: Hadoop', '9870', 'java', java('org.apache.hadoop.hdfs.server.namenode.NameNode')],
  ["note: Erlang's port mapper (epmd)", '4369', 'epmd'],
  ["note: Erlang's distribution, which runs what other nodes send", '25672', 'beam.smp'],
  ['note: PostgreSQL', '5432', 'postgres'],
  ['note: PgBouncer', '6432', 'pgbouncer'],
  ['note: PgBouncer', '5432', 'pgbouncer'],
  ['warning: PHP over FastCGI, which runs what it is sent', '9000', 'php-fpm8.2'],
  ['warning: PHP over FastCGI, which runs what it is sent', '9000', 'php-fpm'],
  ...['--socket 0.0.0.0:3031', '-s :3031', '--ini a --fastcgi-socket=0.0.0.0:3031 -M'].map(
    (words): [string, string, string, ReturnType<typeof commandLine>] => [
      ...(['warning: uWSGI, which runs what it is sent', '3031', 'uwsgi'] as const),
      commandLine(`/usr/bin/uwsgi --http :8080 ${words}`),
    ],
  ),
  ['note: MySQL or MariaDB', '33060', 'mysqld'],
  ['note: Microsoft SQL Server', '1433', 'sqlservr'],
  ['note: Oracle', '1521', 'tnslsnr'],
  ['note: Db2', '50000', 'db2sysc'],
  ['note: Firebird', '3050', 'firebird'],
  ['warning: distcc, which runs what it is sent', '3632', 'distccd'],
  [
    'note: a Jupyter notebook, which runs what is typed into it',
    '8888',
    'python3',
    commandLine('python3 /usr/bin/jupyter-lab --ip=0.0.0.0'),
  ],
  ['note: Cockpit', '9090', 'cockpit-ws'],
  ['note: Webmin', '10000', 'perl', commandLine('/usr/bin/perl /usr/share/webmin/miniserv.pl')],
  ['note: a screen over VNC', '5901', 'Xtigervnc'],
  ['warning: the X server', '6000', 'Xorg'],
  ["note: rpcbind, which lists the machine's RPC services", '111', 'rpcbind'],
  ['note: shared folders of Windows (SMB)', '445', 'smbd'],
  ['warning: rsh, rlogin or rexec', '514', 'in.rshd'],
  ['note: FTP', '21', 'vsftpd'],
  ['note: finger', '79', 'in.fingerd'],
  ['note: rsync without ssh', '873', 'rsync'],
])('names %s at port %s by %s', (title, port, program, more) => {
  const [severity, what] = title.split(/: (.*)/s);
  expect(said([server(`0.0.0.0:${port}`, program, more)])).toEqual([
    `${severity}, sure: ${what}: 0.0.0.0:${port}`,
  ]);
});

test.each([
  ["note: rpcbind, which lists the machine's RPC services", '111', 'rpcbind'],
  ['note: TFTP, which has no password', '69', 'in.tftpd'],
  ['note: SNMP', '161', 'snmpd'],
])('names %s at UDP port %s by %s', (title, port, program) => {
  const [severity, what] = title.split(/: (.*)/s);
  const socket = server(`0.0.0.0:${port}`, program, { protocol: 'udp', state: 'UNCONN' });
  expect(said([socket])).toEqual([`${severity}, sure: ${what}: 0.0.0.0:${port}`]);
});

test.each<[string, string, string, ReturnType<typeof commandLine>?]>([
  ['Cassandra', '40000', 'java', java('org.apache.cassandra.service.CassandraDaemon')],
  ['ClickHouse', '9009', 'clickhouse-server'],
  ['etcd', '40001', 'etcd'],
  ['the kubelet', '10248', 'kubelet'],
  ['rsync', '40002', 'rsync'],
  ['Erlang', '5672', 'beam.smp'],
])('the other ports of %s are silent: %s', (_, port, program, more) => {
  expect(said([server(`0.0.0.0:${port}`, program, more)])).toEqual([]);
});

test('sockets of one service of one process are one finding', () => {
  const sockets = [server('0.0.0.0:6379', 'redis-server'), server('[::]:6379', 'redis-server')];
  expect(said(sockets)).toEqual(['warning, sure: Redis: 0.0.0.0:6379, [::]:6379']);
});

test('of several sockets the most exposed one counts, and what is known of one', () => {
  const inner = server('192.168.1.2:6379', 'redis-server');
  const outer = server('198.51.100.2:6379', 'redis-server');
  expect(said([inner, { ...outer, exposure: exposure('unknown') }])).toEqual([
    'warning, sure: Redis: 192.168.1.2:6379, 198.51.100.2:6379',
  ]);
});

test('says at which addresses and ports a service listens, and how to list it', () => {
  const ends = ['192.168.1.2:6379', '198.51.100.2:6379', '198.51.100.2:6380'];
  const sockets = ends.map((end) => server(end, 'redis-server'));
  const [finding] = found(exposedServices, { sockets });
  expect(finding?.observations[0]).toBe(
    'redis-server (PID 7) listens on 3 sockets, port 6379, 6380, at 192.168.1.2, 198.51.100.2: program and port agree.',
  );
  expect(finding?.seen).toEqual({ port: 6379, ports: 2, sockets: 3 });
  expect(finding?.command?.join(' ')).toBe('-tulnp --exposure sport = :6379 or sport = :6380');
  expect(finding?.remedy).not.toContain('make sure');
  const everywhere = server('[::]:6379', 'redis-server');
  const [all] = found(exposedServices, { sockets: [...sockets, everywhere] });
  expect(all?.observations[0]).toContain(' at every address of the machine: ');
});

test('what is known by its port alone is to be made sure of first', () => {
  const [finding] = found(exposedServices, { sockets: [server('0.0.0.0:6379', 'app')] });
  expect(finding?.remedy).toMatch(/^First make sure what it is\. /);
});

test('a program at an unusual port is said to be known', () => {
  const [finding] = found(exposedServices, { sockets: [server('0.0.0.0:7777', 'redis-server')] });
  expect(finding?.observations[0]).toMatch(
    /: the program is known, but the port is not its usual one\.$/,
  );
});

test('reports a published port with where it leads', () => {
  const socket = server('0.0.0.0:6379', 'redis-server', { exposure: exposure('published') });
  const [finding] = found(exposedServices, { sockets: [socket] });
  expect(finding?.observations.join(' ')).toContain('9379 → docker:cache:6379');
});

test('reports for whom a port is published where the port there is not known', () => {
  const told = (workloads: readonly Workload[]) => {
    const proxy = server('0.0.0.0:6379', 'rootlessport', {
      exposure: { kind: 'published', published: [], reason: null, workloads },
    });
    const [finding] = found(exposedServices, { sockets: [proxy] });
    return finding?.observations.join(' ');
  };
  expect(told([container('cache')])).toContain('It is published for docker:cache.');
  expect(told([])).not.toContain('It is published');
});

test('reports a port that is usual where a published one leads', () => {
  const proxy = server('0.0.0.0:9379', 'docker-proxy', { exposure: exposure('published') });
  const [finding] = found(exposedServices, { sockets: [proxy] });
  expect(finding?.observations[0]).toBe(
    'docker-proxy (PID 7) listens on port 9379 at every address of the machine: port 6379, where it leads, is usual for Redis; there is no other evidence.',
  );
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

test('each service can be recognized by its program, its command line or a port of its own', () => {
  const lost = riskyServices.filter(
    ({ programs, command, ownPorts }) => !programs && !command && !ownPorts,
  );
  expect(lost.map(({ what }) => what)).toEqual([]);
});

test('who listens is unknown where nobody may see it', () => {
  const [finding] = found(exposedServices, {
    sockets: [server('0.0.0.0:6379', null, { noOwner: 'denied' })],
  });
  expect(finding?.observations[0]).toBe(
    'An unknown process listens on port 6379 at every address of the machine: port 6379 is usual for Redis; there is no other evidence.',
  );
});

test('a known program at the port of another service is what its program says', () => {
  expect(said([server('0.0.0.0:9200', 'redis-server')])).toEqual([
    'warning, likely: Redis: 0.0.0.0:9200',
  ]);
});

const own = { inode: 1, name: null, own: true };
const place = (inode: number) => ({ inode, name: `docker:c${inode}`, own: false });
const theirs = (inode: number, port = 6379) =>
  server(`0.0.0.0:${port}`, 'redis-server', {
    ...{ exposure: published(9379, 6379), netns: place(inode) },
  });

test.each<[string, readonly InetSocket[], readonly string[]]>([
  [
    'a container’s server and what listens on the host for it are one finding',
    [
      server('0.0.0.0:9379', 'docker-proxy', { exposure: published(9379, 6379), netns: own }),
      theirs(5),
    ],
    ['warning, sure: Redis: 0.0.0.0:9379, 0.0.0.0:6379'],
  ],
  [
    'whatever the port would be taken for',
    [
      server('0.0.0.0:9379', 'docker-proxy', { exposure: published(9379, 7777), netns: own }),
      server('0.0.0.0:7777', 'redis-server', {
        ...{ exposure: published(9379, 7777), netns: place(5) },
      }),
    ],
    ['warning, likely: Redis: 0.0.0.0:9379, 0.0.0.0:7777'],
  ],
  [
    'a port of the host that leads elsewhere is another finding',
    [
      server('0.0.0.0:9380', 'docker-proxy', { exposure: published(9380, 6379), netns: own }),
      theirs(5),
    ],
    ['warning, likely: Redis: 0.0.0.0:9380', 'warning, sure: Redis: 0.0.0.0:6379'],
  ],
  [
    'a port of the host that leads to servers of two kinds is of neither',
    [
      server('0.0.0.0:9379', 'docker-proxy', {
        netns: own,
        exposure: {
          ...exposure('published'),
          published: [6379, 5432].flatMap((port) => published(9379, port).published),
        },
      }),
      theirs(5),
      server('0.0.0.0:5432', 'postgres', { exposure: published(9379, 5432), netns: place(6) }),
    ],
    [
      'warning, likely: Redis: 0.0.0.0:9379',
      'warning, sure: Redis: 0.0.0.0:6379',
      'note, sure: PostgreSQL: 0.0.0.0:5432',
    ],
  ],
  [
    'servers of two containers are two findings, though the same is at the same port',
    [
      server('0.0.0.0:6379', 'redis-server', { exposure: published(1, 6379), netns: place(5) }),
      server('0.0.0.0:6379', 'redis-server', { exposure: published(2, 6379), netns: place(6) }),
    ],
    ['warning, sure: Redis: 0.0.0.0:6379', 'warning, sure: Redis: 0.0.0.0:6379'],
  ],
])('with several networks %s', (_, sockets, expected) => {
  expect(said(sockets)).toEqual(expected);
});

test('names first what the service was known by', () => {
  const proxy = server('0.0.0.0:9379', null, { exposure: published(9379, 6379), netns: own });
  const sockets = [{ ...proxy, owners: [owner(8, 'docker-proxy')] }, theirs(5)];
  const [finding] = found(exposedServices, { sockets });
  expect(finding?.observations[0]).toBe(
    'redis-server (PID 7) and 1 other process listen on 2 sockets, port 9379, 6379, at every address of the machine: program and port agree.',
  );
});

test('says in which network it is, if it is in one', () => {
  const proxy = server('0.0.0.0:9379', 'docker-proxy', {
    ...{ exposure: published(9379, 6379), netns: own },
  });
  const netnsOf = (sockets: readonly InetSocket[]) =>
    found(exposedServices, { sockets }).map(({ netns }) => netns);
  expect(netnsOf([theirs(5)])).toEqual([place(5)]);
  expect(netnsOf([proxy])).toEqual([own]);
  expect(netnsOf([proxy, theirs(5)])).toEqual([null]);
  expect(netnsOf([server('0.0.0.0:6379', 'redis-server')])).toEqual([null]);
});

test.each([
  ['4369', 'epmd', /^It tells anyone who asks, without a password,/],
  ['111', 'rpcbind', /^It tells anyone who asks, without a password,/],
  ['445', 'smbd', /^It gives access to files:/],
  ['9000', 'php-fpm', /^It trusts whoever connects to be its web server,/],
  ['2049', null, /^It gives access to files:/],
  ['25672', 'beam.smp', /^It controls the machine or a program remotely:/],
])('why port %s of %s matters', (port, program, why) => {
  const sockets = [server(`0.0.0.0:${port}`, program)];
  expect(found(exposedServices, { sockets })[0]?.why).toMatch(why);
});
