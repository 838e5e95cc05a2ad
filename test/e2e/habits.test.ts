import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { programOn } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { asLinux, environment, root, shell, tsnetstat } from './support/built-bin.ts';

/** What people type: each habit with what it gets, on a machine that never changes. */

const laptop = `${root}fixtures/linux/quiet-laptop`;
const run = (line: string) => tsnetstat([...line.split(' '), '--proc-root', laptop], asLinux);

const title = 'Active Internet connections';
const face = 'Kernel Interface table';

describe('what is understood', () => {
  it.each<[string, string]>([
    ['-tlnp --port 631', '-t -l -n -p --port 631'],
    ['-an -p tcp', '-anp -t'],
    ['-an -p tcpv6', '-anp -t -6'],
    ['-an -f inet', '-an -4'],
    ['-f inet6 -an', '-6 -an'],
    ['-an -f unix', '-an -x'],
    ['-tulpen', '-t -u -l -p -e -n'],
    ['-natp', '-tanp'],
    ['-lntu', '-tuln'],
    ['-tan --listen', '-tanl'],
    ['-tan --numeric-port', '-tan --numeric-ports'],
  ])('%s is %s', (line, meant) => {
    const [asked, wanted] = [run(line), run(meant)];
    expect([asked.status, asked.stderr]).toEqual([0, wanted.stderr]);
    expect(asked.stdout).toBe(wanted.stdout);
    expect(asked.stdout).toMatch(/^Active /);
  });

  it.each(['-h', '--help', 'help', '/?', '-?'])('%s is help', (word) => {
    const { status, stdout, stderr } = tsnetstat([word], asLinux);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^usage: tsnetstat /);
  });

  const host = `${root}fixtures/linux/reports-host`;
  it.each(['-i eth0', '-I eth0', '-Ieth0', '-i --interface eth0', '-ni --interface=eth0'])(
    '%s is that interface',
    (line) => {
      const { status, stdout, stderr } = tsnetstat(
        [...line.split(' '), '--proc-root', host],
        asLinux,
      );
      expect([status, stderr]).toEqual([0, '']);
      expect(stdout.split('\n').map((row) => row.split(' ')[0])).toEqual([
        'Kernel',
        'Iface',
        'eth0',
        '',
      ]);
    },
  );

  it.each(['json', 'ndjson', 'csv', 'table'])('an interface that is named, as %s', (format) => {
    const args = ['-i', 'lo', '--format', format, '--proc-root', host];
    const { status, stdout } = tsnetstat(args, asLinux);
    expect(status).toBe(0);
    expect(stdout).toContain('lo');
    expect(stdout).not.toContain('eth0');
  });

  it('an interface that is not there is an error, and for -q an answer', () => {
    const named = (...flags: string[]) =>
      tsnetstat([...flags, 'eth7', '--proc-root', host], asLinux);
    const { status, stdout, stderr } = named('-i', '--json');
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      /^tsnetstat: eth7: there is no interface of that name; there are .*eth0/,
    );
    expect(named('-iq').status).toBe(1);
  });

  it.each(['-c 0.01', '-tnc 0.01', '-tn --interval 0.01', '-c -tn 0.01'])(
    '%s repeats at that pace',
    (line) => {
      const typed = `tsnetstat ${line} --proc-root '${laptop}'`;
      const { stdout } = shell(`${typed} | head -60 | grep -c '^Active Internet'`, asLinux);
      expect(Number(stdout)).toBeGreaterThan(1);
    },
  );
});

describe('what is answered, in one line and with exit code 2', () => {
  it.each<[string, string | RegExp]>([
    ['3000', 'type --port 3000, --pid 3000 or --interval 3000'],
    ['-p 3000', 'type --port 3000'],
    [':3000', 'type --port 3000'],
    ['-i :8080 -t', 'type tsnetstat -tuanp --port 8080'],
    ['-iTCP -sTCP:LISTEN', '-tlnp for its servers'],
    ['-i:3000', '--port 3000'],
    ['-i tcp:8080', 'type tsnetstat -tanp --port 8080; for only the PIDs'],
    ['-nPi :22-80', 'type tsnetstat -tuanp --port 22-80'],
    ['-i -P -n', 'type tsnetstat -tuanp ('],
    ['-i -a -c nginx', "type tsnetstat -tuanp --program 'nginx*'"],
    ['-tin dst 10.1.0.1', 'type tsnetstat --tcp-info -tn dst 10.1.0.1'],
    ['-q -ti state established', 'type tsnetstat --tcp-info -q -t state established'],
    ['-s dst 10.1.0.1', /-aH --columns state dst 10.1.0.1 .*uniq -c/],
    ['-s --json dst 10.1.0.1', /-aH --columns state dst 10.1.0.1 .*uniq -c/],
    ['--socket=tcp', 'type -t, -u'],
    ['--resolve', '--resolve: leave it out'],
    ['--diag=/tmp/dump', '--diag /tmp/dump: type --save /tmp/dump'],
    ['-ihw1', 'type -i --interval 1'],
    ['/a /n /o', 'a dash instead of the slash'],
    ['-i :22-80', 'type tsnetstat -tuanp --port 22-80'],
    ['-i :http', 'type tsnetstat -tuanp --port http'],
    ['-i TCP', 'type tsnetstat -tanp for TCP'],
    ['-i udp@10.0.0.5:53', 'type tsnetstat -tuanp --remote 10.0.0.5:53'],
    ['-i @10.1.2.3', 'type tsnetstat -tuanp --remote 10.1.2.3, or'],
    ['-i 5', 'type --interval 5'],
    ['-I lo 5', '5: type --interval 5'],
    ['-ti:8080', '-ti:8080: type -tl --port 8080 --pids'],
    ['-tiTCP:8080 -sTCP:LISTEN', 'type -tl --port 8080 --pids'],
    ['-p1234', 'type --pid 1234'],
    ['-p 12,34', 'type --pid 12,34'],
    ['-u root', 'type --user root'],
    ['-c Xorg', "type --program 'Xorg*'"],
    ['8080/tcp', 'type --port 8080'],
    ['-n udp 53', 'type --port 53'],
    ['80,443', 'type --port 80,443'],
    ['8000-8100', 'type --port 8000-8100'],
    ['10.1.2.0/24', 'type --remote 10.1.2.0/24, or --local 10.1.2.0/24'],
    ['tuln', 'type -tuln, with a dash'],
    ['--net=web', 'shows no network namespaces'],
    ['-an 5', '--interval 5'],
    ['-w 2', '--interval 2'],
    ['-b', 'type -p'],
    ['-ib', 'rxbytes,txbytes'],
    ['-I eth0 -b', 'rxbytes,txbytes'],
    ['--prot 8080', '--prot 8080: not an address family'],
    ['--for 2', '--for 2: not one of netstat'],
    ['--appletalk', '--appletalk: AppleTalk is not listed'],
    ['--columns process', 'did you mean program or pid?'],
    ['--columns lport,', 'a name is missing after the last comma'],
    ['--group state', '--columns state | sort | uniq -c'],
    ['--name node', 'type --program node'],
    ['-o json', 'json: type --json'],
    ['-f csv', 'type --format csv'],
    ['live', 'type --live'],
    ['--metrics', 'type --format prometheus'],
    ['--diagnose node', '--diagnose --program node'],
    ['--remote 10.9.0.*', '10.9.0.0/24'],
    ['10.9.0.1:8080', 'type --remote 10.9.0.1:8080'],
    ['-N web', 'type --netns web'],
    ['-m', '/proc/net/sockstat'],
    ['-L', 'type -tl'],
    ['-tm', '--socket-info'],
    ['-K', '--pids | xargs kill'],
    ['-tO', 'each socket has a line'],
    ['-tulpnZ', 'ps -Z'],
    ['--process', 'type -p'],
    ['--watch', 'type -c, or --interval 2'],
    ['--kill', '--pids | xargs kill'],
    ['--established', 'type --state established'],
    ['established', '--state established'],
    ['-j', 'type --json'],
    ['--ipv4', 'type -4'],
    ['--no-resolve', 'type -n'],
    ['--help-all', 'type --help'],
    ['-f', 'type -4, -6 or -x'],
    ['tcp', 'type -t'],
    ['10.0.0.5', '--remote 10.0.0.5'],
    ['-rn 10.20.0.0', 'ip route get 10.20.0.0'],
    ['-tulpnz', "unknown option '-z' in -tulpnz"],
    ['-abno', '-b in -abno: type -p'],
    ['-tan -c2', '-c 2, with a blank'],
    ['-tan -c10', '-c 10, with a blank'],
    ['-tan -c0.5', '-c 0.5, with a blank'],
    ['-tlp --cgroup', '--workloads'],
    ['--workload Docker:web', 'did you mean docker:web?'],
    ['-tanQ', '--columns proto,src,dst,state'],
    ['--sort prot', 'did you mean proto'],
    ['--state lisen', 'did you mean listening?'],
    ['--columns recv-q', /recv-q.*recvq/],
    ['--format jsonl', 'not one of netstat, table, json, ndjson, csv'],
    ['--port 99999', 'a port from 0 to 65535'],
  ])('%s', (line, message) => {
    const { status, stdout, stderr } = run(line);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^tsnetstat: [^\n]+\n$/);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('--all');
  });

  it.each(['-i', '-rn', '-gn', '-s', '-6rn'])(
    '%s with an empty word, of an empty variable, is without it',
    (flag) => {
      const host = ['--proc-root', `${root}fixtures/linux/reports-host`];
      const [asked, wanted] = [['', ' '], []].map((words) =>
        tsnetstat([flag, ...words, ...host], asLinux),
      );
      expect(asked?.stderr).toBe(wanted?.stderr);
      expect([asked?.status, asked?.stdout]).toEqual([0, wanted?.stdout]);
    },
  );

  it.each(['-i', '-ti'])('%s is netstat’s own, and no habit of ss or lsof', (line) => {
    const { status, stdout } = tsnetstat(
      [line, '--proc-root', `${root}fixtures/linux/reports-host`],
      asLinux,
    );
    expect(status).toBe(0);
    expect(stdout).toMatch(new RegExp(`^${face}`));
  });
});

describe('servers are found', () => {
  it.each<[string, number]>([
    ['-q --port 631', 0],
    ['-q --local 127.0.0.1:631', 0],
    ['-q --program cupsd', 0],
    ['-q --pid 733', 0],
    ['-q --user 108', 0],
    ['-q sport = 631', 0],
    ['-q --port 9', 1],
    ['-q --program nginx', 1],
    ['--wait 0 -q --port 631', 0],
    ['--wait 0 -q --port 9', 1],
    ['--wait-gone 0 -q --port 9', 0],
    ['--wait-gone 0 -q --port 631', 1],
  ])('%s: %i', (line, code) => {
    const { status, stdout, stderr } = run(line);
    expect([status, stdout, stderr]).toEqual([code, '', '']);
  });

  it('or what is left out is counted, where there is a filter', () => {
    const { status, stdout, stderr } = run('-tn --port 631');
    expect([status, stderr]).toEqual([
      0,
      'tsnetstat: 2 matching servers are not listed; -l lists servers, -a all sockets\n',
    ]);
    expect(stdout).toBe(`${run('-tn').stdout.split('\n').slice(0, 2).join('\n')}\n`);
    for (const line of ['-tn', '-tln --port 631', '-tan --port 631', '-tn --json']) {
      expect(run(line).stderr).not.toContain('not listed');
    }
    expect(run('-tn').stdout).toMatch(new RegExp(`^${title}`));
  });

  it('--pids: each once, and nothing else', () => {
    expect(run('-tl --port 631 --pids')).toMatchObject({ status: 0, stdout: '733\n', stderr: '' });
    expect(run('--port 631 --pids')).toMatchObject({ status: 0, stdout: '733\n', stderr: '' });
    expect(run('-tan --pids').stdout).toBe('512\n702\n733\n2140\n2301\n');
    expect(run('-tl --port 9 --pids')).toMatchObject({ status: 1, stdout: '', stderr: '' });
  });
});

describe.skipIf(process.platform === 'win32')('on this machine', () => {
  let server: Server;
  // Where it can be, at an address of its own and a port that nobody gets by chance: it is closed in between.
  const isLinux = process.platform === 'linux';
  const address = isLinux ? `127.77.${(process.pid >> 8) & 255}.${process.pid & 255}` : '127.0.0.1';
  let port = isLinux ? 61_998 : 0;
  beforeAll(async () => {
    server = createServer();
    server.listen(port, address);
    await once(server, 'listening');
    port = (server.address() as { port: number }).port;
  });
  afterAll(() => {
    server.close();
  });

  const [first, ...rest] = programOn(process.platform);
  /** Starts it; the code or the signal that it ends with. */
  function start(args: readonly string[], stderr: 'ignore' | 'pipe' = 'ignore') {
    const child = spawn(first, [...rest, ...args], {
      stdio: ['ignore', 'ignore', stderr],
      env: environment(),
    });
    const end = once(child, 'exit').then(([code, signal]) => code ?? signal);
    return { child, end };
  }

  it('takes names of hosts in filters and expressions', async () => {
    const local = createServer().listen(0, '127.0.0.1');
    await once(local, 'listening');
    const { port } = local.address() as { port: number };
    try {
      for (const filter of [['--local', `localhost:${port}`], [`src localhost:${port}`]]) {
        expect(tsnetstat(['-tl', '--pids', ...filter])).toMatchObject({
          ...{ status: 0, stdout: `${process.pid}\n`, stderr: '' },
        });
      }
    } finally {
      local.close();
    }
    const { status, stderr } = tsnetstat([
      '-tn',
      '--resolve-timeout',
      '0',
      '--remote',
      'no.example',
    ]);
    expect([status, stderr]).toEqual([
      2,
      expect.stringMatching(/^tsnetstat: --remote: .*'no.example'.*\n$/),
    ]);
  });

  it('--pids prints who listens', () => {
    expect(tsnetstat(['-tl', '--local', `${address}:${port}`, '--pids'])).toMatchObject({
      status: 0,
      stdout: `${process.pid}\n`,
    });
  });

  it('--wait ends when it listens, --wait-gone when it does no more', async () => {
    const waiting = ['-q', '--local', `${address}:${port}`];
    await new Promise((resolve) => server.close(resolve));
    expect(await start(['--wait', '0.2', ...waiting]).end).toBe(1);
    const until = start(['--wait', '60', ...waiting]);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(until.child.exitCode).toBeNull();
    server = createServer().listen(port, address);
    await once(server, 'listening');
    expect(await until.end).toBe(0);

    expect(await start(['-l', '--wait-gone', '0.2', ...waiting]).end).toBe(1);
    const gone = start(['-l', '--wait-gone', '60', ...waiting]);
    await new Promise((resolve) => server.close(resolve));
    expect(await gone.end).toBe(0);
  });

  it.runIf(isLinux).each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('--wait is ended by %s', async (signal, code) => {
    const proc = temporaryFolder('tsnetstat-wait-');
    // It reports once what it cannot see, as it begins to wait.
    mkdirSync(join(proc, 'net'));
    const row =
      '   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711';
    writeFileSync(join(proc, 'net', 'tcp'), `a header\n${row}\n`);
    mkdirSync(join(proc, '77'));
    writeFileSync(join(proc, '77', 'fd'), 'a folder on any machine');
    const asked = ['-q', '-t4', '--wait', '--program', 'nginx', '--proc-root', proc];
    const { child, end } = start(asked, 'pipe');
    const [report] = await once(child.stderr as Readable, 'data');
    expect(String(report)).toContain('1 process could not be inspected');
    await new Promise((resolve) => setTimeout(resolve, 100));
    child.kill(signal);
    expect(await end).toBe(code);
  });
});
