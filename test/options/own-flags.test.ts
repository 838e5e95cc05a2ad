import { describe, expect, it } from 'vitest';
import { taskFrom } from '../../src/options/command-line.ts';
import { allFlags } from '../../src/options/flag-table.ts';
import { doOwnOptionsApply } from '../../src/options/own-flags.ts';
import { ownFlags } from '../../src/options/own-options.ts';
import { parseFlags } from '../../src/options/parse-flags.ts';

/** What is shown when these are always wanted, and those given now. */
function view(own: string, given: string) {
  const words = (text: string) => text.split(' ').filter((word) => word !== '');
  const task = taskFrom(words(given), 'linux', parseFlags(words(own)));
  if (!('listing' in task)) throw new Error(task.kind);
  return { ...task.listing.view, ...task.listing.schedule };
}

it.each<[string, string[], boolean, boolean]>([
  ['on a terminal', [], true, true],
  ['not in a pipe', [], false, false],
  ['there where they are asked for', ['--config'], false, true],
  ['not where they are not wanted', ['--no-config'], true, false],
])('own options apply %s', (_, argv, isTerminal, expected) => {
  expect(doOwnOptionsApply(argv, isTerminal)).toBe(expected);
});

describe('what is always wanted', () => {
  it.each<[string, string, object]>([
    ['-n', '-t', { numeric: { hosts: true, ports: true, users: true } }],
    ['--format table', '', { format: 'table' }],
    ['--format table', '--format csv', { format: 'csv' }],
    ['--format table', '--json', { format: 'json' }],
    ['--json', '--format csv', { format: 'csv' }],
    ['--columns src,dst', '--columns state', { columns: ['state'] }],
    ['-e', '-ee', { extend: 2 }],
    ['--interval 5', '', { interval: 5000 }],
    ['--format table', '--follow', { format: 'netstat' }],
    ['--format csv -n', '--follow', { format: 'csv' }],
    ['--sort port -c', '--follow', { interval: 1000 }],
    ['--json', '--follow', { format: 'json' }],
    ['--format table -H -c -e', '--live', { format: 'netstat', header: true, extend: 1 }],
    ['--json', '--live --interval 2', { format: 'netstat', interval: 2000 }],
    ['--columns src,dst --sort src -e', '-i', { columns: null, extend: 1 }],
    ['--columns src,dst', '-i --columns mtu', { columns: ['mtu'] }],
    ['--tcp-info --socket-info --peers --workloads --exposure', '-r', { tcpInfo: false }],
    ['--columns src,dst', '--json', { format: 'json', columns: null }],
    ['--columns src,dst', '--format ndjson', { format: 'ndjson', columns: null }],
    ['--columns src,dst', '--format csv', { format: 'csv', columns: ['src', 'dst'] }],
    ['--json', '--columns src', { format: 'netstat', columns: ['src'] }],
    ['--format csv', '--columns src', { format: 'csv', columns: ['src'] }],
    ['--format table --columns src -c', '--pids', { format: 'netstat', pids: true }],
    ['--interval 3', '--pids', { interval: null }],
    ['-c', '-q --port 22', { interval: null, quiet: true }],
    ['-c --interval 5', '--wait 1 --port 22', { interval: null }],
    ['-c --columns src,recvrate', '--wait 1', { columns: ['src'] }],
    ['-c --sort -recvrate', '--wait-gone', { interval: null }],
    ['-c --sort -recvrate', '--pids', { pids: true }],
    ['--columns src,recvrate', '-t', { columns: ['src'] }],
    ['--columns src,recvrate', '-c', { columns: ['src', 'recvrate'] }],
    ['--columns src,recvrate', '--live', { columns: ['src', 'recvrate'] }],
    ['--interval 2 --columns recvrate', '-q --port 22', { columns: null, quiet: true }],
    ['--columns src --sort src -c --interval 2 --format table', '--diagnose', { columns: null }],
    ['--json --columns src -c -H', '--save x', { columns: null, interval: null }],
    ['--format table --sort src -H', '--diff x', { format: 'netstat', header: false }],
  ])('%s comes behind what is given: %s', (own, given, expected) => {
    expect(view(own, given)).toMatchObject(expected);
  });

  it('does not make a question of what is none', () => {
    expect(taskFrom(['--version'], 'linux', parseFlags(['-n'])).kind).toBe('version');
    expect(taskFrom(['--explain'], 'linux', parseFlags(['--format', 'table'])).kind).toBe(
      'explain',
    );
  });
});

describe('what is always wanted keeps no command line from working', () => {
  const samples = allFlags.flatMap((flag) => {
    const { long, value, refusal } = flag;
    if (long === undefined || refusal !== undefined) return [];
    const values = value?.choices ?? [long === 'columns' || long === 'sort' ? 'state' : '2'];
    return value === undefined ? [`--${long}`] : values.map((one) => `--${long}=${one}`);
  });
  const isOwn = (text: string) => {
    try {
      return ownFlags([{ name: 'own', text, hasLines: false }], 'linux') !== null;
    } catch {
      return false;
    }
  };
  const own = samples.filter(isOwn);

  it('and it can be much', () => {
    expect(own).toEqual(expect.arrayContaining(['--json', '--peers', '--sort=state']));
  });

  it.each([
    ...['--live', '--follow', '--pids', '--pids --wait', '-q', '--wait 1', '--wait-gone', '-c'],
    ...['--diagnose', '--diagnose --diff x --port 1', '--save x', '--diff x', '--save x --wait'],
    ...[
      '-t',
      '-u',
      '-x',
      '-r',
      '-i',
      '-g',
      '-s',
      '-i -c',
      '--serve',
      '--format prometheus',
      '--format openmetrics',
    ],
    ...['--format table', '--json', '--format csv', '--columns src', '--sort src', '--on web'],
    ...['--explain', '--completion bash', '--version', '-h', '--netns web', '--proc-root /x'],
  ])('%s', (line) => {
    const given = line.split(' ');
    expect(() => taskFrom(given)).not.toThrow();
    for (const one of own) {
      expect(() => taskFrom(given, 'linux', parseFlags([one])), one).not.toThrow();
    }
  });
});
