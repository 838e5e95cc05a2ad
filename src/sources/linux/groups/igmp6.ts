import type { Group } from '../../../model/machine/multicast-group.ts';
import { plainIpv6 } from '../address.ts';
import { type Parsed, parseLines } from '../line-reader.ts';

const groupLine = /^\d+ +([^ ]+) +([0-9A-Fa-f]{32}) +(-?\d+)/;

/**
 * /proc/net/igmp6 (net/ipv6/mcast.c, igmp6_mc_seq_show): no header; index, interface, group, users,
 * flags, timer.
 */
export function igmp6Line(line: string): Group | null {
  const [, device, group, users] = groupLine.exec(line) ?? [];
  if (device === undefined || group === undefined) return null;
  return {
    family: 'inet6',
    interface: device,
    group: plainIpv6(group),
    refCount: Number(users),
  };
}

/** Parses the text of /proc/net/igmp6. */
export function parseIgmp6(text: string): Parsed<Group> {
  return parseLines(text, igmp6Line);
}
