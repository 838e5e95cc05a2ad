import type { Protocol } from '../protocol.ts';

/** Names for numbers, already looked up. undefined: there is no name, or numbers were asked for. */
export interface Names {
  /** `address` as the model writes it. An IPv4-mapped address is looked up as it is, not as its IPv4 address. */
  host(address: string): string | undefined;
  /** An IPv4 network by its address, all host bits 0, as a route's destination. */
  network(address: string): string | undefined;
  service(port: number, protocol: Protocol): string | undefined;
  user(uid: number): string | undefined;
}

/** Numbers only. */
export const noNames: Names = {
  host: () => undefined,
  network: () => undefined,
  service: () => undefined,
  user: () => undefined,
};
