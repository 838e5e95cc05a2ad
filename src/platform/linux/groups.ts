import type { Group } from '../../model/group.js';
import type { Batches, FamilyQuery, Notes } from '../backend.js';
import { parseIgmp } from './groups-igmp.js';
import { parseIgmp6 } from './groups-igmp6.js';
import { littleEndianOf } from './order-warning.js';
import type { Proc } from './proc.js';
import { reportSource } from './report-source.js';

/**
 * Multicast memberships, IPv4 before IPv6 as netstat lists them.
 * @throws NetstatError `unreadable` where no table may be read.
 */
export async function* linuxGroups(proc: Proc, query: FamilyQuery, notes: Notes): Batches<Group> {
  const source = reportSource(proc, notes);
  if (query.families.includes('inet')) {
    const text = source.read('net/igmp', 'IPv4 multicast memberships');
    if (text !== null) yield source.rows('net/igmp', parseIgmp(text, littleEndianOf(proc, notes)));
  }
  if (query.families.includes('inet6')) {
    const text = source.read('net/igmp6', 'IPv6 multicast memberships');
    if (text !== null) yield source.rows('net/igmp6', parseIgmp6(text));
  }
  source.settle();
}
