import { isAnyAddress } from '../model/address/text.ts';
import { hostNames } from './host-names.ts';
import type { NamingHost } from './naming-host.ts';
import { userNames } from './users.ts';

/** Told how many numbers have no names because there was no answer in time. */
export type GivenUp = (count: number, what: 'addresses' | 'users') => void;

/** How names are looked up. */
export interface LookingUp {
  /** One deadline in milliseconds for all look-ups outside this machine's files; 0: query no server. */
  readonly timeoutMs: number;
  readonly onGivenUp?: GivenUp | undefined;
}

/** After how many milliseconds an address is looked up again that got no answer in time. */
const betweenAttempts = 60_000;

/** The names known by now, among them those that were asked for; undefined: it has none. */
type KnownNames<Key> = ReadonlyMap<Key, string | undefined>;

/**
 * Looks up hosts, each once. `most`: how many addresses are cached; `now`: a monotonic clock in milliseconds.
 */
export function knownHosts(
  host: NamingHost,
  { timeoutMs, onGivenUp }: LookingUp,
  most: number,
  now: () => number,
): (addresses: readonly string[] | ReadonlySet<string>) => Promise<KnownNames<string>> {
  /** Replaced, not emptied: names that were given before stay. */
  let hosts: Map<string, string | undefined> = new Map();
  /** Those of `hosts` that got no answer in time, and when they may be looked up again. */
  let unanswered: Map<string, number> = new Map();
  return async (addresses) => {
    const at = now();
    const isKnown = (address: string) =>
      isAnyAddress(address) ||
      (hosts.has(address) && (unanswered.get(address) ?? Number.POSITIVE_INFINITY) > at);
    const unasked = new Set<string>();
    for (const each of addresses) if (!isKnown(each)) unasked.add(each);
    if (unasked.size > 0 && hosts.size + unasked.size > most) {
      hosts = onlyOf(hosts, addresses);
      unanswered = onlyOf(unanswered, addresses);
    }
    const mine = hosts;
    if (unasked.size > 0) {
      for (const address of unasked) unanswered.delete(address);
      const giveUp = (given: readonly string[]) => {
        for (const address of given) unanswered.set(address, at + betweenAttempts);
        onGivenUp?.(given.length, 'addresses');
      };
      const found = await hostNames(unasked, timeoutMs, host, giveUp);
      for (const address of unasked) mine.set(address, found.get(address));
    }
    return mine;
  };
}

/** Looks up users, each once. */
export function knownUsers(
  host: NamingHost,
  { timeoutMs, onGivenUp }: LookingUp,
): (uids: Iterable<number>) => Promise<KnownNames<number>> {
  const users = new Map<number, string | undefined>();
  return async (uids) => {
    const unasked = [...new Set(uids)].filter((each) => !users.has(each));
    if (unasked.length > 0) {
      const giveUp = (given: readonly number[]) => onGivenUp?.(given.length, 'users');
      const found = await userNames(unasked, timeoutMs, host, giveUp);
      for (const uid of unasked) users.set(uid, found.get(uid));
    }
    return users;
  };
}

function onlyOf<Value>(all: ReadonlyMap<string, Value>, wanted: Iterable<string>) {
  const kept = new Map<string, Value>();
  for (const each of wanted) if (all.has(each)) kept.set(each, all.get(each) as Value);
  return kept;
}
