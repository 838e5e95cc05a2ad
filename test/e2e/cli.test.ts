import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { isExecutable, programOn } from '../support/program.ts';
import { reasonToSkip } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { asLinux, environment, root, tsnetstat } from './support/built-bin.ts';

const laptop = `${root}fixtures/linux/quiet-laptop`;
const fixture = (...args: string[]) => tsnetstat([...args, '--proc-root', laptop], asLinux);

/** One line on stderr that begins with the program's name, nothing on stdout, exit code 2. */
function expectTrouble(result: ReturnType<typeof tsnetstat>, message: string | RegExp): void {
  expect(result.stdout).toBe('');
  expect(result.stderr).toMatch(/^tsnetstat: [^\n]+\n$/);
  expect(result.stderr).toMatch(message);
  expect(result.status).toBe(2);
}

describe('mistakes', () => {
  // What is said of each mistake is tested where the command line is read.
  it.each([
    [['--what'], "unknown option '--what'"],
    [['-ri'], 'one report at a time'],
    [['-A'], '-A: expected families: inet, inet6, unix'],
  ])('%j', (args, message) => {
    expectTrouble(tsnetstat(args, asLinux), message);
  });

  it.each([
    'src 127.0.0.1%nosuch',
    'not dst [fe80::1%nosuch]:22',
    'sport = 22 or src fe80::%nosuch/10',
  ])('a zone that does not exist: %s', (expression) => {
    const { status, stdout, stderr } = tsnetstat(
      ['-tan', expression, '--proc-root', `${root}fixtures/linux/reports-host`],
      asLinux,
    );
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain("expected an interface after the %, found 'nosuch'");
  });

  it('a zone that does not exist, in a filter; one that does is none', () => {
    const at = (address: string) =>
      tsnetstat(
        ['-tan', '--local', address, '--proc-root', `${root}fixtures/linux/reports-host`],
        asLinux,
      );
    expectTrouble(at('127.0.0.1%nosuch'), '--local: expected an interface after the %');
    expect(at('127.0.0.1%lo').stderr).not.toContain('after the %');
  });

  it('an expression is reported with a caret under the position', () => {
    const { status, stdout, stderr } = fixture('-tan', 'sport', '=', ':x:y');
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^tsnetstat: [^\n]+\n[^\n]+\n *\^/);
    expect(stderr).not.toMatch(/\n {4}at /);
  });

  // An executable has its platform built in.
  if (!isExecutable) {
    it('a platform that is not known', () => {
      const result = tsnetstat(['-tan'], { platform: 'plan9' });
      expectTrouble(result, /plan9: unsupported platform; .* Linux, macOS, Windows\n$/);
    });
  }

  it('takes its platform from the system and from no variable', () => {
    const misled = { ...asLinux, env: { TSNETSTAT_PLATFORM: 'plan9' } };
    expect(tsnetstat(['-tln', '--proc-root', laptop], misled).status).toBe(0);
  });

  it.each([
    ['an unknown option', ['--what\ntsnetstat: all is well']],
    ['an unknown option near a known one', ['--portt\ntsnetstat: all is well']],
    ['a value that is none of the choices', ['--format', 'x\ntsnetstat: all is well']],
    ['a number', ['--interval', '1\r\ntsnetstat: all is well']],
    ['a filter', ['--port', '1\ntsnetstat: all is well']],
    ['a sort key', ['--sort', 'x\ntsnetstat: all is well']],
    ['a column', ['--columns', 'x\ntsnetstat: all is well']],
    ['a family', ['-A', 'x\u2028tsnetstat: all is well']],
    ['a state to explain', ['--explain', 'x\ntsnetstat: all is well']],
    ['a shell', ['--completion', 'x\ntsnetstat: all is well']],
    ['a folder', ['-tln', '--proc-root', '/nowhere\ntsnetstat: all is well']],
  ])('a line break in %s makes no line of standard error', (_, args) => {
    const { stderr, status } = tsnetstat(args, asLinux);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^(tsnetstat: [^\n]*\n)+$/);
    expect(stderr).not.toMatch(/^tsnetstat: all/m);
    expect(stderr).not.toMatch(/[\r\u2028]/);
  });
});

describe('an internal error', () => {
  let folder = '';
  beforeAll(() => {
    folder = temporaryFolder('fault-');
  });

  /** Runs a listing of the laptop in which `code` was run first. */
  const spoilt = (code: string, args: readonly string[], env: Record<string, string> = {}) => {
    const hook = join(folder, 'hook.cjs');
    writeFileSync(hook, code);
    const [first, ...rest] = programOn('linux');
    return spawnSync(first, ['-r', hook, ...rest, ...args, '--proc-root', laptop], {
      encoding: 'utf8',
      env: environment(env),
      // A fault that is not met would go on for ever.
      timeout: 300_000,
    });
  };
  const faults = [
    [
      'in its work',
      `Date.prototype.getUTCFullYear = () => { throw new TypeError('odd\\nnews'); };`,
    ],
    ['in an event', `process.nextTick(() => { throw new TypeError('odd\\nnews'); });`],
    ['in a promise', `Promise.reject(new TypeError('odd\\nnews'));`],
  ] as const;
  const rounds = ['-tn', '--interval', '60'];

  // Nothing can be run inside of an executable beforehand.
  it.each(isExecutable ? [] : faults)('is reported in one line, exit code 2: %s', (_, code) => {
    const { status, stderr } = spoilt(code, rounds);
    expect([status, stderr]).toEqual([
      2,
      'tsnetstat: internal error: TypeError: odd\\x0anews; please report it, with what the same command says with --debug\n',
    ]);
  });

  const debugging = [
    ['--debug', ['--debug'], {}],
    ['TSNETSTAT_DEBUG=1', [], { TSNETSTAT_DEBUG: '1' }],
  ] as const;
  it.each(isExecutable ? [] : debugging)('is reported with its stack with %s', (_, flags, env) => {
    const { status, stderr } = spoilt(faults[0][1], [...rounds, ...flags], env);
    expect(status).toBe(2);
    expect(stderr).toMatch(
      /^tsnetstat: internal error: TypeError: odd\\x0anews\n( {4}at .*\n)+(tsnetstat: debug: .*\n)+$/,
    );
  });

  it.each(isExecutable ? [] : [[]])('is reported with its cause', () => {
    const cause = `Object.assign(new Error('\\x1b[31mno'), { code: 'EIO', syscall: 'read' })`;
    const code = `Date.prototype.getUTCFullYear = () => { throw new Error('odd', { cause: ${cause} }); };`;
    const { stderr } = spoilt(code, [...rounds, '--debug']);
    expect(stderr).toMatch(
      /^tsnetstat: debug: caused by Error: \\x1b\[31mno, code EIO, syscall read\n( {4}at .*\n)+/m,
    );
  });

  it.each(isExecutable ? [] : [[]])('is no answer where nothing is left to happen', () => {
    const { status, stderr } = spoilt('globalThis.setTimeout = () => {};', rounds);
    expect([status, stderr]).toEqual([
      2,
      expect.stringMatching(/^tsnetstat: internal error: Error: ended before .*--debug\n$/),
    ]);
  });

  it.each<[string, string[], Record<string, string>]>([
    ['--debug', ['--debug'], {}],
    ['a shorter --deb', ['--deb'], {}],
    ['TSNETSTAT_DEBUG=1', [], { TSNETSTAT_DEBUG: '1' }],
  ])('without errors, %s prints the time of each stage on standard error only', (_, flags, env) => {
    const args = ['-tan', ...flags, '--proc-root', laptop];
    const { status, stdout, stderr } = tsnetstat(args, { ...asLinux, env });
    expect([status, stdout]).toEqual([0, fixture('-tan').stdout]);
    const lines = stderr.split('\n').filter((line) => line.startsWith('tsnetstat: debug: '));
    for (const line of lines) expect(line).toMatch(/^tsnetstat: debug: +\d+\.\d ms {2}[a-z]+$/);
    const stages = lines.map((line) => line.replace(/.* /, ''));
    expect(stages[0]).toBe('start');
    expect(stages).toContain('write');
    expect(stages.at(-1)).toBe('total');
  });

  it.each<[string, string[], Record<string, string>]>([
    ['no flag', [], {}],
    ['the word behind --', ['--', 'src', '--debug'], {}],
    ['another value', [], { TSNETSTAT_DEBUG: '0' }],
  ])('%s does not ask for it', (_, args, env) => {
    const all = ['-tan', '--proc-root', laptop, ...args];
    expect(tsnetstat(all, { ...asLinux, env }).stderr).not.toContain('debug: ');
  });
});

describe('--quiet', () => {
  const answer = (name: string, ...args: string[]) => {
    const { status, stdout, stderr } = tsnetstat(
      ['-q', ...args, '--proc-root', `${root}fixtures/linux/${name}`],
      asLinux,
    );
    expect(stdout).toBe('');
    return [status, stderr];
  };
  const said = (text: string | RegExp) => expect.stringMatching(text);

  it.each([
    ['something matched', 'quiet-laptop', ['-tan'], 0],
    ['nothing did', 'quiet-laptop', ['-tan', '--port', '9'], 1],
    [
      'nothing did, of tables that the kernel lacks',
      'quiet-laptop',
      ['-v', '-a', '--port', '9'],
      1,
    ],
    ['something matched of a table that is damaged', 'broken-lines', ['-tan'], 0],
    ['somebody is seen, and others are not', 'denied-processes', ['-tan'], 0],
    ['nobody is asked for', 'denied-processes', ['-tan', '--port', '9'], 1],
    ['no owner is shown', 'denied-processes', ['-tanp', '--port', '9'], 1],
  ])('prints nothing: %s', (_, name, args, code) => {
    expect(answer(name, ...args)).toEqual([code, '']);
  });

  it.each([
    ['lines of a table', 'broken-lines', ['-tan', '--port', '9'], /^tsnetstat: .*line.*skipped/],
    ['a table', 'wsl1-empty', ['-tan'], /^tsnetstat: .*empty, without even a header/],
    [
      'an owner',
      'denied-processes',
      ['-tan', '--program', 'nobody-at-all'],
      /^tsnetstat: the owners of .* could not be determined/,
    ],
  ])('returns 2, and reports what could not be read or seen: %s', (_, name, args, message) => {
    expect(answer(name, ...args)).toEqual([2, said(message)]);
  });

  it.each(['euser = root', 'started < 5m', 'parents = sshd'])(
    'returns 2, in one line, if the capture lacks what decides: %s',
    (expression) => {
      const line = said(/^tsnetstat: \d+ sockets left out may match: .* not captured.*\n$/);
      expect(answer('quiet-laptop', '-tan', expression)).toEqual([2, line]);
      expect(answer('quiet-laptop', '-tan', `${expression} and sport = 1`)).toEqual([1, '']);
    },
  );

  it('returns 2 if a table may not be read', () => {
    const folder = temporaryFolder('quiet-');
    cpSync(laptop, folder, { recursive: true });
    rmSync(join(folder, 'net/udp'));
    // What is no file cannot be read, not by root either.
    symlinkSync('udp', join(folder, 'net/udp'));
    const { status, stdout, stderr } = tsnetstat(
      ['-tuanq', '--port', '9', '--proc-root', folder],
      asLinux,
    );
    expect([status, stdout, stderr]).toEqual([2, '', said(/^tsnetstat: .*net\/udp: .*ELOOP/)]);
  });
});

describe('a named protocol that the kernel lacks', () => {
  const rowsOf = (...args: string[]) => {
    const { status, stdout, stderr } = fixture('-tSa', ...args);
    expect([status, stderr]).toEqual([2, expect.stringMatching(/^tsnetstat: .*no sctp sockets/)]);
    return stdout.match(/^tcp/gm)?.length;
  };

  it.each([
    ['names', ['--resolve-timeout', '0']],
    ['users', ['-e', '--numeric-hosts']],
    ['owners', ['-np']],
    ['columns of owners', ['-n', '--columns', 'proto,pid']],
    ['a sort', ['-n', '--sort', 'lport']],
    ['csv', ['-np', '--format', 'csv']],
  ])('costs no row of the tables before it: %s', (_what, args) => {
    expect(rowsOf(...args)).toBe(rowsOf('-n'));
    expect(rowsOf('-n')).toBeGreaterThan(0);
  });

  it.each(['-Sn', '-Snp'])('leaves the title where nothing comes before it: %s', (flags) => {
    expect(fixture(flags).stdout).toMatch(/^Active Internet connections .*\nProto .*\n$/);
  });

  it('leaves no JSON document unfinished', () => {
    const { status, stdout, stderr } = fixture('-tSan', '--json');
    expect([status, stderr]).toEqual([2, expect.stringMatching(/^tsnetstat: .*no sctp sockets/)]);
    const { sockets, warnings } = JSON.parse(stdout);
    expect(sockets.length).toBe(rowsOf('-n'));
    expect(warnings).toContainEqual(expect.objectContaining({ code: 'absent' }));
  });

  it('leaves no box open', () => {
    expect(fixture('-tSan', '--format', 'table').stdout).toMatch(/┘\n$/);
  });
});

describe('help and version', () => {
  const help = readFileSync(`${root}test/options/golden/help.txt`, 'utf8');
  const screen = readFileSync(`${root}test/options/golden/short-help.txt`, 'utf8');
  const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));

  it.each([
    ['-h', screen],
    ['--help', help],
    ['--he', help],
    ['-tulpnh', screen],
  ])('%s', (flag, text) => {
    const { status, stdout, stderr } = tsnetstat([flag]);
    expect([status, stdout, stderr]).toEqual([0, text, '']);
  });

  it.each([['-V'], ['--version']])('%s', (flag) => {
    const { status, stdout, stderr } = tsnetstat([flag]);
    expect([status, stdout, stderr]).toEqual([0, `tsnetstat ${version}\n`, '']);
  });
});

describe('the same listing, written otherwise', () => {
  it.each([
    ['-plnut'],
    ['-t -u -l -p -n'],
    ['-ntp -ul'],
    ['--tcp --udp --listening --programs --numeric'],
    ['--lis --tcp --udp --prog --numeric'],
    ['-tulp --numeric-h --numeric-p --numeric-u'],
    ['-tulpn -46'],
    ['-tulpn -A inet,inet6'],
  ])('%s is -tulpn', (line) => {
    const usual = fixture('-tulpn');
    expect(usual.stdout).toContain('512/systemd-resolve');
    expect(fixture(...line.split(' ')).stdout).toBe(usual.stdout);
  });
});

describe('--proc-root', () => {
  let folder = '';
  beforeAll(() => {
    folder = temporaryFolder('proc-root-');
  });
  const at = (path: string, ...args: string[]) =>
    tsnetstat([...args, '-n', '--proc-root', path], asLinux);

  it('that is not there', () => {
    expectTrouble(at(join(folder, 'nowhere'), '-t'), /nowhere\/net: no such folder.*--proc-root/);
  });

  it.each([['-t'], ['-a'], ['-x'], ['-tulp'], ['-tS']])('that is no /proc: %s', (flags) => {
    const path = join(folder, 'empty');
    mkdirSync(path, { recursive: true });
    expectTrouble(at(path, flags), /empty\/net: no such folder; is \S+ a mounted \/proc\?/);
  });

  it('that is a file', () => {
    writeFileSync(join(folder, 'file'), '');
    expectTrouble(at(join(folder, 'file'), '-t'), /file: a file, not a folder; --proc-root takes/);
  });

  it('that is a capture of another version', () => {
    const path = join(folder, 'newer');
    mkdirSync(path);
    writeFileSync(join(path, 'capture.json'), '{"version": 9, "byteOrder": "little"}');
    expectTrouble(at(path, '-t'), /capture of version 9/);
  });

  // Root may read everything: linux.test.ts looks as somebody else then.
  if (process.platform !== 'win32' && process.getuid?.() !== 0) {
    it('that may not be read', () => {
      const path = join(folder, 'secret');
      mkdirSync(join(path, 'net'), { recursive: true });
      writeFileSync(join(path, 'net/tcp'), '', { mode: 0 });
      chmodSync(join(path, 'net/tcp'), 0);
      expectTrouble(at(path, '-t'), /permission denied/);
    });
  }
});

describe('what a kernel lacks', () => {
  const withoutIpv6 = (...args: string[]) =>
    tsnetstat([...args, '--proc-root', `${root}fixtures/linux/no-ipv6`], asLinux);

  it('IPv6: no word of it', () => {
    const { status, stdout, stderr } = withoutIpv6('-tulpn');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^tcp /m);
    expect(stdout).not.toMatch(/^(tcp|udp)6/m);
  });

  it('IPv6, asked for: an empty table', () => {
    const { status, stdout, stderr } = withoutIpv6('-6tan');
    expect([status, stderr, stdout.split('\n').length]).toEqual([0, '', 3]);
  });

  it('-v reports it', () => {
    const { status, stderr } = withoutIpv6('-tulpnv');
    expect(status).toBe(0);
    expect(
      stderr.match(/^tsnetstat: warning: \S+\/net\/(tcp6|udp6): this kernel has no such table$/gm),
    ).toHaveLength(2);
  });

  describe('no table at all', () => {
    let proc: string;
    const line = /^tsnetstat: (?:warning: )?\S+\/net: there is no table of sockets[^\n]*\n/m;
    const asked = (flags: string) => tsnetstat([...flags.split(' '), '--proc-root', proc], asLinux);
    beforeAll(() => {
      proc = temporaryFolder('masked-');
      mkdirSync(join(proc, 'net'));
    });

    it.each([
      ['-q -a --port 8080', 2],
      ['-q -6 --port 8080', 2],
      ['-q --exposed', 2],
      ['--pids --port 8080', 2],
      ['--wait-gone 2 --port 8080', 2],
      ['--wait 1 -q --port 8080', 2],
      ['--follow', 2],
      ['--follow -6', 2],
      ['-an', 0],
      ['-an --json', 0],
      ['--format prometheus', 2],
    ])('%s: says so, exit code %i', (flags, code) => {
      const { status, stderr } = asked(flags);
      expect(stderr).toMatch(line);
      expect(status).toBe(code);
    });

    it('has no counts of sockets', () => {
      copyFileSync(`${laptop}/net/snmp`, join(proc, 'net/snmp'));
      const { stdout } = asked('--format prometheus');
      rmSync(join(proc, 'net/snmp'));
      expect(stdout).toContain('tsnetstat_reading_errors');
      expect(stdout).not.toMatch(/^tsnetstat_(?!reading|build)\w*sockets/m);
    });

    it.each(['-s', '-s --json', '-s -c 1', '-s -6', '-su'])(
      '%s: there are no counters either',
      (flags) => {
        expectTrouble(asked(flags), 'no counters');
      },
    );

    it('is saved as such', () => {
      const path = join(proc, 'saved.json');
      expect(asked(`-a --save ${path}`).status).toBe(0);
      expect(readFileSync(path, 'utf8')).toContain('there is no table of sockets');
    });
  });

  describe('routes and memberships', () => {
    let proc: string;
    const route =
      'Iface\tDestination\tGateway\n' +
      'eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n';
    const igmp6 = '1    lo              ff020000000000000000000000000001     1 0000000C 0\n';
    const asked = (flags: string) => tsnetstat([...flags.split(' '), '--proc-root', proc], asLinux);
    beforeAll(() => {
      proc = temporaryFolder('lacking-');
      mkdirSync(join(proc, 'net'));
      writeFileSync(
        join(proc, 'capture.json'),
        '{"version":1,"byteOrder":"little","kernel":"6.1"}',
      );
      writeFileSync(join(proc, 'net/dev'), 'Inter-|\n face |\n');
    });
    const only = (files: Readonly<Record<string, string>>) => {
      for (const name of ['route', 'ipv6_route', 'igmp', 'igmp6'])
        rmSync(join(proc, 'net', name), { force: true });
      for (const [name, text] of Object.entries(files))
        writeFileSync(join(proc, 'net', name), text);
    };

    it.each([
      ['-6rn', 'ipv6_route', {}],
      ['-6rn', 'ipv6_route', { route }],
      ['-rn', 'route', {}],
      ['-46rn', 'route', { ipv6_route: '' }],
      ['-rn --json', 'route', {}],
      ['-rn --format csv', 'route', {}],
      ['-rn --format table', 'route', {}],
      ['-rn --columns destination', 'route', {}],
      ['-gn', 'igmp', {}],
      ['-gn --format csv', 'igmp', {}],
      ['-6gn', 'igmp6', {}],
    ])('%s without net/%s: nothing on stdout, one line, exit code 2', (flags, path, files) => {
      only(files);
      expectTrouble(asked(flags), `net/${path}: this kernel has no IPv`);
    });

    it.each([
      ['-46rn', { route }, /^0\.0\.0\.0 .* eth0\n$/m, 'IPv6 routes'],
      ['-gn', { igmp6 }, /^lo .* ff02::1\n$/m, 'IPv4 multicast memberships'],
      [
        '-gn --json',
        { igmp6 },
        /"group":"ff02::1".*"code":"absent"/s,
        'IPv4 multicast memberships',
      ],
    ])('%s without one of two: what there is, then the line', (flags, files, rows, lacking) => {
      only(files);
      const { status, stdout, stderr } = asked(flags);
      expect(stdout).toMatch(rows);
      expect(stdout).not.toContain('Kernel IPv6');
      expect(stderr).toMatch(/^tsnetstat: [^\n]+\n$/);
      expect(stderr).toContain(lacking);
      expect(status).toBe(2);
    });

    it('IPv4’s without IPv6, which was not asked for', () => {
      only({ route, igmp: 'Idx\tDevice\n' });
      expect([asked('-rn'), asked('-gn')].map(({ status, stderr }) => [status, stderr])).toEqual([
        [0, ''],
        [0, ''],
      ]);
    });
  });

  it('a protocol that was asked for: what came before it, one line, exit code 2', () => {
    const { status, stdout, stderr } = fixture('-tSuan');
    expect(status).toBe(2);
    expect(stdout).toMatch(/^tcp6 /m);
    expect(stdout).not.toMatch(/^udp/m);
    expect(stderr).toMatch(
      /^tsnetstat: \S+\/net\/sctp\/\S+: this kernel lists no sctp sockets[^\n]*\n$/,
    );
  });
});

describe('text that others control', () => {
  it.each([['-anp'], ['-anpW'], ['-xanp']])(
    'is UTF-8 and safe, whatever the locale: %s',
    (flags) => {
      const odd = `${root}fixtures/linux/odd-names`;
      const { status, stdout } = tsnetstat([flags, '--proc-root', odd], {
        ...{ ...asLinux, env: { LC_ALL: 'C', LANG: 'C' } },
      });
      expect(status).toBe(0);
      expect(stdout).toContain('/srv/café 日本\n');
      expect(stdout).not.toMatch(/[^\P{Cc}\n]|[\u2028\u2029\u202e\ufffd]/u);
    },
  );
});

describe.skipIf(process.platform === 'win32')('-c', () => {
  it('goes on until Ctrl-C: exit code 130, whole rounds, not a word', async () => {
    const [first, ...rest] = programOn('linux');
    const args = [...rest, '-tn', '--interval', '0.05', '--proc-root', laptop];
    const child = spawn(first, args, { env: environment() });
    let stdout = '';
    let stderr = '';
    let interrupted = false;
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
      if (interrupted || stdout.split('Active').length <= 3) return;
      interrupted = true;
      child.kill('SIGINT');
    });
    const end = await new Promise((resolve) =>
      child.once('close', (code, signal) => resolve([code, signal])),
    );
    expect(end).toEqual([130, null]);
    expect(stderr).toBe('');
    const once = fixture('-tn').stdout;
    expect(stdout).toBe(once.repeat(stdout.length / once.length));
  });

  // Bun keeps SIGUSR1 for itself.
  const itByNode = isExecutable ? () => undefined : it;
  itByNode('SIGUSR1 ends it, and opens no debugger to whoever is here', async () => {
    const [first, ...rest] = programOn('linux');
    const args = [...rest, '-tn', '--interval', '0.05', '--proc-root', laptop];
    const child = spawn(first, args, { env: environment() });
    let stdout = '';
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
      child.kill('SIGKILL');
    });
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
      if (stdout.split('Active').length === 4) child.kill('SIGUSR1');
    });
    const end = await new Promise((resolve) =>
      child.once('close', (code, signal) => resolve([code, signal])),
    );
    expect(stderr).toBe('');
    expect(end).toEqual([null, 'SIGUSR1']);
  });

  itByNode('SIGUSR1 ends it, even if it came before anything of the program ran', async () => {
    const [first, ...rest] = programOn('linux');
    const early = join(temporaryFolder('tsnetstat-'), 'early.cjs');
    writeFileSync(early, "process.kill(process.pid, 'SIGUSR1');\n");
    const args = ['--require', early, ...rest, '-tn', '--interval', '0.05', '--proc-root', laptop];
    const child = spawn(first, args, { env: environment(), stdio: 'ignore' });
    const end = await new Promise((resolve) =>
      child.once('close', (code, signal) => resolve([code, signal])),
    );
    expect(end).toEqual([null, 'SIGUSR1']);
  });

  /** What stands between the program and a reader that reads nothing, once it has begun. */
  const outputs = {
    'a pipe': `r, w = os.pipe(); fcntl.fcntl(w, 1031, 4096)`,
    'a socket': `a, b = socket.socketpair(); a.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096); r, w = b.detach(), a.detach()`,
    'a terminal': `r, w = pty.openpty()`,
  };
  const reason = reasonToSkip({ platforms: ['linux'], programs: ['/usr/bin/python3'] });

  it.skipIf(reason !== null).each(Object.entries(outputs))(
    'handles Ctrl-C while nothing reads its output: %s',
    (_, open) => {
      // Reads some rounds, and then no more; sends the signal once the program waits for room.
      const script = `
import fcntl, os, pty, signal, socket, subprocess, sys, termios, time
${open}
p = subprocess.Popen(sys.argv[1:], stdout=w, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
os.close(w)
got = b''
while got.count(b'Active') < 3: got += os.read(r, 65536)
# It is stuck when nothing more comes for a while, though its rounds are short.
last, since = None, 0
while since < 20:
    now = fcntl.ioctl(r, termios.FIONREAD, b'1234')
    since = since + 1 if now == last else 0
    last = now
    time.sleep(0.05)
p.send_signal(signal.SIGINT)
print(p.wait(), p.stderr.read().decode(), end='')
`;
      const [first, ...rest] = programOn('linux');
      const args = ['-c', script, first, ...rest, '-tan', '--interval', '0.001'];
      const { stdout, stderr } = spawnSync('/usr/bin/python3', [...args, '--proc-root', laptop], {
        encoding: 'utf8',
        env: environment(),
      });
      expect([stdout, stderr]).toEqual(['130 ', '']);
    },
  );

  it.skipIf(reason !== null)(
    'a message does not overwrite what a full pipe has yet to take',
    () => {
      // The header waits for room in the pipe while a message goes to the terminal.
      const script = `
import os, pty, signal, subprocess, sys
r, w = os.pipe()
os.set_blocking(w, False)
filled = 0
try:
    while True: filled += os.write(w, b'.')
except BlockingIOError: pass
os.set_blocking(w, True)
terminal, stderr = pty.openpty()
p = subprocess.Popen(sys.argv[1:], stdout=w, stdin=subprocess.DEVNULL, stderr=stderr)
os.close(w)
os.close(stderr)
told = b''
while b'Ctrl-C' not in told: told += os.read(terminal, 4096)
got = b''
while len(got) < filled or not got.endswith(b'\\n'): got += os.read(r, 65536)
p.send_signal(signal.SIGINT)
print(got[filled:].decode(), end='')
`;
      const [first, ...rest] = programOn('linux');
      const args = ['-c', script, first, ...rest, '--follow', '-tn', '--proc-root', laptop];
      const { stdout, stderr } = spawnSync('/usr/bin/python3', args, {
        encoding: 'utf8',
        env: environment(),
      });
      expect(stderr).toBe('');
      expect(stdout).toMatch(/^Time +Event +Proto .*\n$/);
    },
  );

  it.skipIf(reason !== null)('loses nothing to a reader that is slow', () => {
    const script = `
import os, signal, subprocess, sys, time
p = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
got = b''
while got.count(b'Active') < 40:
    time.sleep(0.005)
    got += os.read(p.stdout.fileno(), 1500)
p.send_signal(signal.SIGINT)
print(got.decode(), end='')
`;
    const [first, ...rest] = programOn('linux');
    const args = ['-c', script, first, ...rest, '-tan', '--interval', '0.001'];
    const { stdout } = spawnSync('/usr/bin/python3', [...args, '--proc-root', laptop], {
      encoding: 'utf8',
      env: environment(),
    });
    const once = fixture('-tan').stdout;
    expect(stdout.length).toBeGreaterThan(once.length * 30);
    expect(once.repeat(stdout.length / once.length + 1).startsWith(stdout)).toBe(true);
  });
});
