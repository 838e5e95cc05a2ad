import type { Attribute } from '../attributes/attribute.ts';
import { attributeNamed } from '../attributes/index.ts';
import type { Host } from '../host.ts';
import type { Row } from '../model/report/snapshot.ts';
import { taskFrom } from '../options/command-line.ts';
import type { Offer } from '../options/completion/answer.ts';
import { type LiveListing, liveCommand } from '../options/completion/live.ts';
import { pipelineOf } from '../pipeline/pipeline.ts';
import type { NameResolver } from '../resolve/index.ts';
import { lazyResolver } from '../resolve/lazy-resolver.ts';
import type { SourceFor } from '../sources/source.ts';
import { compareText } from '../text/compare-text.ts';
import { textViewFor } from '../views/text/index.ts';

/**
 * The distinct values of a listing's column, in order. `where`: flags that select the place to read.
 * @throws NetstatError if nothing can be read
 */
export async function liveOffers(
  live: LiveListing,
  where: readonly string[],
  host: Host,
  sourceFor: SourceFor,
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
  const { report = 'sockets' } = live;
  const column = attributeNamed(report, live.column) as Attribute<Row> | undefined;
  const more = (live.more && attributeNamed(report, live.more)) as Attribute<Row> | undefined;
  const found = new Map<string, string>();
  for await (const batch of batches) {
    for (const row of batch) {
      const context = { takenAt, names, previous: null };
      const values = [column?.value(row, context) ?? []].flat();
      const details = [more?.value(row, context) ?? []].flat();
      for (const [at, value] of values.entries()) found.set(value, details[at] ?? '');
    }
  }
  if (live.areUsers === true) return users([...found.keys()], await resolver());
  // Port 0 means any, and no process has PID 0.
  found.delete('0');
  found.delete('');
  return [...found]
    .map(([text, said]) => ({ text, more: said }))
    .sort((a, b) => byNumber(a.text, b.text));
}

/** Sorts numbers by value, before all other texts. */
function byNumber(one: string, other: string): number {
  const [a, b] = [Number(one), Number(other)];
  if (!Number.isNaN(a) && !Number.isNaN(b)) return a - b;
  if (Number.isNaN(a) !== Number.isNaN(b)) return Number.isNaN(a) ? 1 : -1;
  return compareText(one, other);
}

/** Offers users with these UIDs by name, with the UID as description. */
async function users(
  numbers: readonly string[],
  resolver: NameResolver,
): Promise<readonly Offer[]> {
  const uids = numbers.filter((text) => text !== '').map(Number);
  const { user } = await resolver.names({ uids });
  return uids
    .sort((a, b) => a - b)
    .map((uid) => {
      const name = user(uid);
      return name === undefined ? { text: String(uid) } : { text: name, more: String(uid) };
    });
}
