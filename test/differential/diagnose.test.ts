/** What --diagnose finds where something is wrong with real sockets, and that it is silent where nothing is. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checks } from '../../src/analysis/checks/index.ts';
import type { Diagnosis, Finding } from '../../src/model/report/diagnosis.ts';
import { run } from '../support/command.ts';
import { program } from '../support/program.ts';
import { reasonToSkip } from '../support/requirements.ts';
import { documentErrors } from '../views/text/support/schema.ts';
import { skipReason, startZoo, type Zoo } from './zoo.ts';

/** A scene of test/differential/diagnose, and what is to be found in it. */
interface Scene {
  readonly check: string;
  /** The scene's file, where it is not called as the check. */
  readonly scene?: string;
  /** Behind the check's name: thresholds that suit a small scene. */
  readonly set?: string;
  readonly severity: Finding['severity'];
  readonly title: RegExp;
  readonly seen: Readonly<Record<string, unknown>>;
  /** Who is told to hold the sockets; left out: nobody has to be. */
  readonly program?: string;
  /** The titles of what else is found there. */
  readonly others?: readonly RegExp[];
  /** The fact is the machine's: it is looked at in this network, with limits of its own mounted over the machine's. */
  readonly ofMachine?: true;
}

/** At least so many. */
const atLeast = (least: number) => expect.toSatisfy((value: number) => value >= least);

const scenes: readonly Scene[] = [
  {
    check: 'accept-queue',
    severity: 'critical',
    title: /^127\.0\.0\.1:7001: the accept queue is full$/,
    // The kernel takes one more than the limit.
    seen: { waiting: 21, limit: 20, waitingBefore: 21 },
    program: 'python3',
  },
  {
    check: 'accept-queue',
    scene: 'accept-queue-workers',
    severity: 'critical',
    title: /^127\.0\.0\.1:7011: 2 accept queues are full$/,
    seen: { waiting: 42, limit: 40, waitingBefore: 42, queues: 2 },
    program: 'python3',
  },
  {
    check: 'accept-queue',
    scene: 'accept-queue-worker',
    severity: 'critical',
    title: /^127\.0\.0\.1:7018: 1 of 4 accept queues is full$/,
    seen: { waiting: 9, limit: 8, waitingBefore: 9, queues: 1, allQueues: 4 },
    program: 'python3',
  },
  {
    check: 'accept-queue',
    scene: 'accept-queue-unix',
    severity: 'critical',
    title: /^@tsnetstat accept queue: the accept queue is full$/,
    seen: { waiting: 21, limit: 20, waitingBefore: 21, queues: 1, dropped: 0 },
    program: 'python3',
  },
  {
    check: 'close-wait',
    severity: 'warning',
    title: /^python3 \(PID \d+\) keeps 40 connections that the peer has closed$/,
    seen: { count: 40, new: 0 },
    program: 'python3',
  },
  {
    check: 'syn-flood',
    severity: 'warning',
    title: /^198\.18\.0\.1:7003: 150 handshakes left unfinished$/,
    seen: { halfOpen: 150, senders: 150, dropped: 0 },
  },
  {
    check: 'local-ports',
    severity: 'warning',
    title: /^90 % of the local ports to 127\.0\.0\.1:7004 are taken$/,
    seen: { taken: 45, ports: 50, timeWait: 15, first: 40_000, last: 40_049 },
    program: 'python3',
  },
  {
    check: 'local-ports',
    scene: 'local-ports-bound',
    severity: 'critical',
    title: /^100 % of the local ports at 127\.0\.0\.1 are taken, whatever the destination$/,
    seen: { taken: 50, bound: 50, ports: 50, timeWait: 0, destinations: 3 },
    program: 'python3',
  },
  {
    check: 'local-ports',
    scene: 'local-ports-spread',
    severity: 'critical',
    title: /^100 % of the local ports are bound at 2 addresses together$/,
    seen: { bound: 50, ports: 50, addresses: 2 },
    program: 'python3',
  },
  {
    check: 'local-ports',
    scene: 'local-ports-udp',
    severity: 'critical',
    title: /^100 % of the local ports for UDP are taken$/,
    seen: { taken: 50, ports: 50, sockets: 50 },
    program: 'python3',
  },
  {
    check: 'udp-drops',
    severity: 'warning',
    title: /^127\.0\.0\.1:7005: a UDP socket drops packets$/,
    seen: { buffer: 4096 },
    program: 'python3',
  },
  {
    check: 'time-wait-limit',
    severity: 'warning',
    title: /^50 connections in TIME_WAIT, of 50 at most \(100 %\)$/,
    seen: { timeWait: 50, limit: 50 },
  },
  {
    check: 'lossy-paths',
    severity: 'warning',
    title: /^the path to 127\.0\.0\.7 loses what is sent: 2 connections$/,
    seen: { count: 2, destinations: 1, percentNow: atLeast(5), lost: atLeast(20) },
    program: 'python3',
  },
  {
    check: 'lossy-paths',
    scene: 'lossy-paths-lately',
    severity: 'warning',
    title: /^the path to 127\.0\.0\.7 loses what is sent: [12] connections?$/,
    seen: { destinations: 1, percentNow: atLeast(5), lost: atLeast(20) },
    program: 'python3',
  },
  {
    check: 'lossy-paths',
    scene: 'lossy-paths-silent',
    severity: 'warning',
    title: /^127\.0\.0\.8 does not answer 3 connections$/,
    seen: { count: 3, opening: 0, repetitions: atLeast(3) },
    program: 'python3',
  },
  {
    check: 'lossy-paths',
    scene: 'lossy-paths-probes',
    severity: 'warning',
    title: /^127\.0\.0\.16 does not answer 2 connections$/,
    seen: { count: 2, opening: 0, probing: 2, repetitions: atLeast(3) },
    program: 'python3',
  },
  {
    check: 'stuck-queues',
    set: ':silent=1',
    severity: 'warning',
    title: /^python3 \(PID \d+\) does not read 1 connection$/,
    seen: { count: 1, unread: atLeast(16_384), silent: atLeast(1), fill: atLeast(90) },
    program: 'python3',
    others: [/^1 peer of python3 \(PID \d+\) does not read: 1 connection with a closed window$/],
  },
  {
    check: 'stuck-queues',
    scene: 'stuck-queues-room',
    set: ':silent=1',
    severity: 'note',
    title: /^python3 \(PID \d+\) has not read 1 connection for \d+ s$/,
    seen: { count: 1, unread: 20_000, silent: atLeast(1) },
    program: 'python3',
  },
  {
    check: 'stuck-closing',
    severity: 'warning',
    title: /^python3 \(PID \d+\) waits for the peers of 30 half-closed connections$/,
    seen: { count: 30 },
    program: 'python3',
  },
  {
    check: 'stuck-closing',
    scene: 'stuck-closing-vanished',
    severity: 'warning',
    title: /^port 7010: 30 connections cannot be closed, the peers are gone$/,
    seen: { count: 30, peers: 1, repetitions: atLeast(3) },
  },
  {
    check: 'lossy-paths',
    scene: 'stuck-closing-vanished',
    severity: 'warning',
    // It runs alone: with stuck-closing, 30 of these would be that check's.
    title: /^127\.0\.0\.1 does not answer 55 connections$/,
    seen: { count: 55, opening: 0, probing: 0, repetitions: atLeast(3) },
    program: 'python3',
  },
  {
    check: 'open-files',
    severity: 'warning',
    title: /^python3 \(PID \d+\) has \d+ % of its descriptors open$/,
    seen: { limit: 128, open: atLeast(110) },
    program: 'python3',
  },
  {
    check: 'stopped-programs',
    severity: 'critical',
    title:
      /^app \(PID \d+\) is stopped: nobody answers at 127\.0\.0\.1:7021 and @tsnetstat stopped programs$/,
    seen: { processes: 1, others: 0, sockets: 3 },
    program: 'app',
  },
  {
    check: 'orphan-limit',
    severity: 'critical',
    title: /^\d+ sockets without a program, of 20 at most \(\d+ %\)$/,
    seen: { orphans: atLeast(20), limit: 20 },
    ofMachine: true,
  },
  {
    check: 'tcp-memory',
    severity: 'warning',
    title: /^TCP sockets hold \d+ % of their permitted memory$/,
    seen: { pages: atLeast(200), pressure: 200, high: 100_000 },
    ofMachine: true,
  },
  {
    check: 'exposed-services',
    severity: 'warning',
    title: /^Redis can be reached from other machines: 0\.0\.0\.0:6379$/,
    seen: { port: 6379, ports: 1, sockets: 1 },
    program: 'redis-server',
  },
  {
    check: 'odd-programs',
    severity: 'warning',
    title: /^sh \(PID \d+\) uses a connection as its standard input and output$/,
    seen: { processes: 1, sockets: 1 },
    program: 'sh',
  },
  {
    check: 'odd-programs',
    scene: 'odd-place',
    severity: 'warning',
    title: /^\[kworker\/0:1\] \(PID \d+\) runs from a world-writable directory$/,
    seen: { processes: 1, sockets: 1 },
    program: '[kworker/0:1]',
  },
  {
    check: 'odd-programs',
    scene: 'odd-upgrade',
    severity: 'note',
    title: /^service \(3 processes\) runs from a file that was replaced$/,
    seen: { processes: 3, sockets: 3 },
    program: 'service',
  },
  {
    check: 'shared-ports',
    severity: 'warning',
    title: /^udp port 7013 is shared by user 1001 and user 1002$/,
    seen: { port: 7013, sockets: 2 },
    program: 'python3',
  },
  {
    check: 'shared-ports',
    scene: 'shared-families',
    severity: 'warning',
    title: /^tcp port 7013 is shared by python3 and sleep, one on IPv4 and one on IPv6$/,
    seen: { port: 7013, sockets: 2 },
    program: 'sleep',
  },
  {
    check: 'shared-ports',
    scene: 'shared-container',
    severity: 'warning',
    title: /^tcp port 7014 is sleep \(PID \d+\)'s and a container's$/,
    seen: { port: 7014, sockets: 1 },
    program: 'sleep',
  },
  {
    check: 'conntrack-table',
    set: ':full=1',
    severity: 'warning',
    title: /^the firewall's table of connections is 1 % full$/,
    seen: { dropped: 0, forgotten: 0 },
  },
  {
    check: 'default-route',
    severity: 'note',
    title: /^there is no default route$/,
    seen: { interfaces: 2, up: 2, withAddress: 1 },
  },
  {
    check: 'default-route',
    scene: 'no-carrier',
    severity: 'critical',
    title:
      /^the default route \(IPv4\) by 192\.0\.2\.254 on eth0 leads to a link without a carrier$/,
    seen: {},
  },
  {
    check: 'default-route',
    scene: 'silent-gateway',
    severity: 'critical',
    title: /^the gateway 192\.0\.2\.254 does not answer on eth0$/,
    seen: {},
  },
  {
    check: 'name-servers',
    severity: 'critical',
    title: /^no DNS server can be reached: 127\.0\.0\.53$/,
    seen: { failing: 1, servers: 1 },
  },
  {
    check: 'name-servers',
    scene: 'lost-name-server',
    severity: 'note',
    title: /^1 DNS server of 2 cannot be reached: 198\.51\.100\.53$/,
    seen: { failing: 1, servers: 2 },
  },
  // Only there has the neighbour table limits.
  ...(existsSync('/proc/sys/net/ipv4/neigh/default/gc_thresh3')
    ? [
        {
          check: 'neighbour-table',
          severity: 'critical',
          title: /^the neighbour table \(ARP\) is full$/,
          seen: { count: atLeast(40), limit: 40, ipVersion: 4 },
          ofMachine: true,
        } as const,
      ]
    : []),
];

describe.skipIf(skipReason)(`--diagnose on real sockets ${skipReason ?? ''}`, () => {
  let zoo: Zoo;
  beforeAll(async () => {
    zoo = await startZoo('empty');
  });
  afterAll(() => zoo?.stop());

  const runner = fileURLToPath(new URL('diagnose/run.py', import.meta.url));

  /** Diagnoses a scene in a network namespace of its own, or with other limits in that of the machine. */
  async function diagnosed(
    { check, scene = check, ofMachine }: Pick<Scene, 'check' | 'scene' | 'ofMachine'>,
    kind: 'fault' | 'calm',
    args: readonly string[],
  ) {
    const scripted = ['/usr/bin/python3', '-B', runner, scene, kind];
    const { stdout, stderr, code } = ofMachine
      ? await run([
          ...['env', 'SCENE_OF_MACHINE=1', 'unshare', '--mount', ...scripted],
          ...[...program, ...args],
        ])
      : await zoo.run(['unshare', '--net', ...scripted, ...zoo.program, ...args]);
    return { text: stdout.toString(), complaint: stderr.toString(), code };
  }

  it.each(scenes.map((scene) => [scene.scene ?? scene.check, scene] as const))(
    '%s is found, and its scene without the fault is silent',
    async (_, scene) => {
      const { check, set = '', severity, title, seen, program: holder, others = [] } = scene;
      const args = ['--diagnose', `${check}${set}`, '--json'];
      const fault = await diagnosed(scene, 'fault', args);
      expect(fault.complaint).toBe('');
      const diagnosis = JSON.parse(fault.text) as Diagnosis;
      expect(documentErrors(diagnosis)).toEqual([]);
      expect(diagnosis.notRun).toEqual([]);
      expect(diagnosis.findings.map((one) => one.title)).toEqual(
        [title, ...others].map((one) => expect.stringMatching(one)),
      );
      const [finding] = diagnosis.findings;
      expect(finding).toMatchObject({ check, severity, seen });
      if (holder !== undefined) {
        expect(finding?.processes.map((process) => process.program)).toContain(holder);
      }
      expect(fault.code).toBe(1);

      const calm = await diagnosed(scene, 'calm', args);
      expect(calm.complaint).toBe('');
      expect(JSON.parse(calm.text).findings).toEqual([]);
      expect(calm.code).toBe(0);
    },
  );

  it('without netlink, a server is named whose queue may be the full one', async () => {
    const asked = ['--diagnose', 'accept-queue', '--source', 'proc', '--json'];
    const { text, code } = await diagnosed({ check: 'accept-queue' }, 'fault', asked);
    const diagnosis = JSON.parse(text) as Diagnosis;
    expect(documentErrors(diagnosis)).toEqual([]);
    const [finding, ...others] = diagnosis.findings;
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      ...{ check: 'accept-queue', severity: 'warning', certainty: 'likely' },
      title: '127.0.0.1:7001: connections wait, and some are dropped at full accept queues',
      seen: { waiting: 21, waitingBefore: 21, dropped: atLeast(1) },
      processes: [{ program: 'python3' }],
    });
    expect(code).toBe(1);
  });

  it('a UNIX server’s queue is what ss says of it', async () => {
    const asked = ['/bin/sh', '-c', 'ss -xlnH && exec "$@"', 'sh', ...zoo.program];
    const scripted = ['/usr/bin/python3', '-B', runner, 'accept-queue-unix', 'fault', ...asked];
    const typed = ['--diagnose', 'accept-queue', '-x', '--json'];
    const { stdout } = await zoo.run(['unshare', '--net', ...scripted, ...typed]);
    const text = stdout.toString();
    const [theirs = '', ...others] = text.slice(0, text.indexOf('{')).trim().split('\n');
    expect(others).toEqual([]);
    const [type, state, waiting, limit] = theirs.split(/\s+/);
    expect([type, state]).toEqual(['u_str', 'LISTEN']);
    const { findings } = JSON.parse(text.slice(text.indexOf('{'))) as Diagnosis;
    expect(findings).toMatchObject([
      { seen: { waiting: Number(waiting), limit: Number(limit) }, sockets: [{ type: 'STREAM' }] },
    ]);
    expect(theirs).toContain(`${findings[0]?.sockets[0]?.inode}`);
  });

  it.each<[string, readonly string[]]>([
    ['netlink', []],
    ['files', ['--source', 'proc']],
  ])('of %s, a server that does not accept is found if asked about', async (_, source) => {
    const asked = ['--diagnose', '--ignore', 'lossy-paths', '--port', '7017', '--json', ...source];
    const fault = await diagnosed({ check: 'hung-server' }, 'fault', asked);
    const diagnosis = JSON.parse(fault.text) as Diagnosis;
    expect(documentErrors(diagnosis)).toEqual([]);
    expect(diagnosis.findings).toMatchObject([
      {
        ...{ check: 'hung-server', severity: 'warning', certainty: 'sure' },
        title: '127.0.0.1:7017: 6 connections have waited for a second to be accepted',
        seen: { count: 6, waiting: 6, waitingBefore: 6, closed: 2 },
      },
    ]);
    expect(fault.code).toBe(1);
    const calm = await diagnosed({ check: 'hung-server' }, 'calm', asked);
    expect(JSON.parse(calm.text).findings).toEqual([]);
    expect(calm.code).toBe(0);
  });

  it('a UDP server that does not read is found if asked about', async () => {
    const asked = ['--diagnose', '--port', '7018', '--json'];
    const fault = await diagnosed({ check: 'hung-server-udp' }, 'fault', asked);
    const diagnosis = JSON.parse(fault.text) as Diagnosis;
    expect(documentErrors(diagnosis)).toEqual([]);
    const [finding, ...others] = diagnosis.findings;
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      ...{ check: 'hung-server', severity: 'note', processes: [{ program: 'python3' }] },
      title: expect.stringMatching(/^127\.0\.0\.1:7018: [\d,]+ bytes of UDP packets are not read/),
      // Each packet takes more room than its 60 bytes.
      seen: { unread: atLeast(40 * 60), sockets: 1 },
    });
    expect(finding?.seen.unreadBefore).toBe(finding?.seen.unread);
    const calm = await diagnosed({ check: 'hung-server-udp' }, 'calm', asked);
    expect(JSON.parse(calm.text).findings).toEqual([]);
    expect(calm.code).toBe(0);
  });

  it('another network namespace is looked at by its own settings and counters', async () => {
    // The program runs in the zoo's namespace, the scene in another one.
    const outside = ['nsenter', '--net=/proc/1/ns/net', ...zoo.program];
    const asked = ['--diagnose', 'local-ports,accept-queue', '--all-netns', '--json'];
    const scene = ['unshare', '--net', '/usr/bin/python3', '-B', runner, 'local-ports', 'fault'];
    const { stdout, code } = await zoo.run([...scene, ...outside, ...asked]);
    const diagnosis = JSON.parse(stdout.toString()) as Diagnosis;
    expect(diagnosis.findings).toMatchObject([
      { check: 'local-ports', netns: { own: false }, seen: { taken: 45, ports: 50 } },
    ]);
    const [finding] = diagnosis.findings;
    expect(finding?.command?.slice(1, 3)).toEqual(['--netns', String(finding?.netns?.inode)]);
    expect(diagnosis.notRun).toEqual([]);
    expect(documentErrors(diagnosis)).toEqual([]);
    expect(code).toBe(1);
  });

  // The program runs in the zoo's namespace, the scene in that of the parent process.
  const fromOutside = 'nsenter --net=/proc/1/ns/net "$@" --netns $PPID';

  it.each([
    ['accept-queue', 'accept-queue', 'sysctl -w net.core.somaxconn=80'],
    ['default-route', 'no-carrier', 'ip link show eth0'],
    ['default-route', 'silent-gateway', 'ip neigh show dev eth0'],
  ])('%s: commands for another network namespace run in it (%s)', async (check, scene, command) => {
    const limited = 'echo 20 > /proc/sys/net/core/somaxconn; exec "$@"';
    const { stdout } = await zoo.run([
      ...['unshare', '--net', '/bin/sh', '-c', limited, 'sh'],
      ...['/usr/bin/python3', '-B', runner, scene, 'fault', '/bin/sh', '-c', fromOutside, 'sh'],
      ...[...zoo.program, '--diagnose', check, '--json'],
    ]);
    const { findings } = JSON.parse(stdout.toString()) as Diagnosis;
    const { remedy = '', processes = [] } = findings[0] ?? {};
    const commands = [...remedy.matchAll(/`([^`]*)`/g)].map(([, text = '']) => text);
    expect(commands).toContainEqual(
      expect.stringMatching(new RegExp(`^nsenter --net=/proc/\\d+/ns/net ${command}$`)),
    );
    const anywhere =
      /^(?:nsenter --net=\S+|tsnetstat --netns \S+|(?:cat|ls|grep files) \/proc\/\d+|strace -p \d+|ps .* -p \d+|--diagnose)/;
    for (const text of commands) expect(text).toMatch(anywhere);
    if (processes.length > 0) expect(remedy).not.toMatch(/\bPID\b/);
  });

  it('a setting that a remedy changes is changed in the network namespace of the finding', async () => {
    const typed = `command=$(${fromOutside} | grep -o 'nsenter [^\`]*sysctl -w [^\`]*' | tail -n 1)
nsenter --net=/proc/1/ns/net /bin/sh -c "$command"
cat /proc/sys/net/core/somaxconn
nsenter --net=/proc/1/ns/net cat /proc/sys/net/core/somaxconn`;
    const { stdout } = await zoo.run([
      ...['unshare', '--net', '/bin/sh', '-c'],
      ...['echo 20 > /proc/sys/net/core/somaxconn; exec "$@"', 'sh'],
      ...['/usr/bin/python3', '-B', runner, 'accept-queue', 'fault', '/bin/sh', '-c', typed, 'sh'],
      ...[...zoo.program, '--diagnose', 'accept-queue', '--json'],
    ]);
    expect(stdout.toString()).toMatch(/^net\.core\.somaxconn = 80\n80\n(?!80\n)\d+\n$/);
  });

  it('processes are looked at too if another network namespace is selected', async () => {
    const asked = ['--diagnose', 'odd-programs', '--json'];
    const scene = ['unshare', '--net', '/usr/bin/python3', '-B', runner, 'odd-place', 'fault'];
    const { stdout, stderr, code } = await zoo.run([
      ...[...scene, '/bin/sh', '-c', fromOutside, 'sh'],
      ...[...zoo.program, ...asked],
    ]);
    expect(stderr.toString()).toBe('');
    const diagnosis = JSON.parse(stdout.toString()) as Diagnosis;
    expect(diagnosis).toMatchObject({
      findings: [{ check: 'odd-programs', sockets: [{ netns: { own: false } }] }],
      notRun: [],
    });
    expect(code).toBe(1);
  });

  it.each([
    [0, 'critical', 2],
    [1, 'note', 30],
    [2, 'note', 30],
  ])(
    'ports in TIME_WAIT are as good as taken only if connect(2) does not reuse them: tcp_tw_reuse=%d',
    async (reuse, severity, connects) => {
      const over = fileURLToPath(new URL('diagnose/local_ports_over.py', import.meta.url));
      const { stdout } = await zoo.run([
        ...['env', `TW_REUSE=${reuse}`, 'unshare', '--net', '/usr/bin/python3', '-B', runner],
        ...['local-ports-over', 'fault', '/bin/sh', '-c', '"$@"; python3 -B "$0"', over],
        ...[...zoo.program, '--diagnose', 'local-ports', '--format', 'ndjson'],
      ]);
      const [finding = '', connected = ''] = stdout.toString().split('\n');
      expect(JSON.parse(finding)).toMatchObject({ severity, seen: { taken: 48, timeWait: 48 } });
      expect(Number(connected)).toBe(connects);
    },
  );

  it.each([
    ['local-ports-bound', 'fault', 'EADDRINUSE EADDRNOTAVAIL'],
    ['local-ports-bound', 'calm', 'succeeds succeeds'],
    ['local-ports-spread', 'fault', 'succeeds EADDRNOTAVAIL'],
    ['local-ports-spread', 'calm', 'succeeds succeeds'],
    ['local-ports-udp', 'fault', 'EAGAIN'],
    ['local-ports-udp', 'calm', 'succeeds'],
  ])(
    'the kernel has no port left where the finding says so: %s, %s',
    async (scene, kind, outcome) => {
      const file = new URL(`diagnose/${scene.replaceAll('-', '_')}.py`, import.meta.url);
      const { stdout } = await zoo.run([
        ...['unshare', '--net', '/usr/bin/python3', '-B', runner, scene, kind],
        ...['/usr/bin/python3', '-B', fileURLToPath(file)],
      ]);
      expect(stdout.toString()).toBe(`${outcome}\n`);
    },
  );

  it("reports the neighbour table of the machine's first network only", async () => {
    const asked = ['--diagnose', 'neighbour-table', '--json'];
    const { stdout, stderr, code } = await zoo.tsnetstat(asked);
    const reason = expect.stringMatching(/gc_thresh3: not found/);
    expect(JSON.parse(stdout.toString())).toMatchObject({
      findings: [],
      notRun: [{ check: 'neighbour-table', reason }],
    });
    expect(stderr.toString()).toMatch(/^tsnetstat: neighbour-table: not checked: .*gc_thresh3/);
    expect(code).toBe(2);
  });

  const withoutLoad = reasonToSkip({ platforms: ['linux'], programs: ['/usr/sbin/nginx', 'wrk'] });

  it.skipIf(withoutLoad)('a busy web server gives no finding, by any check', async () => {
    const busy = await diagnosed({ check: 'busy-web' }, 'calm', ['--diagnose', '--json', '-a']);
    const diagnosis = JSON.parse(busy.text) as Diagnosis;
    expect(diagnosis.findings).toEqual([]);
    // In a network namespace of its own there are no limits of the machine to be read, nobody asks about one service,
    // and without a firewall there may be no table of its connections.
    const able = checks
      .filter(({ about, name }) => about === 'sockets' || name === 'default-route')
      .map(({ name }) => name);
    expect(diagnosis.checks.map(({ check }) => check)).toEqual(expect.arrayContaining(able));
    expect(busy.code).toBe(0);
  });
});
