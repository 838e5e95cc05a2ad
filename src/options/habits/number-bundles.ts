import type { Habit } from './habit.ts';

/** Letters of a listing or a report, before a number that belongs to none of them; -h is BSD's for units. */
const reportLetters = '[acegilnoprstuwxFNSTUWv46]';

/** Letters with a number behind them, or with = and a value, which only long options take so. */
export const numberBundles: readonly Habit[] = [
  {
    typed: ['-c=2', '-tnc=500ms', '-c=.5'],
    fits: /^-(?<LETTERS>[A-Za-z0-9]*c)=(?<SECONDS>(?:\d+\.?\d*|\.\d+)(?:ms|[smh])?)$/,
    system: 'other tools',
    meaning: 'repeat every few seconds',
    ours: '-LETTERS SECONDS, with a blank instead of =',
  },
  {
    typed: ['-i=lo', '-ni=eth0'],
    fits: /^-(?<LETTERS>[A-Za-z0-9]*i)=(?<NAME>[A-Za-z][\w.@-]*)$/,
    system: 'other tools',
    meaning: 'one interface',
    ours: '-LETTERS NAME, with a blank instead of =',
  },
  {
    typed: ['-p=3000', '-tlnp=3000'],
    fits: /^-(?<LETTERS>[A-Za-z0-9]*p)=(?<NUMBER>\d+)$/,
    system: 'other tools',
    meaning: 'a port, or a process ID',
    ours: '-LETTERS --port NUMBER, or -LETTERS --pid NUMBER',
  },
  {
    typed: ['-p=tcp', '-l=tcp'],
    fits: /^-(?<LETTERS>[A-Za-z0-9]*[pal])=tcp$/i,
    system: 'other tools',
    meaning: 'one protocol',
    ours: '-LETTERS -t',
  },
  {
    typed: ['-p=udp', '-l=udp'],
    fits: /^-(?<LETTERS>[A-Za-z0-9]*[pal])=udp$/i,
    system: 'other tools',
    meaning: 'one protocol',
    ours: '-LETTERS -u',
  },
  {
    typed: ['-p=nginx', '-tlnp=nginx'],
    fits: /^-(?<LETTERS>[A-Za-z0-9]*p)=(?<NAME>[A-Za-z_][\w.-]*)$/,
    system: 'other tools',
    meaning: 'the sockets of a program',
    ours: '-LETTERS --program NAME',
  },
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
    typed: ['-w1', '-hw5', '-w=2'],
    fits: /^-h?w=?(?<SECONDS>[1-9]\d*)$/,
    system: 'macOS and BSD',
    meaning: 'repeat every few seconds',
    ours: '--interval SECONDS',
  },
  {
    typed: ['-nw1', '-ihw1', '-nw=2'],
    fits: new RegExp(`^-(?<LETTERS>${reportLetters}+)h?w=?(?<SECONDS>[1-9]\\d*)$`),
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
