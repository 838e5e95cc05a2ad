import type { Habit } from './habit.ts';

/** Letters of a listing or a report, before a number that belongs to none of them; -h is BSD's for units. */
const reportLetters = '[acegilnoprstuwxFNSTUWv46]';

/** Letters with a number behind them. */
export const numberBundles: readonly Habit[] = [
  {
    typed: ['-p3000', '-ap3000,3001'],
    fits: /^-[A-Za-z]*p[0-9,]+$/,
    system: 'lsof',
    meaning: 'what a process holds',
    ours: '--pid 3000',
  },
  {
    typed: ['-c2', '-tnc10'],
    fits: /^-[A-Za-z]*c[0-9.]+$/,
    system: 'other tools',
    meaning: 'repeat every few seconds',
    ours: '-c 3000, with a blank between them',
  },
  {
    typed: ['-w1', '-hw5'],
    fits: /^-h?w(?<SECONDS>[1-9]\d*)$/,
    system: 'macOS and BSD',
    meaning: 'repeat every few seconds',
    ours: '--interval SECONDS',
  },
  {
    typed: ['-nw1', '-ihw1'],
    fits: new RegExp(`^-(?<LETTERS>${reportLetters}+)h?w(?<SECONDS>[1-9]\\d*)$`),
    system: 'macOS and BSD',
    meaning: 'repeat every few seconds',
    ours: '-LETTERS --interval SECONDS',
  },
  {
    typed: ['-an5', '-n5', '-e5'],
    fits: new RegExp(`^-(?<LETTERS>${reportLetters}+)(?<SECONDS>[1-9]\\d*)$`),
    system: 'other tools',
    meaning: 'repeat every few seconds',
    ours: '-LETTERS --interval SECONDS',
  },
];
