import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { run } from '../../src/commands/run.ts';
import { helpText } from '../../src/options/help.ts';
import { fakeHost } from '../support/fake-host.ts';

const colored = '\x1b[';

/** Runs on a terminal, or not, with a pager that answers `failure`. */
async function runOn(
  isTerminal: boolean,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
  failure: string | null = null,
) {
  const paged: { text: string; command: readonly string[] }[] = [];
  const { host, written } = fakeHost({
    env,
    page: async (text, command) => {
      paged.push({ text, command });
      return failure;
    },
  });
  const terminal = { ...host, stdout: { ...host.stdout, isTerminal } };
  return { status: await run(argv, terminal), paged, ...written };
}

describe('colours', () => {
  it.each([
    ['a terminal', true, ['--help'], {}, true],
    ['a pipe', false, ['--help'], {}, false],
    ['a terminal with NO_COLOR', true, ['--help'], { NO_COLOR: '1' }, false],
    ['a terminal with --color=never', true, ['-h', '--color=never'], {}, false],
    ['a pipe with --color=always', false, ['-h', '--color=always'], {}, true],
  ])('%s', async (_where, isTerminal, argv, env, coloured) => {
    const { stdout } = await runOn(isTerminal, argv, env);
    expect(stdout.includes(colored)).toBe(coloured);
  });
});

describe('a topic', () => {
  it.each([
    [['--help', 'columns'], /^Columns of sockets, (?:.*\n){1,3}\n {2}proto {5}/],
    [['-s', '--help=columns'], /^Columns of statistics, /],
    [['help', 'checks'], /^The checks of --diagnose: /],
  ])('%j', async (argv, beginning) => {
    const { status, stdout } = await runOn(false, argv);
    expect(status).toBe(0);
    expect(stdout).toMatch(beginning);
  });

  it('is coloured on a terminal, and the same text', async () => {
    const coloured = (await runOn(true, ['--help', 'columns'])).stdout;
    expect(coloured).toContain(colored);
    expect(stripVTControlCharacters(coloured)).toBe(
      (await runOn(false, ['--help', 'columns'])).stdout,
    );
  });

  it('is paged like the options', async () => {
    const { paged } = await runOn(true, ['--help', 'states', '--pager'], { NO_COLOR: '1' });
    expect(paged.map(({ text }) => text.split(' ')[0])).toEqual(['Filters']);
  });

  it('names the topics for a word that is none', async () => {
    const { status, stdout, stderr } = await runOn(false, ['--help', 'sort']);
    expect([status, stdout, stderr]).toEqual([
      2,
      '',
      'tsnetstat: --help sort: not one of columns, expressions, states, checks (did you mean columns?)\n',
    ]);
  });
});

describe('--pager', () => {
  it('starts the command in PAGER, word by word, and writes nothing itself', async () => {
    const env = { PAGER: 'more -d', NO_COLOR: '1' };
    const { status, paged, stdout } = await runOn(true, ['--help', '--pager'], env);
    expect([status, stdout]).toEqual([0, '']);
    expect(paged).toEqual([{ text: helpText(), command: ['more', '-d'] }]);
  });

  it.each([{}, { PAGER: ' ' }])('is less if PAGER is empty: %j', async (env) => {
    const { paged } = await runOn(true, ['--help', '--pager'], env);
    expect(paged.map(({ command }) => command)).toEqual([['less']]);
  });

  it('is not started in a pipe, nor unless asked for', async () => {
    const piped = await runOn(false, ['--help', '--pager'], { PAGER: 'more' });
    expect([piped.stdout, piped.paged]).toEqual([helpText(), []]);
    expect((await runOn(true, ['--help'], { PAGER: 'more' })).paged).toEqual([]);
  });

  it('names a pager that cannot be run, and exits with 2', async () => {
    const { status, stderr } = await runOn(
      true,
      ['--help', '--pager'],
      { PAGER: 'gone' },
      'ENOENT',
    );
    expect([status, stderr]).toEqual([
      2,
      'tsnetstat: --pager: gone cannot be run (ENOENT); set PAGER to a program that can\n',
    ]);
  });

  it('means --help where that is left out', async () => {
    expect((await runOn(true, ['--pager'], { NO_COLOR: '1' })).paged).toEqual([
      { text: helpText(), command: ['less'] },
    ]);
  });
});
