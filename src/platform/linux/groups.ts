import type { Group } from '../../model/group.js';
import type { Batches, FamilyQuery, Notes } from '../backend.js';
import { igmpLines } from './groups-igmp.js';
import { igmp6Line } from './groups-igmp6.js';
import { littleEndianOf } from './order-warning.js';
import type { Proc } from './proc.js';
import { fromFirstLine, reportSource } from './report-source.js';

/**
 * Multicast memberships, IPv4 before IPv6 as netstat lists them.
 * @throws NetstatError `unreadable` where no table may be read.
 */
export async function* linuxGroups(proc: Proc, query: FamilyQuery, notes: Notes): Batches<Group> {
  const source = reportSource(proc, notes);
  if (query.families.includes('inet')) {
    yield* source.batches(
      'net/igmp',
      'IPv4 multicast memberships',
      fromFirstLine(() => igmpLines(littleEndianOf(proc, notes))),
    );
  }
  if (query.families.includes('inet6')) {
    yield* source.batches('net/igmp6', 'IPv6 multicast memberships', igmp6Line);
  }
  source.settle();
}
