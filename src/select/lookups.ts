import type { Protocol } from '../model/socket.ts';

/** Numbers for names, from the system's lists of them. undefined: no such name. */
export interface Lookups {
  /** The port that a service has over `protocol`. */
  serviceNumber(name: string, protocol: Protocol): number | undefined;
  /** The number of the user called `name`. */
  userId(name: string): number | undefined;
  /** Names and numbers of the interfaces that there are; null, or left out, where that is not told. */
  readonly interfaces?: ReadonlySet<string> | null;
}
