import type { InetFamily } from '../protocol.ts';
import type { InPlace } from './place.ts';

/** One line of a routing table. */
export interface Route extends InPlace {
  readonly family: InetFamily;
  /** Canonical address of the destination network or host. */
  readonly destination: string;
  /** How many leading bits of `destination` count: 0 is the default route. */
  readonly prefixLength: number;
  /** The next hop; null if the destination is reached directly. */
  readonly gateway: string | null;
  /** IPv6 source-specific routing (RFC 8678): the source network, if the platform reports one. */
  readonly source: { readonly address: string; readonly prefixLength: number } | null;
  /** Outgoing interface; null if the route has none (IPv4: unreachable, prohibit, blackhole). */
  readonly interface: string | null;
  /** netstat's flag letters in netstat's order: `UG`, `UH`, `!H` … */
  readonly flags: string;
  /** The bits of `flags`: RTF_* of the platform (Linux: <linux/route.h>, <linux/ipv6_route.h>); Windows: Linux' bits. */
  readonly flagBits: number;
  /** Lower is preferred; null: not known. */
  readonly metric: number | null;
  readonly refCount: number | null;
  readonly useCount: number | null;
  /** TCP's advertised maximum segment size plus 40 bytes of headers, as netstat shows it; 0 is the default. */
  readonly mss: number | null;
  /** TCP window clamp in bytes; 0 is the default. */
  readonly window: number | null;
  /** Initial round-trip time in milliseconds; 0 is the default. */
  readonly irtt: number | null;
  /** MTU in bytes if the platform reports it apart from `mss`; else null. */
  readonly mtu: number | null;
}
