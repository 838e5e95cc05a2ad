import { describe, expect, it } from 'vitest';
import { run } from '../../src/commands/run.ts';
import { fixturePath } from '../sources/linux/support/fixtures.ts';
import { fakeHost } from '../support/fake-host.ts';

/** What people type: each habit with what it gets of the whole program, on machines that never change. */

/** Runs the program on a captured machine. */
async function tsnetstat(words: readonly string[], machine: string) {
  const { host, written } = fakeHost();
  const status = await run([...words, '--proc-root', fixturePath(machine)], host);
  return { status, ...written };
}

const onLaptop = (line: string) => tsnetstat(line.split(' '), 'quiet-laptop');
/** A machine with several interfaces, routes and counters. */
const onHost = (line: string) => tsnetstat(line.split(' '), 'reports-host');

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
  ])('%s is %s', async (line, meant) => {
    const [asked, wanted] = [await onLaptop(line), await onLaptop(meant)];
    expect([asked.status, asked.stderr]).toEqual([0, wanted.stderr]);
    expect(asked.stdout).toBe(wanted.stdout);
    expect(asked.stdout).toMatch(/^Active /);
  });

  it.each(['-h', '--help', 'help', '/?', '-?'])('%s is help', async (word) => {
    const { host, written } = fakeHost();
    const status = await run([word], host);
    const { stdout, stderr } = written;
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^usage: tsnetstat /);
  });

  it.each(['-i eth0', '-I eth0', '-Ieth0', '-i --interface eth0', '-ni --interface=eth0'])(
    '%s is that interface',
    async (line) => {
      const { status, stdout, stderr } = await onHost(line);
      expect([status, stderr]).toEqual([0, '']);
      expect(stdout.split('\n').map((row) => row.split(' ')[0])).toEqual([
        'Kernel',
        'Iface',
        'eth0',
        '',
      ]);
    },
  );

  it.each(['json', 'ndjson', 'csv', 'table'])(
    'an interface that is named, as %s',
    async (format) => {
      const { status, stdout } = await onHost(`-i lo --format ${format}`);
      expect(status).toBe(0);
      expect(stdout).toContain('lo');
      expect(stdout).not.toContain('eth0');
    },
  );

  it('an interface that is not there is an error, and for -q an answer', async () => {
    const { status, stdout, stderr } = await onHost('-i --json eth7');
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      /^tsnetstat: eth7: there is no interface of that name; there are .*eth0/,
    );
    expect((await onHost('-iq eth7')).status).toBe(1);
  });
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
  ])('%s', async (line, message) => {
    const { status, stdout, stderr } = await onLaptop(line);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^tsnetstat: [^\n]+\n$/);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('--all');
  });

  it.each(['-i', '-rn', '-gn', '-s', '-6rn'])(
    '%s with an empty word, of an empty variable, is without it',
    async (flag) => {
      const wanted = await onHost(flag);
      expect(wanted.status).toBe(0);
      expect(await tsnetstat([flag, '', ' '], 'reports-host')).toEqual(wanted);
    },
  );

  it.each(['-i', '-ti'])('%s is netstat’s own, and no habit of ss or lsof', async (line) => {
    const { status, stdout } = await onHost(line);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Kernel Interface table/);
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
  ])('%s: %i', async (line, status) => {
    expect(await onLaptop(line)).toEqual({ status, stdout: '', stderr: '' });
  });

  it('or what is left out is counted, where there is a filter', async () => {
    const { status, stdout, stderr } = await onLaptop('-tn --port 631');
    const whole = (await onLaptop('-tn')).stdout;
    expect([status, stderr]).toEqual([
      0,
      'tsnetstat: 2 matching servers are not listed; -l lists servers, -a all sockets\n',
    ]);
    expect(stdout).toBe(`${whole.split('\n').slice(0, 2).join('\n')}\n`);
    for (const line of ['-tn', '-tln --port 631', '-tan --port 631', '-tn --json']) {
      expect((await onLaptop(line)).stderr).not.toContain('not listed');
    }
    expect(whole).toMatch(/^Active Internet connections/);
  });

  it.each([
    ['-tl --port 631 --pids', 0, '733\n'],
    ['--port 631 --pids', 0, '733\n'],
    ['-tan --pids', 0, '512\n702\n733\n2140\n2301\n'],
    ['-tl --port 9 --pids', 1, ''],
  ])('%s: each once, and nothing else', async (line, status, stdout) => {
    expect(await onLaptop(line)).toMatchObject({ status, stdout });
  });
});
