import type { Habit } from './habit.ts';

/** What is accepted with the same meaning: translated by `foreign.ts` and `words-after-flags.ts`. */
export const understood: readonly Habit[] = [
  {
    typed: [
      '-p tcp',
      '-p udp',
      '-p tcpv6',
      '-p udpv6',
      '-p udplite',
      '-p sctp',
      '-p raw',
      '-p unix',
    ],
    system: 'Windows, macOS, BSD',
    meaning: 'one protocol',
    ours: '-t, -u, -t -6, -u -6, -U, -S, -w, -x',
    understood: true,
  },
  {
    typed: ['-f inet', '-f inet6', '-f unix', '-finet', '-anf inet'],
    system: 'macOS, BSD, ss',
    meaning: 'one family',
    ours: '-4, -6, -x',
    understood: true,
  },
  {
    typed: ['-I NAME', '-INAME', '-i NAME', '--interface=NAME'],
    system: 'macOS, BSD',
    meaning: 'one interface',
    ours: '-i NAME',
    understood: true,
  },
  {
    typed: ['-c 2', '-tnc 2', '--continuous 2', '--continuous=2'],
    system: 'old net-tools, others',
    meaning: 'repeat every few seconds',
    ours: '--interval 2',
    understood: true,
  },
  {
    typed: ['-w 2', '-tan -w 2'],
    system: 'macOS',
    meaning: 'repeat every few seconds',
    ours: '--interval 2',
    on: ['darwin'],
    understood: true,
  },
  {
    typed: ['help', '/?', '-?'],
    system: 'Windows',
    meaning: 'help',
    ours: '--help',
    understood: true,
  },
];
