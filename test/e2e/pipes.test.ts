import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { because, reasonToSkip } from '../support/requirements.ts';
import { asLinux, shell } from './support/built-bin.ts';
import { captureOfRows } from './support/many-rows.ts';

const rows = 20_000;
const reason = reasonToSkip({ platforms: ['linux', 'darwin'], programs: ['sh', 'head', 'wc'] });
const withoutFull = reasonToSkip({
  platforms: ['linux'],
  files: { '/dev/full': 'it is a device of Linux' },
});

describe.skipIf(reason !== null)(`pipes${because(reason)}`, () => {
  let proc = '';
  beforeAll(() => {
    proc = captureOfRows(rows);
  });

  const status = () => readFileSync(join(proc, 'status'), 'utf8').trim();
  const all = () => `tsnetstat -tan --proc-root '${proc}'`;
  const keepStatus = (command: string) => `{ ${command}; echo $? >'${proc}/status'; }`;

  it('prints every row into a pipe', () => {
    const { stdout, stderr } = shell(`${keepStatus(all())} | wc -l`, asLinux);
    expect([Number(stdout), stderr, status()]).toEqual([rows + 2, '', '0']);
  });

  it.each(['netstat', 'json', 'ndjson', 'csv', 'table'])(
    '| head -1 ends quietly, exit code 0: %s',
    (format) => {
      const line = `${keepStatus(`${all()} --format ${format}`)} | head -1`;
      const { stdout, stderr } = shell(line, asLinux);
      expect(stdout.split('\n').length).toBe(2);
      expect([stderr, status()]).toEqual(['', '0']);
    },
  );

  it('ends quietly if there is never a reader', () => {
    const { stderr } = shell(`${keepStatus(all())} | true`, asLinux);
    expect([stderr, status()]).toEqual(['', '0']);
  });

  it('a reader that has enough does not make a difference none', () => {
    const nothing = captureOfRows(0);
    const saved = join(nothing, 'saved.json');
    shell(`tsnetstat -tan --proc-root '${nothing}' --save '${saved}'`, asLinux);
    const { stderr } = shell(`${keepStatus(`${all()} --diff '${saved}'`)} | true`, asLinux);
    expect(stderr).toMatch(/^tsnetstat: warning: the owners of [^\n]*holds no processes[^\n]*\n$/);
    expect(status()).toBe('1');
  });

  it('ends -c quietly if the reader has gone', () => {
    const { stdout, stderr } = shell(
      `${keepStatus(`${all()} --interval 0.01`)} | head -1`,
      asLinux,
    );
    expect(stdout).toContain('Active Internet connections');
    expect([stderr, status()]).toEqual(['', '0']);
  });

  // The pipe holds all that they write: only the end of the reader is an event.
  it.skipIf(process.platform !== 'linux').each([
    ['-c', '-tln --interval 600'],
    ['--follow', '--follow -t --port 1'],
  ])('ends %s quietly soon after the reader has gone, with nothing to write', (_, flags) => {
    const { stdout, stderr } = shell(`${keepStatus(`tsnetstat ${flags}`)} | head -1`, asLinux);
    expect(stdout.split('\n').length).toBe(2);
    expect([stderr, status()]).toEqual(['', '0']);
  });

  it('loses nothing where the reader is slow: a full pipe makes it wait', () => {
    const { stdout: whole } = shell(`${all()} | cksum`, asLinux);
    const slow = shell(`${keepStatus(all())} | { sleep 1; cat; } | cksum`, asLinux);
    expect([slow.stdout, slow.stderr, status()]).toEqual([whole, '', '0']);
  });

  it('loses nothing where someone else made the pipe non-blocking', () => {
    const other = `'${process.execPath}' -e 'process.stdout.write(""); setTimeout(() => {}, 3000)' & sleep 0.5`;
    const { stdout: whole } = shell(`${all()} | cksum`, asLinux);
    const slow = shell(`{ ${other}; ${keepStatus(all())}; } | { sleep 1; cat; } | cksum`, asLinux);
    expect([slow.stdout, slow.stderr, status()]).toEqual([whole, '', '0']);
  });

  it('has no trouble with a closed stdout', () => {
    const { status: code, stderr } = shell(`${all()} >&-`, asLinux);
    expect([code, stderr]).toEqual([0, '']);
  });

  it('has no trouble with a closed stderr', () => {
    const { status: code, stdout } = shell(`${all()} -v 2>&- | wc -l`, asLinux);
    expect([code, Number(stdout)]).toEqual([0, rows + 2]);
  });

  it('prints its warnings behind the table', () => {
    const { stdout } = shell(`${all()} -v 2>&1 | tail -1`, asLinux);
    expect(stdout).toMatch(/^tsnetstat: warning: .*tcp6: this kernel has no such table\n$/);
  });

  it.skipIf(withoutFull !== null)('reports in one line that the disk is full', () => {
    const { status: code, stderr } = shell(`${all()} >/dev/full`, asLinux);
    expect([code, stderr]).toEqual([2, 'tsnetstat: standard output: the disk is full\n']);
  });

  it.skipIf(withoutFull !== null)('returns 2 if it cannot even report that', () => {
    expect(shell(`${all()} >/dev/full 2>/dev/full`, asLinux).status).toBe(2);
  });

  it('reports in one line that stdout cannot be written', () => {
    const { status: code, stderr } = shell(`${all()} 1</dev/null`, asLinux);
    expect([code, stderr]).toEqual([2, 'tsnetstat: standard output: it is not open for writing\n']);
  });
});
