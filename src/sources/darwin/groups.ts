import { canonicalAddress } from '../../model/address/read.ts';
import type { Group } from '../../model/machine/multicast-group.ts';
import type { InetFamily } from '../../model/protocol.ts';
import { splitZone, withoutEmbeddedScope } from './address.ts';
import { badLines, type Parsed, unknownTable, words } from './text.ts';

const header = 'Group Link-layer Address Netif';

/**
 * Parses `netstat -gn` (ifmalist_dump in mcast.c): a section for each family, with columns separated by tabs.
 * Memberships of the link layer are skipped.
 * @param source the command, for warnings.
 * @throws NetstatError `unrecognized` for a header of no known release.
 */
export function parseGroups(text: string, source: string): Parsed<Group> {
  const rows: Group[] = [];
  const bad = badLines(source);
  let family: InetFamily | null = null;
  let awaitsHeader = false;
  for (const line of text.split('\n')) {
    const title = /^(IPv4|IPv6|Link-layer) Multicast /.exec(line)?.[1];
    if (title !== undefined) {
      family = title === 'IPv4' ? 'inet' : title === 'IPv6' ? 'inet6' : null;
      awaitsHeader = true;
    } else if (awaitsHeader && line.trim() !== '') {
      requireHeader(line, source);
      awaitsHeader = false;
    } else if (family !== null && line.trim() !== '') {
      const group = groupOf(family, line);
      if (group === null) bad.add(line);
      else rows.push(group);
    }
  }
  return { rows, warnings: bad.warnings() };
}

function requireHeader(line: string, source: string): void {
  if (words(line).join(' ') === header) return;
  throw unknownTable(source, line);
}

function groupOf(family: InetFamily, line: string): Group | null {
  const [group = '', , netif, ...more] = words(line);
  const address = canonicalAddress(splitZone(group).address);
  if (address === null || netif === undefined || more.length > 0) return null;
  if (address.includes(':') !== (family === 'inet6')) return null;
  return { family, interface: netif, group: withoutEmbeddedScope(address), refCount: null };
}
