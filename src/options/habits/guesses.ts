import type { Habit } from './habit.ts';
import { bareName, bothEnds, linux } from './parts.ts';

/** Words that may be the name of many things. */
export const guesses: readonly Habit[] = [
  {
    typed: ['nginx.service', 'user@1000.service'],
    fits: /^[\w@.-]+\.(?:service|scope|socket)$/,
    system: 'systemctl',
    meaning: 'a unit',
    ours: '--workload TYPED',
    on: linux,
    isGuess: true,
  },
  {
    typed: ['localhost', 'host.example.org'],
    fits: /^(?:localhost|(?:[\w-]+\.)+[a-z]{2,})$/i,
    system: 'other tools',
    meaning: 'the name of a host',
    ours: bothEnds('TYPED'),
    isGuess: true,
  },
  {
    typed: ['-tulpn sshd', '-tl nginx'],
    fits: bareName,
    system: 'other tools',
    meaning: 'a name',
    ours: '--program TYPED; for a service --port TYPED, for a host --remote TYPED',
    isGuess: true,
  },
];
