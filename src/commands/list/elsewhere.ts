import { isNetstatError } from '../../errors.ts';
import { netnsText } from '../../model/machine/netns.ts';
import type { Listing } from '../../model/request/listing.ts';
import type { ViewNeeds } from '../../model/request/needs.ts';
import { hasFilters } from '../../model/request/query.ts';
import { shellWord } from '../../model/shell-word.ts';
import type { Socket } from '../../model/socket/socket.ts';
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

/** Opens the source of another place. */
type OpenPlace = (place: Pick<PlatformHost, 'netns' | 'pause'>) => Promise<Source>;

/** Reads the sockets that a listing asks for; stops with an error when the time is over. */
type Search = (listing: Listing) => AsyncIterable<readonly Socket[]>;

/**
 * Searches for what a listing did not find: of a `port` at which nobody listens, sockets that have it all the same; else
 * sockets in other network namespaces than this process's own, and ports that are published for a workload that was asked
 * for. Says how many there are; null: none that this user may see, or that is found in time.
 */
export async function elsewhereText(
  listing: Listing,
  port: string | null,
  open: OpenPlace,
  parts: PipelineParts & { elapsed(): number },
): Promise<string | null> {
  const begun = parts.elapsed();
  const pause = async () => {
    if (parts.elapsed() - begun > maxSearchTime) throw new TookTooLong();
  };
  async function* search(wanted: Listing) {
    const source = await open({ netns: wanted.target.netns, pause });
    const pipeline = await pipelineOf(wanted, source, netnsNeeds, parts);
    // This process's own network was already listed, with its warnings.
    yield* pipeline.read({ warn: () => {} }).batches as AsyncIterable<readonly Socket[]>;
  }
  if (port !== null) return inTime(() => textOfHolders(listing, port, search));
  const found = [
    await inTime(() => textOfOthers(listing, search)),
    await inTime(() => textOfPublished(listing, search)),
  ].filter((text) => text !== null);
  return found.length === 0 ? null : found.join('; ');
}

/** What a search says; null: it could not be made, or not in time. */
async function inTime(search: () => Promise<string | null>): Promise<string | null> {
  try {
    return await search();
  } catch (error) {
    if (!isNetstatError(error) && !(error instanceof TookTooLong)) throw error;
    return null;
  }
}

/** netstat's default lists no servers; matching ones count here, as they do in the hint for the own network. */
function withServers({ query: { which } }: Listing) {
  return which === 'connected'
    ? ({ which: 'all', flag: '-a ' } as const)
    : ({ which, flag: '' } as const);
}

/** Says how many sockets are in other network namespaces. */
async function textOfOthers(listing: Listing, search: Search): Promise<string | null> {
  const { which, flag } = withServers(listing);
  const names = new Set<string>();
  let sockets = 0;
  const wanted = {
    ...listing,
    query: { ...listing.query, which, sort: [] },
    target: { ...listing.target, netns: 'all' } as const,
  };
  for await (const batch of search(wanted)) {
    for (const { netns } of batch) {
      if (netns === undefined || netns.own) continue;
      sockets++;
      names.add(netnsText(netns));
    }
  }
  const named = [...names].filter((name) => name !== '');
  return sockets === 0 ? null : textOf(sockets, named, `${flag}--all-netns`);
}

/** Says how many sockets have a port at which nobody listens: a server may fail to bind it. */
async function textOfHolders(
  listing: Listing,
  port: string,
  search: Search,
): Promise<string | null> {
  const query = { ...listing.query, which: 'all', boundInactive: true, sort: [] } as const;
  let sockets = 0;
  for await (const batch of search({ ...listing, query })) {
    for (const socket of batch) {
      if (socket.protocol !== 'unix' && socket.local.port === Number(port)) sockets++;
    }
  }
  if (sockets === 0) return null;
  const what = counted(sockets, 'socket has', 'sockets have');
  const shows = sockets === 1 ? 'shows it' : 'shows them';
  return `${what} port ${port} without listening; --diagnose --port ${port} ${shows}`;
}

/** Says how many ports of this network are published for the workloads asked for, and held by others. */
async function textOfPublished(listing: Listing, search: Search): Promise<string | null> {
  const { workload, ...filters } = listing.query.filters;
  // Other filters are for the workload's own socket, not for that of a proxy.
  if (workload.length === 0 || hasFilters({ ...filters, workload: [] })) return null;
  const { which, flag } = withServers(listing);
  const expression = `publishedfor = ${workload.join(',')}`;
  const query = {
    ...listing.query,
    ...{ which, sort: [], filters: { ...filters, workload: [], expression: [expression] } },
  };
  let ports = 0;
  for await (const batch of search({ ...listing, query })) ports += batch.length;
  if (ports === 0) return null;
  const what = counted(ports, 'port is', 'ports are');
  const shows = ports === 1 ? 'shows it' : 'shows them';
  return `${what} published for it; ${flag}${shellWord(expression)} ${shows}`;
}

function textOf(sockets: number, names: readonly string[], flags: string): string {
  const what = counted(sockets, 'matching socket is', 'matching sockets are');
  const where = names.length < 2 ? 'another network namespace' : 'other network namespaces';
  const rest = names.length > maxNames ? ' and others' : '';
  const shown = names.length === 0 ? '' : ` (${names.slice(0, maxNames).join(', ')}${rest})`;
  return `${what} in ${where}${shown}; ${flags} shows ${sockets === 1 ? 'it' : 'them'}`;
}
