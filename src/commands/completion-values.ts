import { attributeNamed } from '../attributes/index.ts';
import type { Host } from '../host.ts';
import { taskFrom } from '../options/command-line.ts';
import type { Offer } from '../options/completion/answer.ts';
import { type LiveListing, liveCommand } from '../options/completion/live.ts';
import { lazyResolver } from '../pipeline/name.ts';
import { pipelineOf } from '../pipeline/pipeline.ts';
import type { PlatformHost, Source } from '../sources/source.ts';
import { textViewFor } from '../views/text/index.ts';

/**
 * The distinct values that a listing tells, in order. `where`: flags that say of which place.
 * @throws NetstatError where nothing can be read
 */
export async function liveOffers(
  live: LiveListing,
  where: readonly string[],
  host: Host,
  sourceFor: (host: PlatformHost) => Promise<Source>,
): Promise<readonly Offer[]> {
  const task = taskFrom([...liveCommand(live), ...where], host.platform);
  if (task.kind !== 'list') return [];
  const { listing } = task;
  const source = await sourceFor({ ...host, ...listing.target });
  const view = await textViewFor(listing.view.format);
  const resolver = lazyResolver(0, host);
  const { open } = await pipelineOf(listing, source, view, { resolver });
  const takenAt = new Date().toISOString();
  const silent = { warn: () => undefined, note: () => undefined };
  const { batches, names } = await open(silent);
  const column = attributeNamed('sockets', live.column);
  const more = live.more === undefined ? undefined : attributeNamed('sockets', live.more);
  const found = new Map<string, string>();
  for await (const batch of batches) {
    for (const row of batch) {
      if (!('protocol' in row)) continue;
      const context = { takenAt, names, previous: null };
      const values = [column?.value(row, context) ?? []].flat();
      const told = [more?.value(row, context) ?? []].flat();
      for (const [at, value] of values.entries()) found.set(value, told[at] ?? '');
    }
  }
  // A port of 0 is any, and no process has that number.
  found.delete('0');
  found.delete('');
  return [...found]
    .map(([text, said]) => ({ text, more: said }))
    .sort((a, b) => Number(a.text) - Number(b.text) || (a.text < b.text ? -1 : 1));
}
