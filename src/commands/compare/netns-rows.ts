import { netnsText } from '../../model/machine/netns.ts';
import type { Row } from '../../model/report/snapshot.ts';
import type { NetnsAsked } from '../../model/request/listing.ts';

/**
 * The rows of a file that are of the network namespaces now asked for. null: the file does not tell which they are: the
 * one asked for has another name there, or no rows.
 */
export function rowsOfNetns(rows: readonly Row[], asked: NetnsAsked): readonly Row[] | null {
  if (asked === 'all') return rows;
  if (asked === 'own') return rows.filter(({ netns }) => netns?.own !== false);
  const { name } = asked;
  const found = rows.filter(({ netns }) => {
    if (netns === undefined) return false;
    if (name === 'own') return netns.own;
    return netnsText(netns) === name || String(netns.inode) === name;
  });
  return found.length > 0 ? found : null;
}
