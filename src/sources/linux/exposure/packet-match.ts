import type { PortRange } from '../../../model/address/port.ts';
import type { PublishedPort } from '../../../model/socket/exposure.ts';

/** Which packets a rule matches. */
export interface PacketMatch {
  /** null: any; `other`: one whose ports cannot be published. */
  readonly protocol: PublishedPort['protocol'] | 'other' | null;
  /** Their destination, an address or a network `ADDR/LEN`; null: any. */
  readonly destination: string | null;
  readonly ports: readonly PortRange[] | null;
  /** Only packets that this machine sends itself. */
  readonly isOwn: boolean;
  /**
   * Further conditions, as the firewall prints them, that depend on nothing but the packet, so that one holds in every
   * rule or in none (`-i br0`, an address of this host). Not those that count, limit, choose by chance or look at marks.
   */
  readonly conditions: readonly string[];
  /** Every such packet: there is no other condition, of which nothing is known. */
  readonly isExact: boolean;
}

/** In place of a destination: every address but this machine's own. */
export const addressesOfOthers = '0.0.0.0/0';

/** Every packet of every protocol. */
export const anyPacket: PacketMatch = {
  ...{ protocol: null, destination: null, ports: null, isOwn: false },
  ...{ conditions: [], isExact: true },
};

/**
 * The conjunction of two matches; null: no packet matches both. Of two destinations the later is kept: rules narrow
 * them down.
 */
export function bothOf(one: PacketMatch, other: PacketMatch): PacketMatch | null {
  if (one.protocol !== null && other.protocol !== null && one.protocol !== other.protocol)
    return null;
  const ports =
    one.ports === null || other.ports === null
      ? (one.ports ?? other.ports)
      : common(one.ports, other.ports);
  if (ports?.length === 0) return null;
  const isOfTwo =
    one.destination !== null && other.destination !== null && one.destination !== other.destination;
  return {
    protocol: one.protocol ?? other.protocol,
    destination: other.destination ?? one.destination,
    ports,
    isOwn: one.isOwn || other.isOwn,
    conditions: [...new Set([...one.conditions, ...other.conditions])].sort(),
    isExact: one.isExact && other.isExact && !isOfTwo,
  };
}

function common(one: readonly PortRange[], other: readonly PortRange[]): readonly PortRange[] {
  return one.flatMap((a) =>
    other.flatMap((b) => {
      const range = { first: Math.max(a.first, b.first), last: Math.min(a.last, b.last) };
      return range.first <= range.last ? [range] : [];
    }),
  );
}
