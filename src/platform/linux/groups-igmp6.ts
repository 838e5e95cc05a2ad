import type { Group } from '../../model/group.js';
import { plainIpv6 } from './address.js';
import { linesOf, type Parsed } from './report-source.js';

const groupLine = /^\d+ +([^ ]+) +([0-9A-Fa-f]{32}) +(-?\d+)/;

/**
 * /proc/net/igmp6 (net/ipv6/mcast.c, igmp6_mc_seq_show): no header; index, interface, group, users,
 * flags, timer.
 */
export function parseIgmp6(text: string): Parsed<Group> {
  const rows: Group[] = [];
  const malformed: number[] = [];
  for (const [at, line] of linesOf(text).entries()) {
    const [, device, group, users] = groupLine.exec(line) ?? [];
    if (device === undefined || group === undefined) malformed.push(at + 1);
    else {
      rows.push({
        family: 'inet6',
        interface: device,
        group: plainIpv6(group),
        refCount: Number(users),
      });
    }
  }
  return { rows, malformed };
}
