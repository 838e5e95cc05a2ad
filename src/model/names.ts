import type { Protocol } from './socket.ts';

/** Names for numbers, already looked up. undefined: there is no name, or numbers were asked for. */
export interface Names {
  /** `address` as the model has it, an IPv4-mapped one included: it is not named as its IPv4 address is. */
  host(address: string): string | undefined;
  /** An IPv4 network by its address, all host bits 0: what routes lead to. */
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
