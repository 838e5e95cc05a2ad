import type { Protocol } from './socket.js';

/** Names for numbers, already looked up. undefined: there is no name, or numbers were asked for. */
export interface Names {
  /** `address` in canonical text; an IPv4-mapped address is asked for as its IPv4 address. */
  host(address: string): string | undefined;
  service(port: number, protocol: Protocol): string | undefined;
  user(uid: number): string | undefined;
}

/** Numbers only. */
export const noNames: Names = {
  host: () => undefined,
  service: () => undefined,
  user: () => undefined,
};
