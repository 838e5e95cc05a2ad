import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { InetSocket } from '../../src/model/socket/socket.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type Mac, makeMac, prints, release, type Script } from './darwin-stand-ins.ts';

const expectedOf = (name: string) =>
  JSON.parse(
    readFileSync(new URL(`../../fixtures/darwin/${name}/expected.json`, import.meta.url), 'utf8'),
  );

const listening = `Active Internet connections (only servers)
Proto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name    
tcp        -      - 127.0.0.1:631           0.0.0.0:*               LISTEN      400/cupsd           
tcp6       -      - ::1:631                 :::*                    LISTEN      400/cupsd           
`;
const row = /^(tcp|udp)/m;

describe.skipIf(process.platform === 'win32')('on a Mac made of stand-ins (shell scripts)', () => {
  // The oldest, one whose columns differ from both, and the newest: test/sources/darwin/fixtures.test.ts reads them all.
  describe.each(['10.13', '15.0', '26.3'])('macOS %s', (name) => {
    const expected = expectedOf(name);
    let mac: Mac;
    beforeAll(() => {
      mac = makeMac(release(name));
    });

    it('-tlnp: net-tools’ table, with programs', () => {
      expect(mac.tsnetstat('-tlnp', '--port', '631')).toEqual({
        stdout: listening,
        stderr: '',
        code: 0,
      });
    });

    it('-tulpn: every server once, TCP first', () => {
      const { stdout, stderr, code } = mac.tsnetstat('-tulpn');
      expect([stderr, code]).toEqual(['', 0]);
      const rows = stdout.trimEnd().split('\n').slice(2);
      // A UDP socket without a port is none.
      const servers = [...expected.tcp, ...expected.udp].filter(
        ({ protocol, local, remote }: InetSocket) =>
          remote.port === 0 &&
          (protocol === 'tcp' || (local.port !== 0 && /^(0\.0\.0\.0|::)$/.test(remote.address))),
      );
      expect(rows.filter((row) => !/ CLOSE /.test(row)).map((row) => row.split(/\s+/)[0])).toEqual(
        servers
          .filter(({ state }) => state !== 'CLOSE')
          .map(({ protocol, family, dualStack }: InetSocket) => {
            const version = dualStack ? '46' : '6';
            return `${protocol}${family === 'inet6' ? version : ''}`;
          }),
      );
      expect(stdout).toMatch(/:::8770 .* LISTEN +1232\/Some App Helpe /);
    });

    it('--save and --diff: nothing differs, and what was added is reported', () => {
      const folder = temporaryFolder('tsnetstat-darwin-');
      const path = join(folder, 'ports.json');
      expect(mac.tsnetstat('-tul', '--port', '631', '--save', path)).toEqual({
        ...{ stdout: '', stderr: '', code: 0 },
      });
      expect(mac.tsnetstat('--diff', path)).toEqual({ stdout: '', stderr: '', code: 0 });
      // What takes both families is asked for in both, of the file too.
      mac.tsnetstat('-tul', '--save', path);
      expect(mac.tsnetstat('-tul4', '--diff', path)).toEqual({ stdout: '', stderr: '', code: 0 });
      mac.tsnetstat('-tl', '--save', path);
      const all = mac.tsnetstat('-tul', '--diff', path, '--json');
      const { added, removed, changed } = JSON.parse(all.stdout);
      expect(added.length).toBeGreaterThan(0);
      expect([removed, changed, all.code]).toEqual([[], [], 1]);
    });

    it('--diff: sockets without a port, which come and go, are no difference', () => {
      const folder = temporaryFolder('tsnetstat-darwin-');
      const path = join(folder, 'all.json');
      expect(mac.tsnetstat('-tua', '--save', path).code).toBe(0);
      const document = JSON.parse(readFileSync(path, 'utf8'));
      const bound = document.sockets.filter(({ local }: InetSocket) => local.port !== 0);
      expect(bound.length).toBeLessThan(document.sockets.length);
      writeFileSync(path, JSON.stringify({ ...document, sockets: bound }));
      const unnamed = document.sockets.length - bound.length;
      const { stdout, stderr, code } = mac.tsnetstat('--diff', path, '-v');
      expect([stdout, code]).toEqual(['', 0]);
      const sockets = unnamed === 1 ? 'socket' : 'sockets';
      expect(stderr).toContain(
        `tsnetstat: ${unnamed} ${sockets} without a name or port: not compared\n`,
      );
    });

    it('--diagnose: what it can report there, and why not the rest', () => {
      const { stdout, code } = mac.tsnetstat(
        '--diagnose',
        'close-wait,accept-queue,syn-flood',
        '--json',
      );
      const { checks, notRun, findings } = JSON.parse(stdout);
      expect(checks.map(({ check }: { check: string }) => check)).toEqual([
        'close-wait',
        'syn-flood',
      ]);
      const reason = 'macOS does not provide memory, drops and accept queues of sockets';
      expect(notRun).toEqual([
        { check: 'accept-queue', reason },
        { check: 'syn-flood', reason: 'the counters of -s are not available' },
      ]);
      expect([findings, code]).toEqual([[], 0]);
    });

    it("--diagnose: services and ports that are found without Linux' kernel", () => {
      const asked = 'exposed-services,shared-ports,odd-programs,name-servers';
      const { stdout } = mac.tsnetstat('--diagnose', asked, '--port', '8770', '--json');
      const { checks, notRun, service } = JSON.parse(stdout);
      expect(checks.map(({ check }: { check: string }) => check)).toEqual([
        'exposed-services',
        'shared-ports',
      ]);
      const reason = 'limits and settings of macOS are not supported';
      expect(notRun).toEqual([
        { check: 'odd-programs', reason },
        { check: 'name-servers', reason },
      ]);
      expect(service).toMatchObject({
        ...{ asked: { by: 'port', value: '8770' }, status: 'listening', units: null },
        listeners: [{ owners: [{ pid: 1232 }] }],
      });
    });

    it('--format prometheus: sockets, servers and interfaces, and nothing that is not reported', () => {
      const { stdout, stderr, code } = mac.tsnetstat('--format', 'prometheus');
      expect(code).toBe(0);
      expect(stderr).toMatch(/^(?:tsnetstat: warning: .*: 2 interface names may be truncated\n)?$/);
      const has = (beginning: string) => stdout.includes(`\ntsnetstat_${beginning}`);
      const there = [
        'sockets{protocol="tcp"',
        'listener{',
        'program_sockets{',
        'service_connections{',
      ];
      expect([...there, 'interface_receive_packets_total{'].filter((name) => !has(name))).toEqual(
        [],
      );
      const absent = ['tcp_', 'time_wait_limit', 'local_ports', 'accept_queue_', 'connection_'];
      expect(absent.filter(has)).toEqual([]);
      expect(stdout).toContain('tsnetstat_reading_errors{code="unreadable"} 0\n');
    });

    it('--json: all that netstat and ps report', () => {
      const { stdout, stderr, code } = mac.tsnetstat('-tuxanp', '--json');
      expect([stderr, code]).toEqual(['', 0]);
      const document = JSON.parse(stdout);
      expect(document).toMatchObject({ platform: 'darwin', warnings: [] });
      expect(document.sockets).toEqual([...expected.tcp, ...expected.udp, ...expected.unix]);
    });

    it.each([
      ['-rn', '-46', 'routes'],
      ['-in', '-a', 'interfaces'],
      ['-gn', '-46', 'groups'],
    ])('%s %s --json: %s', (flag, families, report) => {
      const { stdout, code } = mac.tsnetstat(flag, families, '--json');
      expect(code).toBe(0);
      const byName = (rows: { name?: string }[]) =>
        report === 'interfaces'
          ? rows.toSorted((a, b) => String(a.name).localeCompare(String(b.name)))
          : rows;
      expect(byName(JSON.parse(stdout)[report])).toEqual(byName(expected[report]));
    });

    it('filters: by state, by process, by program, by expression', () => {
      const ports = (...args: string[]) =>
        JSON.parse(mac.tsnetstat('-tan', '--json', ...args).stdout).sockets.map(
          ({ local }: InetSocket) => local.port,
        );
      expect(ports('--state', 'syn-recv')).toEqual([22]);
      expect(ports('--pid', '400')).toEqual([631, 631]);
      expect(ports('--program', 'Some App*')).toEqual([8770, 8770]);
      expect(ports('state', 'fin-wait-1', 'or', 'dport', '=', ':83')).toEqual([50004, 50005]);
      expect(ports('--remote', '198.51.100.77')).toEqual([8770]);
    });

    it('receive queues of UNIX sockets are shown and filtered by; of servers they are unavailable', () => {
      const columns = ['--columns', 'state,recvq,sendq', '-H'] as const;
      const { stdout, stderr, code } = mac.tsnetstat('-xn', ...columns, 'recvq > 0');
      expect([stdout.trim().split(/\s+/), stderr, code]).toEqual([['CONNECTED', '3', '-'], '', 0]);
      expect(mac.tsnetstat('-xlq', 'recvq > 0')).toEqual({
        stdout: '',
        stderr:
          'tsnetstat: netstat: accept queues of servers: not available; netstat -anL shows them\n',
        code: 2,
      });
    });

    it('send queues of UNIX sockets are unavailable: a filter by them warns', () => {
      const { stdout, stderr, code } = mac.tsnetstat('-xnq', 'sendq > 0');
      expect([stdout, code]).toEqual(['', 2]);
      expect(stderr).toContain('tsnetstat: netstat: send queues of UNIX sockets: not available');
    });

    it.each([
      [['recvq = 0'], 2],
      [['--program', 'cupsd', 'recvq = 0'], 2],
      [['--program', 'cupsd', 'recvq > 0'], 2],
      [['not ( program = cupsd and recvq > 7 )'], 0],
      [['--program', 'cupsd', '--port', '22', 'recvq = 0'], 1],
      [['--program', 'nobody'], 1],
    ])(
      '%j of servers, whose queues are not reported: exit code %i, and why',
      (filter, expected) => {
        const { stderr, code } = mac.tsnetstat('-tlq', ...filter);
        const untold =
          'tsnetstat: netstat: accept queues of servers: not available; netstat -anL shows them\n';
        expect([stderr, code]).toEqual([expected === 2 ? untold : '', expected]);
      },
    );

    it.each([['-tlnf', 'inet'], ['-lnp', 'tcp4'], ['-tln4']])(
      '%j %s: a server that takes IPv4 too is no free port, nor gone',
      (...args) => {
        expect(mac.tsnetstat(...args, '-q', '--port', '8770').code).toBe(0);
        const { stdout, code } = mac.tsnetstat(
          ...args,
          '--columns',
          'proto,src',
          'proto = tcp46',
          '-H',
        );
        expect([stdout.trim().split(/\s+/), code]).toEqual([['tcp46', '[::]:8770'], 0]);
      },
    );

    it('--quiet answers by exit code', () => {
      expect(mac.tsnetstat('-tlnq', '--port', '8770')).toEqual({ stdout: '', stderr: '', code: 0 });
      expect(mac.tsnetstat('-tlnq', '--port', '8771')).toEqual({ stdout: '', stderr: '', code: 1 });
    });
  });

  describe('what macOS has no source for', () => {
    let mac: Mac;
    beforeAll(() => {
      mac = makeMac(release('26.0'));
    });

    it.each([
      [
        '-w',
        'raw: tsnetstat does not list these sockets on macOS, but tcp, udp, unix; netstat -an -f inet does',
      ],
      ['-S', 'sctp: tsnetstat does not list these sockets on macOS, but tcp, udp, unix'],
      ['-s', 'statistics: not supported on macOS; netstat -s does'],
      ['-t --user root', '--user: macOS does not provide users of sockets; lsof -nP -i does'],
      ['-qt --user root', '--user: macOS does not provide users of sockets; lsof -nP -i does'],
      ['-t user = 0', 'user: macOS does not provide users of sockets; lsof -nP -i does'],
      ['-t inode = 1', 'inode: macOS does not provide inode numbers of sockets'],
      ['-t retransmits > 1', 'retransmits: macOS does not provide timers of sockets'],
      ['-t rtt>1', "rtt: macOS does not provide TCP's internals; nettop -m tcp does"],
      ['-t --all-netns', '--all-netns: only Linux has network namespaces, this is macOS'],
      ['-t --columns netns', 'netns: macOS does not provide network namespaces'],
      ['-t --netns web', '--netns: only Linux has network namespaces, this is macOS'],
      [
        '-ta --workloads -v',
        '--workloads: macOS does not provide containers, units and services of sockets',
      ],
      [
        '-t --columns src,unit',
        'unit: macOS does not provide containers, units and services of sockets',
      ],
      ['-t --sort -age', 'age: macOS does not provide creation times of sockets'],
      [
        '-t --sort src,fd',
        'fd: macOS does not provide start times, users, ancestors, command lines and descriptors of processes',
      ],
      [
        '-t dev = en0',
        'dev: macOS does not provide memory, drops and accept queues of sockets; netstat -anL (queues only) does',
      ],
      ['-t --proc-root /proc', '--proc-root: only Linux has a /proc, this is macOS'],
    ])('%s: one clear line', (line, message) => {
      const { stdout, stderr, code } = mac.tsnetstat(...line.split(' '));
      expect([stdout, stderr, code]).toEqual(['', `tsnetstat: ${message}\n`, 2]);
    });

    it('is - in the table, and not 0', () => {
      const row = (...args: string[]) =>
        mac.tsnetstat(...args, '-H', '-n').stdout.split('\n', 1)[0] as string;
      expect(row('-tle', '--port', '631')).toMatch(/ LISTEN +- +- *$/);
      expect(row('-tle', '--port', '631')).toHaveLength(row('-tl', '--port', '631').length + 22);
      expect(row('-xa')).toMatch(/ LISTENING +- +\//);
    });

    it('-anv, -anvp tcp: the process is shown', () => {
      for (const args of [['-anv'], ['-anvp', 'tcp']]) {
        const { stdout, code } = mac.tsnetstat(...args, '--port', '631');
        expect(code).toBe(0);
        expect(stdout).toMatch(/^tcp .* LISTEN +400\/cupsd/m);
        expect(stdout.includes('UNIX')).toBe(args.length === 1);
      }
    });

    it('-an -p tcp: the protocol, without processes; -f inet6: the family', () => {
      const { stdout } = mac.tsnetstat('-an', '-p', 'tcp', '--port', '631');
      expect(stdout).toMatch(/^tcp6? /m);
      expect(stdout).not.toMatch(/cupsd|UNIX/);
      expect(mac.tsnetstat('-anf', 'inet6', '-H', '--port', '631').stdout).toMatch(
        /^tcp6 [^\n]*\n$/,
      );
    });

    it('-I lo0: one interface; -b beside it is answered', () => {
      expect(mac.tsnetstat('-nI', 'lo0', '-H').stdout).toMatch(/^lo0 [^\n]*\n$/);
      expect(mac.tsnetstat('-I', 'lo0', '-b')).toEqual({
        stdout: '',
        stderr:
          'tsnetstat: -b: type -i --columns name,rxbytes,txbytes, or -ie (in macOS and BSD: bytes of each interface)\n',
        code: 2,
      });
    });
  });

  describe('when things go wrong', () => {
    const changed = (netstat: Script, ps: Script = {}) => {
      const whole = release('15.6');
      return makeMac({ netstat: { ...whole.netstat, ...netstat }, ps: { ...whole.ps, ...ps } });
    };

    it('columns that are not known are passed over, with a warning', () => {
      const header = 'Proto Recv-Q Send-Q  Local Address  Foreign Address  (state)  moon phase';
      const line = 'tcp4 0 0 192.0.2.5.22 192.0.2.6.5000 ESTABLISHED 3 full';
      const answer = changed({ '-anvl -p tcp': `echo '${header}'; echo '${line}'` }).tsnetstat(
        '-tanp',
      );
      expect(answer.code).toBe(0);
      expect(answer.stdout).toMatch(/192\.0\.2\.5:22 .* ESTABLISHED -/);
      expect(answer.stderr).toMatch(/^tsnetstat: warning: netstat -anvl -p tcp: .*moon phase"\n$/);
    });

    it('an unknown header is an error that shows it', () => {
      const header = 'Proto Recv-Q Send-Q  Local Address  Foreign Address  State  moon phase';
      const answer = changed({ '-anvl -p tcp': `echo '${header}'` }).tsnetstat('-tan');
      expect(answer.code).toBe(2);
      expect(answer.stdout).not.toMatch(row);
      expect(answer.stderr).toMatch(/^tsnetstat: netstat -anvl -p tcp: .*moon phase"\n$/);
    });

    it('a row that cannot be read costs one warning', () => {
      const damaged = `${prints('15.6', 'tcp.txt')}; echo 'tcp4 0 0 oops'`;
      const { stdout, stderr, code } = changed({ '-anvl -p tcp': damaged }).tsnetstat('-tan');
      expect(code).toBe(0);
      expect(stdout.trimEnd().split('\n')).toHaveLength(2 + expectedOf('15.6').tcp.length);
      expect(stderr).toBe(
        'tsnetstat: warning: netstat -anvl -p tcp: 1 line could not be read and was left out: "tcp4 0 0 oops"\n',
      );
    });

    it('no sockets: netstat prints nothing, the table is empty', () => {
      const { stdout, stderr, code } = changed({ '-anvl -p udp': ':' }).tsnetstat('-uan');
      expect([stdout.trimEnd().split('\n').length, stderr, code]).toEqual([2, '', 0]);
    });

    it('a netstat that fails is named, with its message', () => {
      const { stdout, stderr, code } = changed({
        '-anvl -p tcp': 'echo "sysctl: no" >&2; exit 1',
      }).tsnetstat('-tan');
      expect(stdout).not.toMatch(row);
      expect([stderr, code]).toEqual([
        'tsnetstat: netstat -anvl -p tcp: failed (exit code 1): "sysctl: no"\n',
        2,
      ]);
    });

    const refused = 'echo "netstat: sysctl: net.inet.tcp.pcblist_n: Operation not permitted" >&2';
    const complaint =
      'netstat -anvl -p tcp: complained: "netstat: sysctl: net.inet.tcp.pcblist_n: Operation not permitted"';

    it.each([['-tan'], ['-tanq', '--port', '631'], ['-tan', '--port', '631', '--wait-gone', '1']])(
      'a netstat that the kernel refuses the table has not seen that there is none: %s %s %s',
      (...args) => {
        const { stdout, stderr, code } = changed({ '-anvl -p tcp': refused }).tsnetstat(...args);
        expect(stdout).not.toMatch(row);
        expect([stderr, code]).toEqual([`tsnetstat: ${complaint}\n`, 2]);
      },
    );

    it('a netstat that complains behind its rows may lack others', () => {
      const whole = prints('15.6', 'tcp.txt');
      const mac = changed({ '-anvl -p tcp': `${whole}; ${refused}` });
      const { stdout, stderr, code } = mac.tsnetstat('-tan');
      expect([stdout.trimEnd().split('\n').length, code]).toEqual([
        2 + expectedOf('15.6').tcp.length,
        0,
      ]);
      expect(stderr).toBe(`tsnetstat: warning: ${complaint}; rows may be missing\n`);
      expect(mac.tsnetstat('-tanq', '--port', '1').code).toBe(2);
    });

    it('a ps that fails costs the names only', () => {
      const mac = changed({}, { '-axww -o pid= -o comm=': 'exit 1' });
      const { stdout, stderr, code } = mac.tsnetstat('-tlnp', '--port', '631');
      expect(code).toBe(0);
      expect(stdout).toMatch(/LISTEN +400\//);
      expect(stderr).toMatch(/^tsnetstat: warning: program names are missing: ps .*\n$/);
    });

    it('cut addresses are never passed off as whole', () => {
      const mac = changed({ '-anvl -p tcp': prints('without-l', 'an.txt') });
      const { stdout, stderr } = mac.tsnetstat('-tan', '--json');
      const sockets: InetSocket[] = JSON.parse(stdout).sockets;
      const cut = sockets.flatMap(({ local, remote }) => [local, remote]).filter((end) => end.cut);
      expect(cut.map(({ address }) => address)).toEqual([
        '2001:db8:1111:22',
        '2001:db8:42::132',
        'fe80::aede:48ff:',
        'fe80::1:2:3:4',
        'fe80::12:34:5',
      ]);
      expect(stderr).toMatch(/addresses in 3 rows are truncated/);
    });

    it('escapes in process names and paths do not reach the terminal', () => {
      const evil = String.raw`printf '    1 /bin/a\033[31mb\n  400 \033]0;x\007\n'`;
      const mac = changed({}, { '-axww -o pid= -o comm=': evil });
      const { stdout } = mac.tsnetstat('-tanp');
      expect(stdout).toContain(String.raw`1/a\x1b[31mb`);
      expect(stdout).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f]/);
    });
  });

  it('a missing netstat is named', () => {
    const mac = makeMac({});
    const { stdout, stderr, code } = mac.tsnetstat('-tan');
    expect([stdout, code]).toEqual(['', 2]);
    expect(stderr).toMatch(/^tsnetstat: netstat -anvl -p tcp: no such command in .* on PATH\n$/);
  });
});
