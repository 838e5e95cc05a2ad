import type { Protocol } from '../../model/protocol.ts';
import type { Severity } from '../../model/report/diagnosis.ts';

/** A service that should not be reachable by everybody, and how it is recognized. */
export interface RiskyService {
  /** Its name in a finding's title. */
  readonly what: string;
  readonly kind: RiskKind;
  readonly severity: Exclude<Severity, 'critical'>;
  /** Default: TCP. */
  readonly protocols?: readonly Protocol[];
  /** Its usual ports. */
  readonly ports: readonly (number | readonly [first: number, last: number])[];
  /** Its programs, by the names of their executables or the first words of their titles. */
  readonly programs?: RegExp;
  /**
   * Matches a command line that makes a program this service; a group `port` captures the port. Must run in linear
   * time: anybody can write a command line, of up to 64 KiB.
   */
  readonly command?: RegExp;
  /** What must follow that match; captures the port. */
  readonly portBehind?: RegExp;
  /** Its ports belong to no other service: the port alone identifies it where the program does not. */
  readonly ownPorts?: true;
  /** Its program also opens other ports, which are harmless or short-lived. */
  readonly usualPortsOnly?: true;
}

/** Why a kind of service should not be reachable, and what to do. */
export const riskKinds = {
  open: {
    why: 'By default it has no authentication: anyone who can reach the port can read and write all its data. Such servers are found within hours.',
    remedy:
      'Make it listen only on loopback or an internal network, enable its authentication, and block all others by a firewall.',
  },
  database: {
    why: 'It asks for a password, which can be guessed, and anyone who can reach the port can exploit bugs of the server.',
    remedy:
      'If its clients are on this machine, make it listen on loopback; otherwise on the address of their network, with a firewall that allows only them.',
  },
  debugger: {
    why: 'A debugger lets anyone who connects run any code in the process, as its user.',
    remedy: 'Start it without the debugger, or make that listen on loopback and use `ssh -L`.',
  },
  engine: {
    why: 'Anyone who can connect can start any container or process, and so has root access to the machine.',
    remedy:
      'Use its UNIX socket, or `ssh`; if a port is needed, enable TLS with client certificates, and block all others by a firewall.',
  },
  application: {
    why: 'It trusts whoever connects to be its web server, and asks for no password: a request can name any file to run, and settings that make it run any code, as its user.',
    remedy:
      'Make it listen at a UNIX socket or on loopback; if its web server is on another machine, allow only that by a firewall.',
  },
  admin: {
    why: 'It controls the machine or a program remotely: a guessed password or a bug gives full access.',
    remedy:
      'Make it listen on loopback and use `ssh -L` or a VPN, or allow only administrators by a firewall.',
  },
  files: {
    why: 'It gives access to files: a guessed password, a share or export that allows too many, or a bug opens them to anyone who can reach the port.',
    remedy:
      'Make it listen on the address of an internal network, or allow only its clients by a firewall.',
  },
  directory: {
    why: 'It tells anyone who asks, without a password, which services run on this machine and at which ports.',
    remedy:
      'If its clients are on this machine, make it listen on loopback; otherwise allow only them by a firewall.',
  },
  plain: {
    why: 'Passwords and data are sent unencrypted: anyone on the path can read and change them.',
    remedy:
      'Use its successor (`ssh`, `sftp`, SNMPv3 …) and stop the service; if it has to stay, allow only an internal network.',
  },
} as const;

/** A kind of risk. */
type RiskKind = keyof typeof riskKinds;

const open = { kind: 'open', severity: 'warning' } as const;
const database = { kind: 'database', severity: 'note' } as const;
const debug = { kind: 'debugger', severity: 'warning' } as const;
const application = { kind: 'application', severity: 'warning' } as const;
const admin = { kind: 'admin', severity: 'note' } as const;
const files = { kind: 'files', severity: 'note' } as const;
const directory = { kind: 'directory', severity: 'note' } as const;
const plain = { kind: 'plain', severity: 'warning' } as const;

/** The services; the first match counts. */
export const riskyServices: readonly RiskyService[] = [
  // Debuggers come first: they run inside programs that match other entries too.
  {
    what: 'the debugger of Node.js',
    ...debug,
    ports: [9229],
    command: /(?:^|\s)--inspect(?:-brk|-wait)?(?:=(?:\S*:)?(?<port>\d{1,5})|=\S*)?(?=\s|$)/,
    usualPortsOnly: true,
    ownPorts: true,
  },
  {
    what: 'the debugger of Java (JDWP)',
    ...debug,
    ports: [5005, 8000],
    command:
      /(?:^|\s)(?:-agentlib:jdwp=|-Xrunjdwp:)(?:[^\s,]*,)*?address=(?:[^\s,]*:)?(?<port>\d+)/,
  },
  {
    what: 'remote management of Java (JMX)',
    ...debug,
    ports: [1099, 7199, 9010],
    command: /-Dcom\.sun\.management\.jmxremote\.(?:rmi\.)?port=(?<port>\d+)/,
  },
  {
    what: 'the registry of Java RMI',
    ...debug,
    ports: [1099],
    programs: /^rmiregistry$/,
    ownPorts: true,
  },
  {
    what: 'the debugger of Python (debugpy)',
    ...debug,
    ports: [5678],
    command: /(?:debugpy|ptvsd)\b/,
    portBehind: /\s--(?:listen|port|server-port)[ =](?:\S*:)?(?<port>\d+)/,
  },
  {
    what: 'gdbserver',
    ...debug,
    ports: [],
    programs: /^(?:gdbserver|lldb-server|lldb-gdbserver)$/,
  },
  {
    what: 'the debugger of Go (Delve)',
    ...debug,
    ports: [2345],
    programs: /^dlv$/,
  },
  {
    what: 'the remote debugging of a browser',
    ...debug,
    ports: [9222],
    command: /--remote-debugging-port=(?<port>\d+)/,
    ownPorts: true,
  },
  {
    what: 'the Android debug bridge',
    ...debug,
    ports: [5037, 5555],
    programs: /^adbd?$/,
  },

  {
    what: "Docker's API without TLS",
    kind: 'engine',
    severity: 'warning',
    ports: [2375],
    programs: /^dockerd$/,
    command: /^(?:\S*\/)?podman[^\s/]* .*?\bsystem service /,
    portBehind: /(?:^|\s)tcp:\S*:(?<port>\d+)/,
    ownPorts: true,
    usualPortsOnly: true,
  },
  {
    what: "Docker's API with TLS",
    kind: 'engine',
    severity: 'note',
    ports: [2376],
    ownPorts: true,
    programs: /^dockerd$/,
    usualPortsOnly: true,
  },
  {
    what: "the kubelet's API",
    kind: 'engine',
    severity: 'note',
    ports: [10250],
    programs: /^kubelet$/,
    ownPorts: true,
    usualPortsOnly: true,
  },
  {
    what: "the kubelet's API without a password",
    kind: 'engine',
    severity: 'warning',
    ports: [10255],
    ownPorts: true,
    programs: /^kubelet$/,
    usualPortsOnly: true,
  },
  {
    what: 'etcd',
    ...open,
    ports: [2379, 2380],
    programs: /^etcd$/,
    ownPorts: true,
    usualPortsOnly: true,
  },
  {
    what: 'libvirt without TLS',
    kind: 'engine',
    severity: 'warning',
    ports: [16509],
    programs: /^(?:libvirtd|virtproxyd)$/,
    ownPorts: true,
    usualPortsOnly: true,
  },

  {
    what: 'Redis',
    ...open,
    ports: [6379],
    programs: /^(?:redis-server|valkey-server|keydb-server|dragonfly)$/,
    ownPorts: true,
  },
  {
    what: 'memcached',
    ...open,
    protocols: ['tcp', 'udp'],
    ports: [11_211],
    programs: /^memcached$/,
    ownPorts: true,
  },
  {
    what: 'MongoDB',
    ...open,
    ports: [[27_017, 27_019]],
    programs: /^(?:mongod|mongos)$/,
    ownPorts: true,
  },
  {
    what: 'Elasticsearch or OpenSearch',
    ...open,
    ports: [9200, 9300],
    command: /org\.(?:elasticsearch|opensearch)\.\S*/,
    ownPorts: true,
  },
  {
    what: 'Cassandra',
    ...open,
    ports: [7000, 9042],
    command: /org\.apache\.cassandra\.service\.CassandraDaemon/,
    usualPortsOnly: true,
  },
  {
    what: 'ZooKeeper',
    ...open,
    ports: [2181],
    command: /org\.apache\.zookeeper\.server\.\S*/,
    ownPorts: true,
  },
  {
    what: 'CouchDB',
    ...database,
    ports: [5984],
    command: /\bcouchdb\b/,
    ownPorts: true,
    usualPortsOnly: true,
  },
  {
    what: 'ClickHouse',
    ...open,
    ports: [8123, 9000],
    programs: /^clickhouse(?:-server)?$/,
    usualPortsOnly: true,
  },
  { what: 'InfluxDB', ...database, ports: [8086], programs: /^influxd3?$/ },
  { what: 'Kafka', ...open, ports: [9092], command: /\bkafka\.Kafka\b/ },
  { what: 'Solr', ...open, ports: [8983], command: /-Dsolr\.\S*/, ownPorts: true },
  {
    what: 'Hadoop',
    ...open,
    ports: [8088, 9870, 50_070],
    command: /org\.apache\.hadoop\.\S*/,
    usualPortsOnly: true,
  },
  {
    what: "Erlang's port mapper (epmd)",
    ...directory,
    ports: [4369],
    programs: /^epmd$/,
    ownPorts: true,
  },
  {
    // The port is RabbitMQ's choice (its guide to networking); a node's own is any.
    what: "Erlang's distribution, which runs what other nodes send",
    ...admin,
    ports: [25_672],
    programs: /^beam(?:\.smp)?$/,
    usualPortsOnly: true,
  },
  {
    what: 'PostgreSQL',
    ...database,
    ports: [5432],
    programs: /^(?:postgres|postmaster)$/,
    ownPorts: true,
  },
  {
    what: 'PgBouncer',
    ...database,
    // Its own choice, and that of those who put it in the place of PostgreSQL.
    ports: [6432, 5432],
    programs: /^pgbouncer$/,
  },
  {
    what: 'MySQL or MariaDB',
    ...database,
    ports: [3306, 33_060],
    programs: /^(?:mysqld|mariadbd)$/,
    ownPorts: true,
  },
  {
    what: 'Microsoft SQL Server',
    ...database,
    ports: [1433],
    programs: /^sqlservr$/,
    ownPorts: true,
  },
  { what: 'Oracle', ...database, ports: [1521], programs: /^tnslsnr$/i, ownPorts: true },
  { what: 'Db2', ...database, ports: [50_000], programs: /^db2sysc$/ },
  { what: 'Firebird', ...database, ports: [3050], programs: /^firebird$/, ownPorts: true },

  {
    what: 'distcc, which runs what it is sent',
    ...open,
    ports: [3632],
    programs: /^distccd$/,
    ownPorts: true,
  },
  {
    what: 'PHP over FastCGI, which runs what it is sent',
    ...application,
    ports: [9000],
    programs: /^php-fpm(?:\d[\d.]*)?$/,
  },
  {
    // Its ports of HTTP are for everybody; which is which, its command line says.
    what: 'uWSGI, which runs what it is sent',
    ...application,
    ports: [],
    command:
      /^(?:\S*\/)?uwsgi[^\s/]*\s(?:.*?\s)?(?:-s|--(?:uwsgi-|fastcgi-|scgi-)?socket)[ =](?:\S*:)?(?<port>\d{1,5})(?=\s|$)/,
  },
  {
    what: 'a Jupyter notebook, which runs what is typed into it',
    ...admin,
    ports: [8888],
    command: /\bjupyter(?:hub)?(?:[-_ ]\w+)?\b/,
  },
  { what: 'Cockpit', ...admin, ports: [9090], programs: /^cockpit-ws$/ },
  { what: 'Webmin', ...admin, ports: [10_000], command: /\bminiserv\.pl\b/ },
  {
    what: 'a screen over VNC',
    ...admin,
    ports: [[5900, 5910]],
    programs: /^(?:Xvnc|Xtigervnc|Xtightvnc|x11vnc|x0vncserver|X0tigervnc|vino-server|wayvnc)$/,
    ownPorts: true,
  },
  {
    what: 'the X server',
    kind: 'plain',
    severity: 'warning',
    ports: [[6000, 6009]],
    programs: /^(?:Xorg|Xwayland|X|Xvfb|Xephyr)$/,
    usualPortsOnly: true,
  },
  {
    what: "rpcbind, which lists the machine's RPC services",
    ...directory,
    protocols: ['tcp', 'udp'],
    ports: [111],
    programs: /^(?:rpcbind|portmap)$/,
    ownPorts: true,
    usualPortsOnly: true,
  },
  { what: 'NFS', ...files, ports: [2049], ownPorts: true },
  {
    what: 'shared folders of Windows (SMB)',
    ...files,
    ports: [139, 445],
    programs: /^smbd$/,
    ownPorts: true,
    usualPortsOnly: true,
  },

  {
    what: 'telnet',
    ...plain,
    ports: [23],
    programs: /^(?:in\.)?telnetd$/,
    ownPorts: true,
  },
  {
    what: 'rsh, rlogin or rexec',
    ...plain,
    ports: [[512, 514]],
    programs: /^(?:in\.)?(?:rshd|rlogind|rexecd)$/,
    ownPorts: true,
  },
  {
    what: 'FTP',
    ...plain,
    severity: 'note',
    ports: [21],
    programs: /^(?:vsftpd|proftpd|pure-ftpd(?:-\w+)?|(?:in\.)?ftpd)$/,
    ownPorts: true,
    usualPortsOnly: true,
  },
  {
    what: 'TFTP, which has no password',
    ...plain,
    severity: 'note',
    protocols: ['udp'],
    ports: [69],
    programs: /^(?:in\.)?(?:a?tftpd)$/,
    ownPorts: true,
    usualPortsOnly: true,
  },
  {
    what: 'SNMP',
    ...plain,
    severity: 'note',
    protocols: ['udp'],
    ports: [161],
    programs: /^snmpd$/,
    ownPorts: true,
    usualPortsOnly: true,
  },
  {
    what: 'finger',
    ...plain,
    severity: 'note',
    ports: [79],
    programs: /^(?:in\.)?fingerd$/,
    ownPorts: true,
  },
  {
    what: 'rsync without ssh',
    ...plain,
    severity: 'note',
    ports: [873],
    programs: /^rsync$/,
    ownPorts: true,
    usualPortsOnly: true,
  },
];
