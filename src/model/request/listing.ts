import type { Query } from './query.ts';
import type { View } from './view.ts';

/** --wait, --wait-gone: the listing is read repeatedly until the condition holds, then shown. */
export interface Wait {
  /** Whether to wait until rows exist, or until none is left. */
  readonly for: 'there' | 'gone';
  /** Maximum wait in milliseconds; null: no limit. */
  readonly timeout: number | null;
  /** Milliseconds between two looks. */
  readonly every: number;
}

/**
 * Milliseconds between two readings of a wait (`--wait`), unless `--interval` says so: of this machine, and of others,
 * where each is work for sshd.
 */
export const usualLook = { here: 200, elsewhere: 1000 } as const;

/** When to read: once or in rounds, and how long name look-ups may take. */
export interface Schedule {
  /** -c: milliseconds between rounds; null: one round. */
  readonly interval: number | null;
  /** One deadline for all name look-ups of a round, milliseconds. */
  readonly resolveTimeout: number;
  /** null: do not wait; show what is there. */
  readonly wait: Wait | null;
}

/** How often is read if nothing else is said, in milliseconds: `-c` alone. */
export const usualInterval = 1000;

/** The longest time of a timer, in milliseconds: setTimeout counts in 31 bits. */
export const longestTimer = 2 ** 31 - 1;

/** Where to read a live Linux's sockets: from /proc, over netlink, or whichever is cheaper. */
export const socketSources = ['auto', 'proc', 'netlink'] as const;
export type SocketSource = (typeof socketSources)[number];

/** The network namespace of this program, every one, or the named one. */
export type NetnsAsked = 'own' | 'all' | { readonly name: string };

/** Whether both are the same, in the same words. */
export function isSameNetnsAsked(one: NetnsAsked, other: NetnsAsked): boolean {
  if (typeof one === 'string' || typeof other === 'string') return one === other;
  return one.name === other.name;
}

/** `--on`: other machines, read over ssh. */
export interface MachinesAsked {
  /** As given, without repetitions, in the order of the output. */
  readonly names: readonly string[];
  /** Timeout for one answer of a machine, in milliseconds. */
  readonly timeout: number;
  /** How many are asked at once. */
  readonly atOnce: number;
  /** Fail if any of them does not answer. */
  readonly strict: boolean;
}

/** The place that is read. */
export interface Target {
  /** Another /proc; null: the system's own. */
  readonly procRoot: string | null;
  readonly socketSource: SocketSource;
  /** Linux: which network namespaces. */
  readonly netns: NetnsAsked;
  /** Other machines; null: this one. */
  readonly machines: MachinesAsked | null;
}

/** Everything that a command line asks for, fully decided except for what depends on the platform. */
export interface Listing {
  readonly query: Query;
  readonly view: View;
  readonly schedule: Schedule;
  readonly target: Target;
}
