import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isExecutable, programOn } from '../support/program.js';
import { asLinux, environment, root, tsnetstat } from './support/built-bin.js';

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
  it.each([
    [['--what'], "unknown option '--what'"],
    [['-tuz'], "unknown option '-z'"],
    [['--num'], 'ambiguous'],
    [['-A', 'foo'], 'not an address family'],
    [['--ipx'], 'IPX is gone'],
    [['-M'], 'conntrack'],
    [['-Z'], 'SELinux'],
    [['-ri'], 'one report at a time'],
    [['--format', 'xml'], 'not one of'],
    [['--interval', 'soon'], 'a number of seconds'],
    [['-A'], 'argument missing'],
  ])('%j', (args, message) => {
    expectTrouble(tsnetstat(args, asLinux), message);
  });

  it('an expression is told with a caret under the place', () => {
    const { status, stdout, stderr } = fixture('-tan', 'sport', '=', ':x:y');
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^tsnetstat: [^\n]+\n[^\n]+\n *\^/);
    expect(stderr).not.toMatch(/\n {4}at /);
  });

  // An executable has its platform built in.
  if (!isExecutable) {
    it('a platform that is not known', () => {
      const result = tsnetstat(['-tan'], { platform: 'plan9' });
      expectTrouble(result, /plan9.*linux, darwin \(macOS\) and win32 \(Windows\)/);
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
  const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));

  it.each([['-h'], ['--help'], ['--he'], ['-tulpnh']])('%s', (flag) => {
    const { status, stdout, stderr } = tsnetstat([flag]);
    expect([status, stdout, stderr]).toEqual([0, help, '']);
  });

  it.each([['-V'], ['--version']])('%s', (flag) => {
    const { status, stdout, stderr } = tsnetstat([flag]);
    expect([status, stdout, stderr]).toEqual([0, `tsnetstat ${version}\n`, '']);
  });
});

describe('the same request, written otherwise', () => {
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
    folder = mkdtempSync(join(tmpdir(), 'proc-root-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
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
    expectTrouble(at(join(folder, 'file'), '-t'), /file\/net: no such folder/);
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

  it('-v tells', () => {
    const { status, stderr } = withoutIpv6('-tulpnv');
    expect(status).toBe(0);
    expect(
      stderr.match(/^tsnetstat: warning: \S+\/net\/(tcp6|udp6): this kernel has no such table$/gm),
    ).toHaveLength(2);
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
});
