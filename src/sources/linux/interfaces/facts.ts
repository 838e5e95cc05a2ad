import type { InterfaceAddress, NetInterface } from '../../../model/machine/interface.ts';

/** The facts about an interface besides its counters. */
export interface LinkFacts
  extends Pick<
    NetInterface,
    'index' | 'mtu' | 'flagBits' | 'linkType' | 'hardwareAddress' | 'txQueueLength'
  > {
  /** IPv4 addresses in the kernel's order; null: this source does not report them. */
  readonly addresses: readonly InterfaceAddress[] | null;
}

/** By the interface's name. */
export type Links = ReadonlyMap<string, LinkFacts>;

/** A link of which nothing is known. */
export const unknownLink: LinkFacts = {
  index: null,
  mtu: null,
  flagBits: null,
  linkType: null,
  hardwareAddress: null,
  txQueueLength: null,
  addresses: null,
};

/** A hardware address in the model's form, lower case; the loopback's zeros count as none. */
export function hardwareAddressOf(text: string, linkType: string | null): string | null {
  if (linkType === 'Local Loopback' || !/^[0-9a-f]{2}(:[0-9a-f]{2})*$/i.test(text)) return null;
  return text.toLowerCase();
}
