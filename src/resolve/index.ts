import { NetstatError } from '../errors.ts';
import { steadyNow } from '../flow/steady-clock.ts';
import { isAnyAddress } from '../model/address/text.ts';
import type { Protocol } from '../model/protocol.ts';
import type { Names } from '../model/report/names.ts';
import type { HostAddresses } from './host-addresses.ts';
import { hostNames } from './host-names.ts';
import { type NamingHost, namingHost, type ThisMachine } from './naming-host.ts';
import { networkTable } from './networks.ts';
import { serviceTable } from './services.ts';
import { type UserNumber, userNames, userNumbers } from './users.ts';

/** The numbers that are shown and should get names; anything left out stays a number. */
export interface Wanted {
  /** Addresses as the model has them. */
  readonly addresses?: readonly string[] | ReadonlySet<string>;
  readonly uids?: Iterable<number>;
  /** Whether ports and IP protocols should get names. */
  readonly services?: boolean;
  /** Whether the IPv4 networks in routes should get names. */
  readonly networks?: boolean;
}

/** Told how many numbers have no names because there was no answer in time. */
export type GivenUp = (count: number, what: 'addresses' | 'users') => void;

/** Options of a resolver. */
export interface ResolveOptions {
  /** One deadline in milliseconds for all look-ups outside this machine's files; 0: query no server. */
  readonly timeoutMs: number;
  readonly onGivenUp?: GivenUp | undefined;
  /** The machine; anything left out is taken from the one that this process runs on. */
  readonly host: ThisMachine & Partial<NamingHost>;
}

/** Looks up names and caches results, including missing names: a limited number of addresses, all users. */
export interface NameResolver {
  names(wanted: Wanted): Promise<Names>;
  /** The port (for `raw` the IP protocol) of a service's name or alias. */
  serviceNumber(name: string, protocol: Protocol): number | undefined;
  /** The addresses of hosts, by name; names are looked up at the same time. */
  hostAddresses(names: ReadonlySet<string>): Promise<ReadonlyMap<string, HostAddresses>>;
  /** The UID of the user called `name`, from the passwd file or else from getent. */
  userId(name: string): UserNumber;
}

/** Makes the resolver on first use, so that it is loaded only if a name is needed. */
export type LazyResolver = () => Promise<NameResolver>;

/** @throws NetstatError `usage`: this machine's user names do not apply to another machine */
function refuseUser(name: string): never {
  throw new NetstatError(
    'usage',
    `${name}: users of other machines (--on) are known only by their numbers`,
    { path: '--user', about: { filter: 'user' } },
  );
}

/** After how many milliseconds an address is looked up again that got no answer in time. */
const betweenAttempts = 60_000;

/** Beyond so many addresses, those that are not wanted now are forgotten: a server may see ever new clients. */
const mostCached = 200_000;

/**
 * A resolver that reads a file or queries a server only when needed. `most`: how many addresses it caches; `now`: a
 * monotonic clock in milliseconds.
 */
export function nameResolver(
  options: ResolveOptions,
  most = mostCached,
  now: () => number = steadyNow,
): NameResolver {
  const host = namingHost(options.host);
  const { timeoutMs, onGivenUp } = options;
  const services = serviceTable(host);
  const network = networkTable(host);
  /** Replaced, not emptied: names that were given before stay. */
  let hosts: Map<string, string | undefined> = new Map();
  /** Those of `hosts` that got no answer in time, and when they may be looked up again. */
  let unanswered: Map<string, number> = new Map();
  const users = new Map<number, string | undefined>();

  const lookUpHosts = async (addresses: NonNullable<Wanted['addresses']>) => {
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
  const lookUpUsers = async (uids: Iterable<number>) => {
    if (options.host.usersElsewhere) return;
    const unasked = [...new Set(uids)].filter((each) => !users.has(each));
    if (unasked.length > 0) {
      const giveUp = (given: readonly number[]) => onGivenUp?.(given.length, 'users');
      const found = await userNames(unasked, timeoutMs, host, giveUp);
      for (const uid of unasked) users.set(uid, found.get(uid));
    }
  };

  return {
    async names(wanted) {
      const [known] = await Promise.all([
        lookUpHosts(wanted.addresses ?? []),
        lookUpUsers(wanted.uids ?? []),
      ]);
      return {
        host: wanted.addresses === undefined ? () => undefined : (address) => known.get(address),
        network: wanted.networks === true ? network : () => undefined,
        service: wanted.services === true ? services.name : () => undefined,
        user: wanted.uids === undefined ? () => undefined : (uid) => users.get(uid),
      };
    },
    serviceNumber: services.number,
    async hostAddresses(names) {
      const { hostAddresses } = await import('./host-addresses.ts');
      const found = [...names].map(
        async (name) => [name, await hostAddresses(name, timeoutMs, host)] as const,
      );
      return new Map(await Promise.all(found));
    },
    userId: options.host.usersElsewhere ? refuseUser : userNumbers(timeoutMs, host),
  };
}

function onlyOf<Value>(all: ReadonlyMap<string, Value>, wanted: Iterable<string>) {
  const kept = new Map<string, Value>();
  for (const each of wanted) if (all.has(each)) kept.set(each, all.get(each) as Value);
  return kept;
}
