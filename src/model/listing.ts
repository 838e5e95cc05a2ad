import type { Query } from './query.ts';
import type { View } from './view.ts';

/** --wait, --wait-gone: the listing is looked at again and again, and shown once it is as wanted. */
export interface Wait {
  /** For rows to be there, or for none to be left. */
  readonly for: 'there' | 'gone';
  /** How long, in milliseconds; null: for ever. */
  readonly timeout: number | null;
  /** Milliseconds between two looks. */
  readonly every: number;
}

/** When: one round or many, and how long names may take. */
export interface Schedule {
  /** -c: milliseconds between rounds; null: one round. */
  readonly interval: number | null;
  /** One deadline for all name look-ups of a round, milliseconds. */
  readonly resolveTimeout: number;
  /** null: what is there is shown at once. */
  readonly wait: Wait | null;
}

/** Where a live Linux's sockets are read from: /proc, the kernel's answers over netlink, or where it pays. */
export const socketSources = ['auto', 'proc', 'netlink'] as const;
export type SocketSource = (typeof socketSources)[number];

/** Of which network namespace: the one that this program runs in, every one, or the one that this names. */
export type NetnsAsked = 'own' | 'all' | { readonly name: string };

/** `--on`: other machines, which are asked over ssh. */
export interface HostsAsked {
  /** As they were given, each once, in the order in which they are told. */
  readonly names: readonly string[];
  /** Milliseconds that each has for one answer. */
  readonly timeout: number;
  /** So many are asked at once. */
  readonly atOnce: number;
  /** An answer that lacks one of them is none. */
  readonly strict: boolean;
}

/** Of which place. */
export interface Target {
  /** Another /proc; null: the system's own. */
  readonly procRoot: string | null;
  readonly socketSource: SocketSource;
  /** Linux: of which network namespaces. */
  readonly netns: NetnsAsked;
  /** Which other machines; null: this one. */
  readonly hosts: HostsAsked | null;
}

/** What a command line asks to be listed, with nothing left to decide but what the platform offers. */
export interface Listing {
  readonly query: Query;
  readonly view: View;
  readonly schedule: Schedule;
  readonly target: Target;
}
