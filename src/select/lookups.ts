import type { Protocol } from '../model/protocol.ts';
import type { FilterOptions } from '../model/request/query.ts';
import { type Problem, quoted } from './problem.ts';

/** Look-ups of names in the system's lists. undefined: no such name. */
export interface Lookups {
  /** The port of a service over `protocol`. */
  serviceNumber(name: string, protocol: Protocol): number | undefined;
  /** The UID of the user called `name`; or why it is not known, to put after the name. */
  userId(name: string): number | undefined | { readonly reason: string };
  /** The addresses of a host's name; left out: such names are refused. */
  hostAddresses?(name: string): readonly string[] | Problem;
  /** Names and indexes of the existing interfaces; null, or left out, if they are not known. */
  readonly interfaces?: ReadonlySet<string> | null;
  /** When the rows were read that are judged, in milliseconds since 1970; left out: as they are judged. */
  readonly readAt?: number;
  /** Whether it is no mistake if no socket of the tables asked for can match a filter; left out: it is one. */
  mayMatchNone?(filter: keyof FilterOptions): boolean;
}

/** What the values of filters are interpreted with. */
export interface Scope {
  /** The socket tables that are asked for. */
  readonly protocols: readonly Protocol[];
  readonly lookups: Lookups;
}

/** Looks up hosts' names: what it finds for each, or why there is no address, to put after the name. */
interface HostLookups {
  hostAddresses(
    names: ReadonlySet<string>,
  ): Promise<ReadonlyMap<string, readonly string[] | { readonly reason: string }>>;
}

/** Look-ups by which filters are compiled; the names of hosts in them are only known by compiling. */
export type FilterLookups = Pick<Lookups, 'serviceNumber' | 'userId' | 'mayMatchNone'> &
  HostLookups;

/** Compiles with the look-ups, and once more with the addresses of the hosts that were named, if any were. */
export async function withHosts<T>(
  { serviceNumber, userId, mayMatchNone = () => false, hostAddresses }: FilterLookups,
  interfaces: Lookups['interfaces'],
  compile: (lookups: Lookups) => T,
): Promise<T> {
  const named = new Set<string>();
  const known = { serviceNumber, userId, mayMatchNone, interfaces: interfaces ?? null };
  const compiled = compile({
    ...known,
    hostAddresses(name) {
      named.add(name);
      return [];
    },
  });
  if (named.size === 0) return compiled;
  const addresses = await hostAddresses(named);
  return compile({
    ...known,
    hostAddresses(name) {
      const found = addresses.get(name) ?? [];
      return 'reason' in found
        ? { expected: `a host's address or name, found ${quoted(name)}, ${found.reason}` }
        : found;
    },
  });
}
