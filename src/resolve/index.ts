import { NetstatError } from '../errors.ts';
import { steadyNow } from '../flow/steady-clock.ts';
import type { Protocol } from '../model/protocol.ts';
import type { Names } from '../model/report/names.ts';
import type { HostAddresses } from './host-addresses.ts';
import { knownHosts, knownUsers, type LookingUp } from './known-names.ts';
import { type NamingHost, namingHost, type ThisMachine } from './naming-host.ts';
import { networkTable } from './networks.ts';
import { serviceTable } from './services.ts';
import { type UserNumber, userNumbers } from './users.ts';

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

/** Options of a resolver. */
export interface ResolveOptions extends LookingUp {
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
  const { timeoutMs } = options;
  const { usersElsewhere } = options.host;
  const services = serviceTable(host);
  const network = networkTable(host);
  const hostsOf = knownHosts(host, options, most, now);
  const usersOf = knownUsers(host, options);
  return {
    async names({ addresses, uids, ...wanted }) {
      const [hosts, users] = await Promise.all([
        hostsOf(addresses ?? []),
        usersOf(usersElsewhere ? [] : (uids ?? [])),
      ]);
      return {
        host: addresses === undefined ? () => undefined : (address) => hosts.get(address),
        network: wanted.networks === true ? network : () => undefined,
        service: wanted.services === true ? services.name : () => undefined,
        user: uids === undefined ? () => undefined : (uid) => users.get(uid),
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
    userId: usersElsewhere ? refuseUser : userNumbers(timeoutMs, host),
  };
}
