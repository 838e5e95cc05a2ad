import { describe, expect, it } from 'vitest';
import { script } from '../script.ts';

interface Table {
  readonly title: string;
  readonly note: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

interface Case {
  readonly name: string;
  readonly world: string;
  readonly follow?: boolean;
  readonly budgets: readonly { readonly subject: string; readonly against?: string }[];
}

const { tableOf, plainText, markdown } = await script<{
  tableOf(one: Case, world: object, measured: object, programs: object): Table;
  plainText(table: Table): string;
  markdown(table: Table): string;
}>('bench/report.js');
const { cases } = await script<{ cases: readonly Case[] }>('bench/cases.js');
const { optionsFrom } = await script<{
  optionsFrom(argv: readonly string[]): { sizes: number[]; cases: Case[]; runs: number };
}>('bench/options.js');
const { worldsFor } = await script<{
  worldsFor(
    cases: readonly Case[],
    sizes: readonly number[],
    processes: number,
  ): { title: string; size: number | null; cases: Case[] }[];
}>('bench/worlds.js');

const called = (name: string) => {
  const found = cases.find((one) => one.name === name);
  if (found === undefined) throw new Error(name);
  return found;
};
const programs = { tsnetstat: { title: 'tsnetstat' }, netstat: { title: 'netstat' } };
const samples = (wall: number, peak = 50, late = false) => [
  { wall, cpu: wall, peak, bytes: 12_345, late },
];
const budgetsOf = (name: string, size: number | null, measured: object) =>
  tableOf(called(name), { title: 'a world', size }, measured, programs).rows.map((row) =>
    row.at(-1),
  );

describe('budgets', () => {
  it.each([
    ['met', 14, '≤ 0.15 ×: met'],
    ['met to the last', 15, '≤ 0.15 ×: met'],
    ['missed', 16, '≤ 0.15 ×: missed'],
  ])('%s', (_, ours, verdict) => {
    const measured = { tsnetstat: samples(ours), netstat: samples(100) };
    expect(budgetsOf('tuanp', 100_000, measured)).toEqual(['≤ 100 MiB: met', verdict]);
  });

  it('of memory look at the peak', () => {
    expect(budgetsOf('tuan', 100_000, { tsnetstat: samples(1, 100.5) })).toEqual([
      '≤ 100 MiB: missed',
    ]);
  });

  it('hold at their size only, and in worlds without a size', () => {
    const measured = { tsnetstat: samples(1), netstat: samples(100), node: samples(1) };
    expect(budgetsOf('tuanp', 10_000, measured)).toEqual(['', '', '']);
    expect(budgetsOf('tulpn-quiet', null, measured)).toEqual(['', '', '≤ 1.15 ×: met']);
  });

  it('of -c are against the first round', () => {
    const rounds = [400, 141, 141].map((cpu) => ({ cpu, bytes: 1 }));
    const measured = { tsnetstat: rounds };
    expect(budgetsOf('follow', 100_000, measured)).toEqual(['≤ 0.35 ×: missed']);
  });

  it('name only programs that their case asks', () => {
    for (const one of cases) {
      const asked = Object.keys((one as unknown as { ask: object }).ask);
      for (const { subject, against } of one.budgets) {
        expect(asked).toContain(subject);
        if (against !== undefined && !one.follow) expect(asked).toContain(against);
      }
    }
  });
});

describe('tables', () => {
  const table = tableOf(
    called('tuanp'),
    { title: '100,000 sockets', size: 100_000 },
    { tsnetstat: samples(523), netstat: samples(300_000, 2.25, true) },
    programs,
  );

  it('for a terminal', () => {
    expect(plainText(table)).toBe(
      `-tuanp · 100,000 sockets
  program          wall     CPU     peak      out  runs                tsnetstat is  budget
  tsnetstat      523 ms  523 ms   50 MiB  12.3 kB     1                              ≤ 100 MiB: met
  netstat    over 300 s   300 s  2.3 MiB  12.3 kB     1  < 0.0017 × (0.0017–0.0017)  ≤ 0.15 ×: met
`,
    );
  });

  it('for the documentation: as many cells in every row', () => {
    const lines = markdown(table).split('\n');
    expect(lines.slice(0, 3)).toEqual(['### `-tuanp`', '', '100,000 sockets.']);
    const cells = lines
      .filter((line) => line.startsWith('|'))
      .map((line) => line.split('|').length);
    expect(cells).toEqual([10, 10, 10, 10]);
  });
});

describe('what is measured', () => {
  it('a world is made once for all its cases, smallest first', () => {
    const plans = worldsFor(cases, [1_000, 10_000], 100);
    const made = plans.map(({ title }) => title);
    expect(new Set(made).size).toBe(made.length);
    expect(plans.flatMap((plan) => plan.cases.map(({ name }) => [name, plan.size]))).toEqual(
      expect.arrayContaining([
        ['start-up', null],
        ['tuanp', 1_000],
        ['tuanp', 10_000],
        ['xanp', 10_000],
      ]),
    );
  });

  it.each([
    [[], [1_000, 10_000, 100_000], 11],
    [['--quick'], [1_000, 10_000], 3],
    [['--huge', '--runs', '5'], [1_000, 10_000, 100_000, 400_000, 1_000_000], 5],
    [['--sizes', '7,9'], [7, 9], 11],
  ])('%j', (argv, sizes, runs) => {
    expect(optionsFrom(argv)).toMatchObject({ sizes, runs, cases });
  });

  it('some cases only', () => {
    const chosen = optionsFrom(['--case', 'tuan', '--case', 'follow']).cases;
    expect(chosen.map(({ name }) => name)).toEqual(['tuan', 'follow']);
  });

  it.each([
    [['--case', 'tuna'], '--case tuna: not one of start-up, '],
    [['--runs', '0'], '--runs 0: not a whole number'],
    [['--sizes', '1000,x'], '--sizes x: not a whole number'],
  ])('%j is refused', (argv, message) => expect(() => optionsFrom(argv)).toThrow(message));
});
