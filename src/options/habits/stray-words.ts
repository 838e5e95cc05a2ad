import type { Habit } from './habit.ts';

/** Flags without our dash, and words that the option before them does not take. */
export const strayWords: readonly Habit[] = [
  {
    typed: ['tulpn', 'plant', 'an'],
    fits: /^(?!not$|.*(.).*\1)[tulanpxewo46]{2,}$/,
    system: 'ps and BSD',
    meaning: 'flags',
    ours: '-TYPED, with a dash',
  },
  {
    typed: ['--diff=old.json new.json'],
    fits: /^\S*[./]\S*$/,
    beside: /^--diff(?:=|$)/,
    system: 'diff',
    meaning: 'a second file',
    ours: 'leave it out: FILE is compared with what is there now; to compare two files, use diff() of the library',
  },
  {
    typed: ['/a', '/ano', '/r', '/a /n /o', '/an /p tcp'],
    fits: /^\/[abefnopqrst]+(?: (?:\/[abefnopqrst]+|(?:tcp|udp)(?:v6)?|\d+))*$/i,
    system: 'Windows',
    meaning: 'flags',
    ours: 'a dash instead of the slash',
  },
  {
    typed: ['/help', '/h', '-an /?'],
    fits: /^\/(?:\?|help|h)$/i,
    system: 'Windows',
    meaning: 'help',
    ours: '--help',
  },
  {
    typed: ['man'],
    fits: /^man$/i,
    system: 'other tools',
    meaning: 'the manual',
    ours: '--help',
  },
  {
    typed: ['--json true', '--tcp yes'],
    fits: /^(?:true|false|yes|no)$/i,
    system: 'other tools',
    meaning: 'the value of a switch',
    ours: 'leave it out: a switch takes no value',
  },
];
