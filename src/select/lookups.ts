import type { Protocol } from '../model/socket.ts';

/** Look-ups of names in the system's lists. undefined: no such name. */
export interface Lookups {
  /** The port of a service over `protocol`. */
  serviceNumber(name: string, protocol: Protocol): number | undefined;
  /** The UID of the user called `name`. */
  userId(name: string): number | undefined;
  /** Names and indexes of the existing interfaces; null, or left out, if they are not known. */
  readonly interfaces?: ReadonlySet<string> | null;
}
