import type { InPlace } from './place.ts';

/**
 * Packets and bytes that went one way through an interface: bigints, since the counters have 64 bits.
 * null: the platform does not tell.
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

/** An address that an interface has. */
export interface InterfaceAddress {
  readonly family: 'inet' | 'inet6';
  readonly address: string;
  readonly prefixLength: number;
  /** IPv4: the broadcast address; null where there is none. */
  readonly broadcast: string | null;
  /** IPv4: the far end of a point-to-point link; null where there is none. */
  readonly peer: string | null;
  /** IPv6: how far the address reaches. */
  readonly scope: 'host' | 'link' | 'site' | 'global' | 'compat' | null;
  /**
   * Linux, IPv4: the label it was given, where the platform tells: the interface's name, or one
   * such as `eth0:1`, which netstat lists as an interface of its own.
   */
  readonly label?: string;
  /** Left out where all is told: these are null because their source does not tell them. */
  readonly untold?: readonly ('broadcast' | 'peer')[];
}

/** A network interface and what passed through it since it came up. */
export interface NetInterface extends InPlace {
  readonly name: string;
  /** The interface's index, as routes and zones name it; null where not told. */
  readonly index: number | null;
  /** Largest packet, bytes; null where not told. */
  readonly mtu: number | null;
  /** Standard names of the flags that are set: `UP`, `BROADCAST`, `LOOPBACK`, `RUNNING` … */
  readonly flags: readonly string[];
  /** The platform's own flag bits (Linux: IFF_*, <linux/if.h>); null where flags are not told. */
  readonly flagBits: number | null;
  /** Link layer: `Ethernet`, `Local Loopback` …; null where not told. */
  readonly linkType: string | null;
  /** Hardware address, colon-separated lower-case hex; null where there is none. */
  readonly hardwareAddress: string | null;
  /** Packets that may wait for transmission; null where not told. */
  readonly txQueueLength: number | null;
  readonly collisions: bigint | null;
  readonly multicast: bigint | null;
  readonly compressedReceived: bigint | null;
  readonly compressedSent: bigint | null;
  readonly received: Traffic;
  readonly sent: Traffic;
  readonly addresses: readonly InterfaceAddress[];
}
