import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/model/report/snapshot.ts';
import type { InetSocket, Socket } from '../../src/model/socket/socket.ts';
import { isExecutable } from '../support/program.ts';
import { skipReason, startZoo, type Visit, type Zoo } from './zoo.ts';

const nobody = 65534;

type Name = 'own' | 'web' | 'db' | 'plain' | 'nested';
const names: readonly Name[] = ['own', 'web', 'db', 'plain', 'nested'];

/** Rows of netstat's Internet tables, without titles. */
function rowsIn(text: string): string[] {
  return text.split('\n').flatMap((line) => (/^(tcp|udp)/.test(line) ? [line.trimEnd()] : []));
}

/** The same of ours, each without its last word, which is the namespace. */
function splitRows(text: string): (readonly [netns: string, row: string])[] {
  return rowsIn(text).map((line) => {
    const [, row = '', netns = ''] = /^(.*) (\S+)$/.exec(line) ?? [];
    return [netns, row.trimEnd()];
  });
}

/** Series that are of the program's run, not of a namespace. */
const ofReading = /^tsnetstat_(reading|build|namespaces|interfaces)_/;

/** In Node: as if koffi's native part were not there. */
const withoutNative = [
  'env',
  `NODE_OPTIONS=--import=data:text/javascript,process.dlopen=()=>{throw(new(Error)('none'))}`,
];

describe.skipIf(skipReason)(`--all-netns beside netstat ${skipReason ?? ''}`, () => {
  let zoo: Zoo;
  let pids: Readonly<Record<Name, number>>;
  /** By name, as they are shown: the name, the number, `(own)`. */
  const shown = {} as Record<Name | 'held', string>;
  const theirs = {} as Record<Name, string[]>;

  beforeAll(async () => {
    zoo = await startZoo('empty');
    const facts = await zoo.fill('namespaces.py', 'namespaces.json');
    pids = JSON.parse(facts) as typeof pids;
    const inode = async (path: string) =>
      (await zoo.run(['stat', '-Lc', '%i', path])).stdout.toString().trim();
    Object.assign(shown, { own: '(own)', web: 'web', db: 'db' });
    shown.plain = await inode(`/proc/${pids.plain}/ns/net`);
    shown.nested = await inode(`/proc/${pids.nested}/ns/net`);
    shown.held = await inode(join(zoo.folder, 'held'));
    for (const name of names) {
      theirs[name] = rowsIn(await inside(name, ['/usr/bin/netstat', '-tuan']));
      expect(theirs[name].length, name).toBeGreaterThanOrEqual(3);
    }
  });
  afterAll(() => zoo?.stop());

  async function inside(name: Name, command: readonly string[]): Promise<string> {
    const enter = ['nsenter', '-t', String(pids[name]), '-n', '--'];
    return (await zoo.run([...enter, ...command])).stdout.toString();
  }

  async function json(args: readonly string[], visit: Visit = {}) {
    const { stdout, stderr, code } = await zoo.tsnetstat([...args, '--json'], visit);
    expect(stderr === '' || code === 0, stderr).toBe(true);
    return JSON.parse(stdout.toString()) as Snapshot;
  }

  const sorted = (rows: readonly string[]) => [...rows].sort();
  const all = () => names.flatMap((name) => theirs[name].map((row) => `${shown[name]} ${row}`));
  const joined = (rows: ReturnType<typeof splitRows>) => rows.map((pair) => pair.join(' '));

  it('as root: each namespace once, its own first, with its rows in their order', async () => {
    const { stdout, stderr, code } = await zoo.tsnetstat(['--all-netns', '-tuan']);
    expect([stderr, code]).toEqual(['', 0]);
    const rows = splitRows(stdout.toString());
    expect(sorted(joined(rows))).toEqual(sorted(all()));
    for (const name of names) {
      const ours = rows.flatMap(([netns, row]) => (netns === shown[name] ? [row] : []));
      expect(ours, name).toEqual(theirs[name]);
    }
    const order = [...new Set(rows.map(([netns]) => netns))];
    expect(order.slice(0, 3)).toEqual(['(own)', 'db', 'web']);
  });

  it('the same ends that ss -N reports', async () => {
    const words = (text: string) =>
      sorted(
        text
          .split('\n')
          .slice(0, -1)
          .map((line) => line.trim().split(/\s+/).slice(-2).join(' ')),
      );
    for (const name of ['web', 'db']) {
      const ss = (await zoo.run(['ss', '-N', name, '-tanH'])).stdout.toString();
      const args = ['--netns', name, '-tan', '-H', '--columns', 'src,dst'];
      const ours = (await zoo.tsnetstat(args)).stdout.toString();
      expect(words(ours)).toEqual(words(ss));
      expect(words(ours).length).toBeGreaterThan(3);
    }
  });

  it('one title for each section, and UNIX sockets of every namespace behind them', async () => {
    const { stdout } = await zoo.tsnetstat(['--all-netns', '-an']);
    const text = stdout.toString();
    expect(text.match(/^Active/gm)).toHaveLength(2);
    expect(text).toContain('State       Netns\n');
    expect(text).toMatch(new RegExp(`^unix .* LISTENING .* ${shown.plain} +@only-here$`, 'm'));
  });

  it('the series that a run inside has, with sockets or without any', async () => {
    const metrics = ['--format', 'prometheus', '--metrics-remote', '80'];
    const series = async (args: readonly string[], netns: string, visit?: Visit) => {
      const { stdout } = await zoo.tsnetstat([...metrics, ...args], visit);
      const lines = stdout.toString().match(/^tsnetstat_.*(?= )/gm) ?? [];
      const labelled = lines.filter((line) => line.includes(`netns="${netns}"`));
      const found = (netns === '' ? lines : labelled).filter((line) => !ofReading.test(line));
      return found.map((line) => line.replace(/,?netns="[^"]*"/, '').replace('{}', '')).sort();
    };
    for (const [file, label] of [
      ['/run/netns/web', 'web'],
      [join(zoo.folder, 'held'), shown.held],
    ] as const) {
      const there = await series([], '', { under: ['nsenter', `--net=${file}`] });
      const listen = 'tsnetstat_sockets{protocol="tcp",family="ipv6",state="LISTEN"}';
      expect(there).toContain(listen);
      expect(await series(['--netns', file], label)).toEqual(there);
      expect(await series(['--all-netns'], label)).toEqual(there);
    }
  });

  it.each<[string, readonly string[], Visit]>([
    ['the files of processes', ['--source', 'proc'], {}],
    ['a /proc by its path', ['--proc-root', '/proc'], {}],
    ['an unprivileged user', [], { uid: nobody }],
    ...(isExecutable
      ? []
      : [['no native part', [], { under: withoutNative }] as [string, readonly string[], Visit]]),
  ])('the same sockets by %s', async (_, flags, visit) => {
    const { stdout, stderr, code } = await zoo.tsnetstat(['--all-netns', '-tuan', ...flags], visit);
    expect(code).toBe(0);
    const rows = splitRows(stdout.toString()).map(([, row]) => row);
    expect(sorted(rows)).toEqual(sorted(names.flatMap((name) => theirs[name])));
    // What only a mount holds cannot be entered; whoever is told no numbers cannot tell it from others.
    const lines = stderr.split('\n').slice(0, -1);
    if (flags.length > 0) expect(lines).toEqual([]);
    else expect(lines).toHaveLength(1);
    if (visit.uid === undefined && lines.length > 0) {
      expect(lines[0]).toContain(`1 network namespace is left out: ${shown.held}: `);
    }
  });

  it('owners are reported for every namespace', async () => {
    const { sockets } = await json(['--all-netns', '-tan', '-p']);
    for (const name of names) {
      const listeners = sockets.filter(
        ({ netns, state }) =>
          state === 'LISTEN' &&
          (netns?.own === true ? '(own)' : (netns?.name ?? String(netns?.inode))) === shown[name],
      );
      expect(listeners.length, name).toBeGreaterThan(0);
      for (const { owners } of listeners) {
        expect(owners?.map(({ pid }) => pid)).toContain(pids[name]);
      }
    }
  });

  it.each<[string, () => string, Name]>([
    ['a name', () => 'web', 'web'],
    ['a PID', () => String(pids.plain), 'plain'],
    ["a file of ip netns'", () => '/run/netns/db', 'db'],
    ['a file of a process', () => `/proc/${pids.nested}/ns/net`, 'nested'],
    ['the number that is shown', () => shown.plain, 'plain'],
    ['the PID of a process that lives where this program does', () => String(pids.own), 'own'],
  ])('--netns takes %s', async (_, value, name) => {
    const { stdout, stderr, code } = await zoo.tsnetstat(['--netns', value(), '-tuan']);
    expect([stderr, code]).toEqual(['', 0]);
    expect(splitRows(stdout.toString())).toEqual(theirs[name].map((row) => [shown[name], row]));
  });

  it.each<[string, readonly string[]]>([
    ['the right to enter it', ['setpriv', '--bounding-set=-sys_admin', '--']],
    ...(isExecutable ? [] : [['the native part', withoutNative] as [string, readonly string[]]]),
  ])('--netns by a name goes by processes without %s', async (_, under) => {
    const { stdout, code } = await zoo.tsnetstat(['--netns', 'web', '-tuan'], { under });
    const rows = splitRows(stdout.toString()).map(([, row]) => row.replace(/ +$/, ''));
    expect([rows, code]).toEqual([theirs.web, 0]);
  });

  it('--netns as an unprivileged user: by the PID of anybody', async () => {
    const visit = { uid: nobody };
    const { stdout, code } = await zoo.tsnetstat(['--netns', `${pids.db}`, '-tuan'], visit);
    expect([splitRows(stdout.toString()).map(([, row]) => row), code]).toEqual([theirs.db, 0]);
    const named = await zoo.tsnetstat(['--netns', 'db', '-tuan'], visit);
    expect([named.stdout.toString(), named.code]).toEqual(['', 2]);
    expect(named.stderr).toMatch(
      /^tsnetstat: --netns: db: .*: no process is known to be in it, .*CAP_SYS_ADMIN\); the PID of a process in it would do\n$/,
    );
    const atPath = await zoo.tsnetstat(['--netns', `/proc/${pids.db}/ns/net`, '-tuan'], visit);
    expect([atPath.stderr, atPath.code]).toEqual([
      `tsnetstat: --netns /proc/${pids.db}/ns/net: permission denied (EACCES); --netns ${pids.db} needs none\n`,
      2,
    ]);
    const elsewhere = await zoo.tsnetstat(['--netns', '/proc/1/root/x', '-tuan'], visit);
    expect(elsewhere.stderr).toMatch(
      / denied \(EACCES\); the PID of a process in it needs none\n$/,
    );
  });

  it('a namespace without processes is read by root', async () => {
    const held = join(zoo.folder, 'held');
    const face = (await zoo.tsnetstat(['--netns', held, '-i'])).stdout.toString();
    expect(face).toMatch(new RegExp(`^lo +65536 .* LRU +${shown.held}$`, 'm'));
    const every = (await zoo.tsnetstat(['--all-netns', '-i'])).stdout.toString();
    expect(every).toContain(` ${shown.held}\n`);
    for (const name of ['web', 'db']) {
      expect(every).toMatch(new RegExp(`^v0 +1500 .* BMRU +${name}$`, 'm'));
    }
  });

  it.each<[readonly string[], RegExp]>([
    [
      ['--netns', 'nix'],
      /^tsnetstat: --netns nix: there is no network namespace with that name; there are \(own\), db, web, \d+/,
    ],
    [['--netns', '4194000'], /^tsnetstat: --netns 4194000: there is neither .* nor a process/],
    [['--netns', '/etc/passwd'], /^tsnetstat: --netns \/etc\/passwd: not a namespace file/],
    [['--netns', '/run/netns/nix'], /^tsnetstat: --netns \/run\/netns\/nix: there is no such file/],
    [['--netns', '/proc/self/ns/mnt'], /^tsnetstat: --netns .*: a namespace of type mnt/],
    [['--netns', ''], /^tsnetstat: --netns: expected a name, a PID or a path/],
    [['--netns', 'web', '--all-netns'], /^tsnetstat: --all-netns and --netns: give one of them/],
    [['--all-netns', '--proc-root', '/etc'], /^tsnetstat: .*a captured \/proc/],
  ])('%j is a mistake', async (args, message) => {
    const { stdout, stderr, code } = await zoo.tsnetstat([...args, '-tan']);
    expect([stdout.toString(), code]).toEqual(['', 2]);
    expect(stderr).toMatch(message);
    expect(stderr.split('\n')).toHaveLength(2);
  });

  it('the other reports are those of each namespace', async () => {
    for (const flags of ['-rn', '-gn']) {
      const ours = (await zoo.tsnetstat(['--netns', 'web', flags])).stdout.toString();
      const netstat = await inside('web', ['/usr/bin/netstat', flags]);
      const words = (text: string, last: string) =>
        text
          .split('\n')
          .slice(flags === '-gn' ? 3 : 2, -1)
          .map((line) => line.replace(new RegExp(` +${last}$`), '').trimEnd());
      expect(words(ours, 'web'), flags).toEqual(words(netstat, ''));
    }
    const counters = JSON.parse(
      (await zoo.tsnetstat(['--all-netns', '-s', '--json'])).stdout.toString(),
    ) as Snapshot<'statistics'>;
    const opened = (name: string) =>
      counters.statistics.find((one) => one.name === 'PassiveOpens' && one.netns?.name === name)
        ?.value;
    expect([opened('db'), opened('web')]).toEqual([2, 1]);
  });

  it('the namespace of a process that hides its number has it nevertheless, by another process there', async () => {
    const answer = async (...args: readonly string[]) => {
      const { stdout } = await zoo.tsnetstat([...args, '-tan', '--json'], { uid: nobody });
      const { sockets } = JSON.parse(stdout.toString()) as Snapshot;
      return [...new Set(sockets.map(({ netns }) => netns?.inode))];
    };
    const [inode, ...others] = await answer('--netns', `${pids.own}`);
    expect(inode).toEqual(expect.any(Number));
    expect([inode, ...others]).toEqual(await answer('--netns', 'own'));
  });

  it('--peers: over the link into the other namespace, over loopback within each', async () => {
    const { sockets } = await json(['--all-netns', '-tuan', '--peers']);
    const peerOf = (name: string, port: number) => {
      const one = (sockets as InetSocket[]).find(
        ({ netns, local, state }) =>
          netns?.name === name && local.port === port && state === 'ESTABLISHED',
      );
      return one?.peer?.owners.map(({ pid }) => pid);
    };
    expect(peerOf('web', 41000)).toEqual([pids.db]);
    expect(peerOf('db', 5432)).toEqual([pids.web]);
    expect(peerOf('web', 41001)).toEqual([pids.db]);
    for (const name of ['web', 'db'] as const) {
      expect(peerOf(name, 40000)).toEqual([pids[name]]);
      expect(peerOf(name, 8080)).toEqual([pids[name]]);
    }
  });

  it('--peers: a UDP server of any address in the namespace that has the address, whatever else is listed', async () => {
    for (const flags of ['-un', '-tuan']) {
      const { sockets } = await json(['--all-netns', flags, '--peers']);
      const client = (sockets as InetSocket[]).find(({ local }) => local.port === 41002);
      expect(
        client?.peer?.owners.map(({ pid }) => pid),
        flags,
      ).toEqual([pids.db]);
    }
  });

  it('facts that only the kernel provides are reported for every namespace', async () => {
    const { sockets } = await json(['--all-netns', '-tan', '--tcp-info']);
    const connections = (sockets as InetSocket[]).filter(({ state }) => state === 'ESTABLISHED');
    expect(connections.length).toBeGreaterThan(10);
    for (const { tcpInfo } of connections) expect(tcpInfo?.cwnd).toBeGreaterThan(0);
  });

  it('filters, columns, order and the answers for scripts', async () => {
    const filtered = await zoo.tsnetstat([
      ...['--all-netns', '-tan', '--sort', '-netns', '--columns', 'netns,sport', '-H'],
      'sport = :8080 and netns = *b*',
    ]);
    const words = filtered.stdout.toString().trim().split(/\s+/);
    expect(words).toEqual(['web', '8080', 'web', '8080', 'db', '8080', 'db', '8080']);
    const quiet = (...args: string[]) => zoo.tsnetstat(['-q', ...args]).then(({ code }) => code);
    expect(await quiet('--netns', 'db', '--port', '5432')).toBe(0);
    expect(await quiet('--netns', 'plain-not', '--port', '5432')).toBe(2);
    expect(await quiet('--port', '5432')).toBe(1);
    expect(await quiet('--all-netns', '--wait', '2', '--port', '7001')).toBe(0);
    const held = await zoo.tsnetstat(['--pids', '--all-netns', '-tln', '--port', '5432']);
    expect(held.stdout.toString()).toBe(`${pids.db}\n`);
    const bare = await zoo.tsnetstat(['-qtl', 'netns = db']);
    expect(bare.code).toBe(2);
    expect(bare.stderr.toString()).toContain('only with --all-netns, or --netns NAME');
    const own = await json(['--all-netns', '-tln', 'netns = own']);
    expect(own.sockets.length).toBeGreaterThan(0);
    expect(own.sockets.every(({ netns }: Socket) => netns?.own === true)).toBe(true);
  });

  it('reports a process in another namespace if it has nothing in the own one', async () => {
    const onTerminal = ['/usr/bin/python3', '-c', 'import pty, sys; pty.spawn(sys.argv[1:])'];
    const ask = async (under: string[], ...args: string[]) => {
      const { stdout, stderr } = await zoo.tsnetstat(['-tuan', ...args], { under });
      return `${stdout}${stderr}`.split(/\r?\n/).filter((line) => line.startsWith('tsnetstat: '));
    };
    const line =
      'tsnetstat: 7 matching sockets are in another network namespace (db); --all-netns shows them';
    expect(await ask(onTerminal, '--pid', String(pids.db))).toEqual([line]);
    expect(await ask(onTerminal, '--pid', String(pids.db), '--json')).toEqual([]);
    expect(await ask(onTerminal, '--pid', String(pids.own))).toEqual([]);
    expect(await ask([], '--pid', String(pids.db))).toEqual([]);
  });

  it('the /proc of a PID namespace in this one shows networks too, and one process’s folder does not', async () => {
    const program = zoo.program.map((part) => `'${part}'`).join(' ');
    const script = `unshare --pid --fork --kill-child --mount-proc sleep 1000 2>/dev/null & outer=$!
      inner() { tr -d ' ' </proc/$outer/task/$outer/children; }
      until grep -qs sleep "/proc/$(inner)/root/proc/1/comm"; do sleep 0.1; done
      ${program} --proc-root "/proc/$(inner)/root/proc" --all-netns -tuan
      for flag in --all-netns -p; do ${program} --proc-root "/proc/$(inner)" -tln $flag >"$0/out"; done
      kill -KILL "$(inner)"; wait`;
    const { stdout, stderr } = await zoo.run(['sh', '-c', script, zoo.folder]);
    const rows = splitRows(stdout.toString());
    expect(rows).toEqual(theirs.own.map((row) => ['(own)', row]));
    const folder = /^tsnetstat: (?:warning: )?.*\/proc\/\d+(?:: | is )one process's folder/;
    const [leftOut, ...lines] = stderr.trimEnd().split('\n');
    expect(leftOut).toMatch(
      /^tsnetstat: warning: 3 network namespaces are left out: db, web, \d+: /,
    );
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line).toMatch(folder);
  });

  it('one of a user namespace whose own network the kernel would not let anybody enter again', async () => {
    const program = zoo.program.map((part) => `'${part}'`).join(' ');
    const server = `import socket, sys, time
server = socket.create_server(("0.0.0.0", 4711))
open(sys.argv[1], "w").close()
time.sleep(1000)`;
    const script = `unshare --net --kill-child --fork /usr/bin/python3 -c "$1" "$0/listens" & outer=$!
      until [ -e "$0/listens" ]; do sleep 0.1; done
      ${program} --netns $outer -tln -H; ${program} --all-netns -tuan -H; kill -KILL $outer`;
    const { stdout, stderr } = await zoo.run([
      ...['unshare', '--user', '--map-root-user', 'sh', '-c', script, zoo.folder, server],
    ]);
    const rows = splitRows(stdout.toString());
    const [inside, ...others] = rows.filter(([, row]) => row.includes(':4711 '));
    expect([stderr, inside?.[1], others]).toEqual([
      expect.stringMatching(
        /^tsnetstat: warning: 3 network namespaces are left out .* db, web, .*EPERM/,
      ),
      ...[expect.stringMatching(/^tcp .* 0\.0\.0\.0:4711 .*LISTEN$/), [inside]],
    ]);
    const own = rows.filter(([netns]) => netns === '(own)').map(([, row]) => row);
    expect(sorted(own)).toEqual(sorted(theirs.own));
  });

  it('-c finds namespaces that are made meanwhile', async () => {
    const program = zoo.program.map((part) => `'${part}'`).join(' ');
    const script = `: >"$0/rounds"; ${program} --all-netns -ia --interval 0.2 --columns netns >>"$0/rounds" & pid=$!
      has() { until grep -q "$1" "$2"; do sleep 0.1; done; }
      has db "$0/rounds"; grep late "$0/rounds"; ip netns add late; has late "$0/rounds"
      kill -INT $pid; wait $pid; ip netns del late`;
    const { stdout, stderr, code } = await zoo.run(['sh', '-c', script, zoo.folder]);
    expect([stdout.toString(), stderr, code]).toEqual(['', '', 0]);
  });

  /** The kernel makes and removes network namespaces one at a time, for the whole machine. */
  const patient: Visit = { timeout: 280_000 };

  it('namespaces that come and go while they are read cost nothing', async () => {
    const program = zoo.program.map((part) => `'${part}'`).join(' ');
    const script = `(while [ ! -e "$0/stop" ]; do ip netns add v1; ip netns exec v1 true; ip netns del v1; done) &
      for i in 1 2 3 4 5 6 7 8; do ${program} --all-netns -tuan >"$0/out" || echo failed; grep -c '^tcp' "$0/out"; done
      touch "$0/stop"; wait`;
    const { stdout, stderr } = await zoo.run(['sh', '-c', script, zoo.folder], patient);
    const tcp = all().filter((row) => / tcp/.test(row)).length;
    expect(stderr).toBe('');
    expect(stdout.toString()).toBe(`${tcp}\n`.repeat(8));
  }, 600_000);

  it('200 further ones', async () => {
    const names = Array.from({ length: 200 }, (_, i) => `many${i}`);
    const batch = (verb: string) =>
      zoo.run(
        [
          'sh',
          '-c',
          'printf "%s" "$0" | ip -batch -',
          names.map((name) => `netns ${verb} ${name}\n`).join(''),
        ],
        patient,
      );
    expect((await batch('add')).stderr).toBe('');
    try {
      const { stdout, stderr, code } = await zoo.tsnetstat(['--all-netns', '-tuan'], patient);
      expect([stderr, code]).toEqual(['', 0]);
      expect(sorted(joined(splitRows(stdout.toString())))).toEqual(sorted(all()));
      const faces = (await zoo.tsnetstat(['--all-netns', '-ia', '--columns', 'netns', '-H']))
        .stdout;
      const lines = new Set(faces.toString().split('\n'));
      for (const name of names) expect(lines).toContain(name);
    } finally {
      await batch('delete');
    }
  }, 600_000);
});
