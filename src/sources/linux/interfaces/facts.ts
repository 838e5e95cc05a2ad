import type { InterfaceAddress, NetInterface } from '../../../model/interface.ts';

/** What is told of an interface beside its counters. */
export interface LinkFacts
  extends Pick<
    NetInterface,
    'index' | 'mtu' | 'flagBits' | 'linkType' | 'hardwareAddress' | 'txQueueLength'
  > {
  /** IPv4 addresses in the kernel's order; null where this source does not tell them. */
  readonly addresses: readonly InterfaceAddress[] | null;
}

/** By the interface's name. */
export type Links = ReadonlyMap<string, LinkFacts>;

/** A link that nobody tells of. */
export const unknownLink: LinkFacts = {
  index: null,
  mtu: null,
  flagBits: null,
  linkType: null,
  hardwareAddress: null,
  txQueueLength: null,
  addresses: null,
};

/** A hardware address as the model has it: lower case; the loopback's zeros are none. */
export function hardwareAddressOf(text: string, linkType: string | null): string | null {
  if (linkType === 'Local Loopback' || !/^[0-9a-f]{2}(:[0-9a-f]{2})*$/i.test(text)) return null;
  return text.toLowerCase();
}
