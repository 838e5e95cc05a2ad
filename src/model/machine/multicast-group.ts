import type { InetFamily } from '../protocol.ts';
import type { InPlace } from './place.ts';

/** A multicast group that an interface has joined. */
export interface Group extends InPlace {
  readonly family: InetFamily;
  readonly interface: string;
  /** Canonical address of the group. */
  readonly group: string;
  /**
   * How many memberships the kernel counts; null if the platform does not say. Linux prints a signed number (`users` of
   * ip_mc_list, `mca_users` of ifmcaddr6), which is negative if its counting went wrong.
   */
  readonly refCount: number | null;
}
