import type { Habit } from './habit.ts';
import { anInterface, bareName, linux, routesBeside, unixes } from './parts.ts';

const groupsBeside = /^-[A-Za-z0-9]*g|^--groups$/;
const statisticsBeside = /^-[A-Za-z0-9]*s|^--statistics$/;

/** Names of users, programs, namespaces and workloads behind flags that take no value here, and of interfaces. */
export const names: readonly Habit[] = [
  {
    typed: ['-u root', '-u www-data'],
    fits: bareName,
    beside: /^-u$/,
    system: 'lsof',
    meaning: 'the sockets of a user',
    ours: '--user TYPED',
    on: linux,
  },
  {
    typed: ['-c ssh'],
    fits: bareName,
    behind: /^-[A-Za-z0-9]*c$/,
    system: 'lsof',
    meaning: 'the sockets of programs whose name begins so',
    ours: "--program 'TYPED*'",
  },
  {
    typed: ['-p nginx', '--programs nginx'],
    fits: bareName,
    beside: /^-[A-Za-z0-9]*p$|^--prog\w*$/,
    system: 'other tools',
    meaning: 'the sockets of a program',
    ours: '--program TYPED',
  },
  {
    typed: ['-N web'],
    fits: bareName,
    beside: /^-[A-Za-z0-9]*N$/,
    system: 'ss',
    meaning: 'the sockets of a network namespace',
    ours: '--netns TYPED',
    on: linux,
  },
  {
    typed: ['--workloads docker:web', '--workloads nginx.service'],
    fits: /^(?!(?:state|exclude|not)$)[A-Za-z_][\w.:*@/-]*$/,
    beside: /^--workl\w*$/,
    system: 'other tools',
    meaning: 'a container, pod or unit',
    ours: '--workload TYPED',
    on: ['linux', 'win32'],
  },
  {
    typed: ['-r eth0'],
    fits: anInterface,
    beside: routesBeside,
    system: 'other tools',
    meaning: 'the routes of an interface',
    ours: 'leave it out: -r lists all routes; on Linux, ip route show dev TYPED lists those of one interface',
  },
  {
    typed: ['-g lo'],
    fits: anInterface,
    beside: groupsBeside,
    system: 'other tools',
    meaning: 'the groups of an interface',
    ours: 'leave it out: -g lists all groups, with their interfaces',
    on: unixes,
  },
  {
    typed: ['-s eth0'],
    fits: anInterface,
    beside: statisticsBeside,
    system: 'other tools',
    meaning: 'the counters of an interface',
    ours: 'tsnetstat -i TYPED; those of -s are of all interfaces together',
  },
  {
    typed: ['lo', 'eth0'],
    fits: anInterface,
    system: 'other tools',
    meaning: 'an interface',
    ours: "-i TYPED, or 'dev = TYPED' for the sockets bound to it",
    on: linux,
    elsewhere: '-i TYPED',
  },
];
