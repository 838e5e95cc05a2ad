import { NetstatError } from '../errors.ts';
import { isAnyAddress } from '../model/address-text.ts';
import type { Names } from '../model/names.ts';
import type { Protocol } from '../model/socket.ts';
import { hostNames } from './host-names.ts';
import { type MachineFacts, type NamingHost, namingHost } from './naming-host.ts';
import { networkTable } from './networks.ts';
import { serviceTable } from './services.ts';
import { userNames, userNumbers } from './users.ts';

export type { MachineFacts, NamingHost, PtrResolver } from './naming-host.ts';

/** The numbers that are shown and should get names; anything left out stays a number. */
export interface Wanted {
  /** Addresses as the model has them. */
  readonly addresses?: Iterable<string>;
  readonly uids?: Iterable<number>;
  /** Whether ports and IP protocols should get names. */
  readonly services?: boolean;
  /** Whether the IPv4 networks in routes should get names. */
  readonly networks?: boolean;
}

/** Options of a resolver. */
export interface ResolveOptions {
  /** One deadline in milliseconds for all look-ups outside this machine's files; 0: query no server. */
  readonly timeoutMs: number;
  /** Called with the number of addresses that got no answer in time. */
  readonly onGivenUp?: ((addresses: number) => void) | undefined;
  /** The machine; anything left out is taken from the one that this process runs on. */
  readonly host: MachineFacts & Partial<NamingHost>;
}

/** Looks up names and caches results, including missing names, for its lifetime. */
export interface NameResolver {
  names(wanted: Wanted): Promise<Names>;
  /** The port (for `raw` the IP protocol) of a service's name or alias. */
  serviceNumber(name: string, protocol: Protocol): number | undefined;
  /** The UID of the user called `name`, from the passwd file or else from getent. */
  userId(name: string): number | undefined;
}

/** @throws NetstatError `usage`: this machine's user names do not apply to another machine */
function refuseUser(name: string): never {
  throw new NetstatError(
    'usage',
    `${name}: users of other machines (--on) are known only by their numbers`,
    { path: '--user' },
  );
}

/** A resolver that reads a file or queries a server only when needed. */
export function nameResolver(options: ResolveOptions): NameResolver {
  const host = namingHost(options.host);
  const { timeoutMs, onGivenUp } = options;
  const services = serviceTable(host);
  const network = networkTable(host);
  const hosts = new Map<string, string | undefined>();
  const users = new Map<number, string | undefined>();

  const lookUpHosts = async (addresses: Iterable<string>) => {
    const unasked = new Set<string>();
    for (const each of addresses) if (!hosts.has(each) && !isAnyAddress(each)) unasked.add(each);
    if (unasked.size > 0) {
      const found = await hostNames(unasked, timeoutMs, host, onGivenUp);
      for (const address of unasked) hosts.set(address, found.get(address));
    }
  };
  const lookUpUsers = async (uids: Iterable<number>) => {
    if (options.host.usersElsewhere) return;
    const unasked = [...new Set(uids)].filter((each) => !users.has(each));
    if (unasked.length > 0) {
      const found = await userNames(unasked, timeoutMs, host);
      for (const uid of unasked) users.set(uid, found.get(uid));
    }
  };

  return {
    async names(wanted) {
      await Promise.all([lookUpHosts(wanted.addresses ?? []), lookUpUsers(wanted.uids ?? [])]);
      return {
        host: wanted.addresses === undefined ? () => undefined : (address) => hosts.get(address),
        network: wanted.networks === true ? network : () => undefined,
        service: wanted.services === true ? services.name : () => undefined,
        user: wanted.uids === undefined ? () => undefined : (uid) => users.get(uid),
      };
    },
    serviceNumber: services.number,
    userId: options.host.usersElsewhere ? refuseUser : userNumbers(timeoutMs, host),
  };
}
