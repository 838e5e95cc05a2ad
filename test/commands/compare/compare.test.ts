import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { NetInterface } from '../../../src/model/machine/interface.ts';
import { inet, netInterface } from '../../support/builders.ts';
import {
  differenceErrors,
  differenceLineErrors,
  documentErrors,
} from '../../views/text/support/schema.ts';
import {
  changes,
  client,
  dns,
  held,
  savedAnswers,
  sockets,
  ssh,
  web,
} from '../support/saved-answers.ts';

const { at, file, rewrite, reask, run } = savedAnswers();

describe('what differs', () => {
  it('prints nothing and exits with 0 where nothing differs', async () => {
    await run('-tl --save FILE', sockets(ssh, web));
    expect(await run('--diff FILE', sockets(web, ssh, client))).toEqual({
      ...{ stdout: '', stderr: '', code: 0, error: null },
    });
  });

  it('prints what differs as lines, and exits with 1', async () => {
    await run('-tul --save FILE', sockets(ssh, web, dns));
    const moved = inet('0.0.0.0:80', '0.0.0.0', held(800, 'nginx'));
    const evil = { ...dns, ...held(666, 'evil\u001b[2J') };
    const now = sockets({ ...ssh, ...held(513, 'sshd') }, moved, evil);
    const { stdout, code } = await run('--diff FILE -v', now);
    expect(code).toBe(1);
    expect(stdout.split('\n', 2)).toEqual([
      expect.stringMatching(/^--- .*a {2}\d{4}-\d\d-\d\dT[\d:.]*Z /),
      expect.stringMatching(/^\+\+\+ now {2}\d{4}-\d\d-\d\dT[\d:.]*Z /),
    ]);
    expect(changes(stdout)).toEqual([
      '~tcp        0      0 0.0.0.0:80              0.0.0.0:*               LISTEN      800/nginx  (address 127.0.0.1 → 0.0.0.0)',
      '~udp        0      0 0.0.0.0:53              0.0.0.0:*                           666/evil\\x1b[2J  (program named → evil\\x1b)',
      '=tcp        0      0 0.0.0.0:22              0.0.0.0:*               LISTEN      513/sshd  (was PID 512)',
    ]);
  });

  it('colours lines where that is asked for', async () => {
    await run('-tl --save FILE', sockets(ssh));
    const { stdout } = await run('--diff FILE --color always', sockets(web));
    expect(stdout).toContain('\u001b[31m-tcp ');
    expect(stdout).toContain('\u001b[32m+tcp ');
  });

  it('with -q prints nothing: the answer is the exit code', async () => {
    await run('-tl --save FILE', sockets(ssh));
    expect(await run('-q --diff FILE', sockets(web))).toMatchObject({ stdout: '', code: 1 });
    expect(await run('-q --diff FILE', sockets(ssh))).toMatchObject({ stdout: '', code: 0 });
  });

  it('as JSON is a document that its schema describes, also where nothing differs', async () => {
    await run('-tl --save FILE', sockets(ssh, web));
    const evil = { ...ssh, ...held(666, 'evil') };
    for (const [now, code] of [[sockets(ssh, web), 0] as const, [sockets(evil, dns), 1] as const]) {
      const answer = await run('--diff FILE --json', now);
      expect(answer.code).toBe(code);
      const document = JSON.parse(answer.stdout);
      expect(differenceErrors(document)).toEqual([]);
      expect(document.changed).toEqual(
        code === 0
          ? []
          : [
              {
                fields: [{ field: 'owners.program', before: 'sshd', after: 'evil' }],
                before: ssh,
                after: evil,
              },
            ],
      );
      expect(document.removed).toEqual(code === 0 ? [] : [web]);
    }
  });

  it('as NDJSON is a line for each, and as CSV two for a pair', async () => {
    await run('-tl --save FILE', sockets(ssh, web));
    const now = sockets({ ...ssh, ...held(666, 'evil') }, client);
    const { stdout } = await run('-tl --diff FILE --format ndjson', now);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.flatMap(differenceLineErrors)).toEqual([]);
    expect(
      lines.map(({ change, before, after }) => [change, before?.local.port, after?.local.port]),
    ).toEqual([
      ['removed', 80, undefined],
      ['changed', 22, 22],
    ]);
    const csv = (await run('-tl --diff FILE --format csv', now)).stdout.split('\r\n');
    expect(csv.map((line) => line.split(',', 3).join())).toEqual([
      'change,fields,proto',
      'removed,,tcp',
      'changed-from,owners.program,tcp',
      'changed,owners.program,tcp',
      '',
    ]);
  });

  it.each([
    ['netstat', /^--- .*\n\+\+\+ .*\n/],
    ['csv', /^change,.*\r\n/],
  ])('as %s without its header where none is wanted', async (format, header) => {
    await run('-tl --save FILE', sockets(ssh, web));
    const line = `-tl --diff FILE --format ${format}`;
    const { stdout: whole } = await run(line, sockets(ssh));
    expect(whole).toMatch(header);
    const { stdout, code } = await run(`${line} -H`, sockets(ssh));
    expect(code).toBe(1);
    expect(stdout).not.toMatch(header);
    expect(stdout.trim()).not.toBe('');
    expect(whole.endsWith(stdout)).toBe(true);
  });

  it('knows the exit code before anything is written', async () => {
    const codes: number[] = [];
    await run('-tl --save FILE', sockets(ssh));
    const host = { codeIfClosed: (code: number) => codes.push(code) };
    await run('--diff FILE', sockets(ssh), host);
    await run('--diff FILE', sockets(web), host);
    expect(codes).toEqual([0, 1]);
  });

  it('warns that the file is from another machine or platform', async () => {
    await run('-tl --save FILE', sockets(ssh));
    const { asked } = file();
    reask({ host: 'elsewhere\n' });
    const other = { ...ssh, ...held(7, 'sshd') };
    const { stderr, stdout } = await run('--diff FILE -v', sockets(other));
    expect(stderr).toMatch(
      /^tsnetstat: warning: the file is from the machine elsewhere\\x0a, this is .*\n$/,
    );
    expect(stdout).toBe('');
    rewrite({ platform: 'darwin', asked });
    expect((await run('--diff FILE', sockets(ssh))).stderr).toBe(
      'tsnetstat: warning: the file is from macOS, this is Linux: only what both provide is compared\n',
    );
  });
});

describe('--diff with --save', () => {
  it('creates the first file, and reports it', async () => {
    const { stderr, code } = await run('-tl --diff FILE --save FILE', sockets(ssh));
    expect(code).toBe(0);
    expect(stderr).toBe(
      'tsnetstat: /a: there was no such file; /a was saved as the first one to compare with\n',
    );
    expect(file().sockets).toEqual([ssh]);
  });

  it('updates it, as it was asked, after reporting the difference', async () => {
    await run('-tl --port 22,80 --save FILE', sockets(ssh));
    const { asked } = file();
    expect((await run('--diff FILE --save FILE', sockets(ssh, web))).code).toBe(1);
    expect(file()).toMatchObject({ asked, sockets: [ssh, web] });
    expect(documentErrors(file())).toEqual([]);
    expect((await run('--diff FILE --save FILE', sockets(ssh, web))).code).toBe(0);
  });

  it('saves what is ignored too, and into another file where that is named', async () => {
    await run('-tl --save FILE', sockets(ssh));
    const line = '--diff FILE --save FILE2 --ignore sport_=_:80';
    expect((await run(line, sockets(ssh, web))).code).toBe(0);
    expect(file().sockets).toEqual([ssh]);
    expect(file('a2').sockets).toEqual([ssh, web]);
  });

  it('only the interfaces that are named are compared, and all are saved anew', async () => {
    const [one, other] = [netInterface('eth0', { mtu: 1500 }), netInterface('eth1', { mtu: 9000 })];
    await run('-i --save FILE', { interfaces: [one, { ...other, mtu: 1500 }] });
    const now = { interfaces: [one, other] };
    expect(await run('--diff FILE -i eth0', now)).toMatchObject({ code: 0, stdout: '' });
    const { code, stdout } = await run('--diff FILE --save FILE', now);
    expect([code, changes(stdout).map((text) => text.slice(0, 5))]).toEqual([1, ['~eth1']]);
    expect(file().interfaces.map(({ mtu }: NetInterface) => mtu)).toEqual([1500, 9000]);
    expect(await run('--diff FILE', now)).toMatchObject({ code: 0, stdout: '' });
  });

  it('saves nothing over a file that knows owners which are hidden now', async () => {
    const hidden = { ...ssh, owners: [], noOwner: 'denied' } as const;
    const node = { ...ssh, ...held(900, 'node') };
    await run('-tl --save FILE', sockets(ssh));
    const { stderr, code } = await run('--diff FILE --save FILE', sockets(hidden));
    expect(code).toBe(2);
    expect(stderr).toContain(
      'tsnetstat: /a: not saved, since it cannot be seen now who holds 1 socket of which it knows that\n',
    );
    const other = await run('--diff FILE --save FILE.new', sockets(hidden));
    expect(other.stderr).toContain('/a.new: not saved, since it cannot be');
    expect(existsSync(at('a.new'))).toBe(false);
    // So what then takes the port is noticed.
    expect((await run('--diff FILE --save FILE', sockets(node))).code).toBe(1);
    expect(await run('--diff FILE', sockets(node))).toMatchObject({ stderr: '', code: 0 });
  });
});

describe('mistakes are reported in one line', () => {
  it.each<[line: string, error: string]>([
    ['--diff FILE', '/a: there is no such file; create it with --save /a'],
    ['-s --diff FILE', '--diff: counters always differ; -s -c shows how fast they grow'],
    [
      '-tl --diff FILE --diff FILE2',
      '--diff: expected one file, found 2; it is compared with what is there now (two files: diff() of the library)',
    ],
    [
      '-tl --diff FILE --format table',
      '--diff cannot be used with --format table: its boxes have no room for two sides; use netstat, json, ndjson or csv',
    ],
    [
      '-tl --diff FILE -c',
      '--diff cannot be used with --continuous: it is one answer; run it repeatedly',
    ],
    ['-tl --diff FILE --columns src', '--diff cannot be used with --columns: it has every field'],
    [
      '-tl --diff FILE --sort src',
      '--diff cannot be used with --sort: differences have an order of their own',
    ],
    ['-tl --diff FILE --wait', '--diff cannot be used with --wait: it compares what is there now'],
    [
      '-tl --diff FILE --save -',
      '--save - cannot be used with --diff, which writes to standard output itself',
    ],
    ['-tl --save FILE -q', '--save cannot be used with --quiet'],
    ['-tl --save FILE --pids', '--save cannot be used with --pids'],
    [
      '-tl --save FILE --format csv',
      '--save cannot be used with --format csv: what is saved is JSON',
    ],
    [
      '-tl --save FILE --save-mode 888',
      '--save-mode 888: expected three octal digits, such as 640',
    ],
    ['-tl --save-mode 0644', '--save-mode requires --save'],
    ['-tl --ignore x', '--ignore requires --diff or --diagnose'],
    ['-tl --severity note', '--severity requires --diagnose'],
    ['-tl --save FILE --severity note', '--severity requires --diagnose'],
    ['-tl --diff FILE --severity note', '--severity requires --diagnose'],
    ['-r --diff FILE --ignore sport_=_1', '--ignore is about sockets, not routes'],
  ])('%s', async (line, error) => {
    expect(await run(line, sockets())).toMatchObject({ code: 2, error });
    expect(existsSync(at('a'))).toBe(false);
  });

  it('an expression to ignore that cannot be read is shown with its place', async () => {
    await run('-tl --save FILE', sockets());
    const { error } = await run('--diff FILE --ignore sport_=_=_1', sockets());
    expect(error).toMatch(/^--ignore: .*\n.*sport = = 1\n/);
  });
});
