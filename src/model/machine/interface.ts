import type { InPlace } from './place.ts';

/**
 * Packets and bytes in one direction through an interface: bigints, since the counters have 64 bits. null: the
 * platform does not report it.
 */
export interface Traffic {
  readonly bytes: bigint | null;
  readonly packets: bigint | null;
  readonly errors: bigint | null;
  readonly dropped: bigint | null;
  /** Receive: FIFO overruns. Transmit: FIFO underruns. */
  readonly overruns: bigint | null;
  /** Receive: frame alignment errors. Transmit: carrier losses. */
  readonly frameOrCarrier: bigint | null;
}

/** An address of a network interface. */
export interface InterfaceAddress {
  readonly family: 'inet' | 'inet6';
  readonly address: string;
  readonly prefixLength: number;
  /** IPv4: the broadcast address; null if there is none. */
  readonly broadcast: string | null;
  /** IPv4: the far end of a point-to-point link; null if there is none. */
  readonly peer: string | null;
  /** IPv6: the scope of the address. */
  readonly scope: 'host' | 'link' | 'site' | 'global' | 'compat' | null;
  /**
   * Linux, IPv4: the address's label, if known: the interface's name, or one such as `eth0:1`, which netstat lists
   * as a separate interface.
   */
  readonly label?: string;
  /** Fields that are null because their source does not report them; left out if there are none. */
  readonly untold?: readonly ('broadcast' | 'peer')[];
}

/** A network interface and its traffic since it came up. */
export interface NetInterface extends InPlace {
  readonly name: string;
  /** The interface's index, as used by routes and zones; null: not known. */
  readonly index: number | null;
  /** Largest packet, bytes; null: not known. */
  readonly mtu: number | null;
  /** Standard names of the flags that are set: `UP`, `BROADCAST`, `LOOPBACK`, `RUNNING` …; null: not known. */
  readonly flags: readonly string[] | null;
  /** The bits of `flags`, and on Linux of flags without a name: IFF_* of <linux/if.h>; null: flags are not known. */
  readonly flagBits: number | null;
  /** Link layer: `Ethernet`, `Local Loopback` …; null: not known. */
  readonly linkType: string | null;
  /** Hardware address, colon-separated lower-case hex; null if there is none. */
  readonly hardwareAddress: string | null;
  /** Length of the transmit queue in packets; null: not known. */
  readonly txQueueLength: number | null;
  readonly collisions: bigint | null;
  readonly multicast: bigint | null;
  readonly compressedReceived: bigint | null;
  readonly compressedSent: bigint | null;
  readonly received: Traffic;
  readonly sent: Traffic;
  readonly addresses: readonly InterfaceAddress[];
}

/** Linux gives the loopback interface this index in every network namespace. */
export const loopbackIndex = 1;

/** Whether the interface leads only to this machine. Where flags are not known, on Linux, its index tells. */
export function isLoopbackInterface({ flags, index }: NetInterface): boolean {
  return flags?.includes('LOOPBACK') ?? index === loopbackIndex;
}

/**
 * Whether netstat counts the interface among those that are down, which only -a shows. False if the platform does
 * not report flags.
 */
export function isKnownDown({ flagBits, flags }: NetInterface): boolean {
  return flagBits !== null && flags?.includes('UP') === false;
}
