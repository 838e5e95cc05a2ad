import { isNetstatError } from '../../errors.ts';
import { netnsText } from '../../model/machine/netns.ts';
import type { Listing } from '../../model/request/listing.ts';
import type { ViewNeeds } from '../../model/request/needs.ts';
import { type PipelineParts, pipelineOf } from '../../pipeline/pipeline.ts';
import type { PlatformHost, Source } from '../../sources/source.ts';
import { counted } from '../../text/counted.ts';

/** What is needed to say in which network namespaces rows are. */
const netnsNeeds: ViewNeeds = { forPrograms: true, needs: () => ({ netns: true }) };

/** How many names fit in the line. */
const maxNames = 5;

/** How long, in milliseconds, a user is willing to wait for this extra hint. */
const maxSearchTime = 1000;

/** Thrown when the time is over. */
class TookTooLong extends Error {}

/**
 * Searches all network namespaces for what a listing did not find in this process's own, and says how many sockets
 * are there; null: none that this user may see, or that is found in time. `open`: opens the source of another
 * place.
 */
export async function elsewhereText(
  listing: Listing,
  open: (place: Pick<PlatformHost, 'netns' | 'pause'>) => Promise<Source>,
  parts: PipelineParts & { elapsed(): number },
): Promise<string | null> {
  const begun = parts.elapsed();
  const pause = async () => {
    if (parts.elapsed() - begun > maxSearchTime) throw new TookTooLong();
  };
  const target = { ...listing.target, netns: 'all' } as const;
  // netstat's default lists no servers; matching ones count here, as they do in the hint for the own network.
  const which = listing.query.which === 'connected' ? 'all' : listing.query.which;
  const flags = which === listing.query.which ? '--all-netns' : '-a --all-netns';
  const query = { ...listing.query, which, sort: [] };
  const names = new Set<string>();
  let sockets = 0;
  try {
    const pipeline = await pipelineOf(
      { ...listing, query, target },
      await open({ netns: 'all', pause }),
      netnsNeeds,
      parts,
    );
    // This process's own network was already listed, with its warnings.
    for await (const batch of pipeline.read({ warn: () => {} }).batches) {
      for (const { netns } of batch) {
        if (netns === undefined || netns.own) continue;
        sockets++;
        names.add(netnsText(netns));
      }
    }
  } catch (error) {
    if (!isNetstatError(error) && !(error instanceof TookTooLong)) throw error;
    return null;
  }
  const named = [...names].filter((name) => name !== '');
  return sockets === 0 ? null : textOf(sockets, named, flags);
}

function textOf(sockets: number, names: readonly string[], flags: string): string {
  const what = counted(sockets, 'matching socket is', 'matching sockets are');
  const where = names.length < 2 ? 'another network namespace' : 'other network namespaces';
  const rest = names.length > maxNames ? ' and others' : '';
  const shown = names.length === 0 ? '' : ` (${names.slice(0, maxNames).join(', ')}${rest})`;
  return `${what} in ${where}${shown}; ${flags} shows ${sockets === 1 ? 'it' : 'them'}`;
}
