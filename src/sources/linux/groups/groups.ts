import type { Group } from '../../../model/machine/multicast-group.ts';
import type { Batches, FamilyQuery, WarningSink } from '../../source.ts';
import { lackingTable } from '../lacking-table.ts';
import { fromFirstLine } from '../line-reader.ts';
import { littleEndianOf } from '../proc/order-warning.ts';
import type { Proc } from '../proc/proc.ts';
import { groupFiles } from '../proc-files.ts';
import { reportSource } from '../report-files.ts';
import { igmpLines } from './igmp.ts';
import { igmp6Line } from './igmp6.ts';

const lackingGroups = {
  inet: 'IPv4 multicast memberships (it may be built without multicast)',
  inet6:
    'IPv6 multicast memberships: IPv6 is not configured in this system (ipv6.disable=1, or its module is not loaded)',
} as const;

/**
 * Multicast memberships, IPv4 before IPv6 as netstat lists them.
 * @throws NetstatError `unreadable` if no table can be read; after the last row `unsupported` if the
 * kernel has no table for a required family.
 */
export async function* linuxGroups(
  proc: Proc,
  query: FamilyQuery,
  warnings: WarningSink,
): Batches<Group> {
  const source = reportSource(proc, warnings);
  if (query.families.includes('inet')) {
    yield* source.batches(
      groupFiles.inet,
      'IPv4 multicast memberships',
      fromFirstLine(() => igmpLines(littleEndianOf(proc, warnings))),
      'inet',
    );
  }
  if (query.families.includes('inet6')) {
    yield* source.batches(groupFiles.inet6, 'IPv6 multicast memberships', igmp6Line, 'inet6');
  }
  source.settle();
  for (const family of query.requiredFamilies ?? []) {
    const lacking = lackingTable(proc, groupFiles[family], lackingGroups[family]);
    if (lacking !== null) throw lacking;
  }
}
