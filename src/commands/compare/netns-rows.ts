import { NetstatError } from '../../errors.ts';
import { isNetnsCalled, type Netns, ownNetnsWords } from '../../model/machine/netns.ts';
import type { Row } from '../../model/report/snapshot.ts';
import { isSameNetnsAsked, type NetnsAsked } from '../../model/request/listing.ts';
import type { Saved } from '../../saved/parse-saved.ts';
import type { Source } from '../../sources/source.ts';
import { shortened } from '../../text/shortened.ts';

/**
 * The rows of a file that are of the network namespaces now asked for. One that is asked for by another word than the
 * file has for it (a PID, a path) is looked up.
 * @throws NetstatError if the file does not tell which they are
 */
export async function rowsOfNetns(
  { rows, asked }: Pick<Saved, 'rows' | 'asked'>,
  wanted: NetnsAsked,
  source: Pick<Source, 'read' | 'reports'>,
  path: string,
): Promise<readonly Row[]> {
  if (wanted === 'all' || (asked !== null && isSameNetnsAsked(wanted, asked.netns))) return rows;
  if (wanted === 'own' || ownNetnsWords.has(wanted.name)) {
    return rows.filter(({ netns }) => netns?.own !== false);
  }
  const { name } = wanted;
  const called = rows.filter(({ netns }) => netns !== undefined && isNetnsCalled(netns, name));
  if (called.length > 0 || rows.length === 0) return called;
  const now = await netnsNow(source);
  return rows.filter(({ netns }) => {
    // Without its question, a file without namespaces may have been saved in any.
    const isTold = netns !== undefined || asked !== null || now?.own === true;
    const isSame = now && isTold ? isSameNetns(netns, now) : null;
    if (isSame !== null) return isSame;
    const text = `${path}: it does not tell which rows are of the network namespace ${shortened(name)}`;
    throw new NetstatError('unreadable', text, { path });
  });
}

/**
 * Whether a row's namespace is the one that is there now; null: that cannot be known. A name lasts, while the number
 * changes each time that a namespace is created. A row without a namespace is of the own one.
 */
function isSameNetns(then: Netns | undefined, now: Netns): boolean | null {
  if (then === undefined) return now.own;
  if (then.own && now.own) return true;
  if (then.name !== null && now.name !== null) return then.name === now.name;
  if (then.inode !== null && now.inode !== null) return then.inode === now.inode;
  return null;
}

/** The namespace that the source reads, which has at least a loopback interface; null: it is not known. */
async function netnsNow(source: Pick<Source, 'read' | 'reports'>): Promise<Netns | null> {
  if (!source.reports.includes('interfaces')) return null;
  const query = { report: 'interfaces', families: [], netns: true } as const;
  for await (const batch of source.read(query, { warn: () => undefined }).batches) {
    for (const { netns } of batch) if (netns !== undefined) return netns;
  }
  return null;
}
