import type { Habit } from './habit.ts';

/** Ports, processes and seconds as words of their own. */
export const numbers: readonly Habit[] = [
  {
    typed: ['-i 5', '-s 5', '-r 5'],
    fits: /^\d+$/,
    beside: /^-[A-Za-z0-9]*[iIrsg]|^--(?:interfaces|route|statistics|groups)$/,
    system: 'Windows, macOS and BSD',
    meaning: 'repeat every few seconds',
    ours: '--interval 3000',
  },
  {
    typed: ['2s', '500ms'],
    fits: /^\d+(?:\.\d+)?(?:ms|s|m|h)$/i,
    system: 'other tools',
    meaning: 'repeat at this interval',
    ours: '--interval TYPED',
  },
  {
    typed: ['3000', '5'],
    fits: /^\d+$/,
    system: 'other tools',
    meaning: 'a port, a process ID or the seconds between two listings',
    ours: '--port 3000, --pid 3000 or --interval 3000',
  },
  {
    typed: ['-p 3000,3001'],
    fits: /^\d+(?:,\d+)+$/,
    beside: /^-[A-Za-z0-9]*p$|^--programs?$/,
    system: 'lsof',
    meaning: 'what these processes hold',
    ours: '--pid 3000',
  },
  {
    typed: ['3000/tcp', '-n tcp 3000', 'udp 53'],
    fits: /^(?:\d+\/(?:tcp|udp)|(?:tcp|udp) \d+)$/i,
    system: 'fuser',
    meaning: 'who uses a port',
    ours: '--port 3000 with -tuanp, or with --pids for PIDs only',
  },
  {
    typed: ['port 3000', '-tlnp port http', 'port = 3000'],
    fits: /^port (?:==? )?:?(?<PORT>[\w,-]+)$/i,
    system: 'tcpdump',
    meaning: 'a port of either end',
    ours: '--port PORT',
  },
  {
    typed: [':3000', 'tcp:3000', 'localhost:3000', '*:3000'],
    fits: /^(?:tcp|udp|localhost|\*)?:\d+$/i,
    system: 'other tools',
    meaning: 'a port',
    ours: '--port 3000, or --local :3000 or --remote :3000 for one end',
  },
  {
    typed: ['80,443', '8000-8100', ':80,443'],
    fits: /^(?:(?:tcp|udp|localhost|\*)?:)?\d+(?:[-,]\d+)+$/i,
    system: 'other tools',
    meaning: 'ports',
    ours: '--port 3000',
  },
];
