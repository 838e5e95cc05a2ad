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
 * The distinct values of a listing's column, in order. `written`: what is typed of the value; `where`: flags that
 * select the place to read.
 * @throws NetstatError if nothing can be read
 */
export async function liveOffers(
  live: LiveListing,
  written: string,
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
  const kind = live.mayFollowKind ? /^[a-z]+:/.exec(written)?.[0] : undefined;
  const found = new Map<string, string>();
  for await (const batch of batches) {
    for (const row of batch) {
      const context = { takenAt, names, previous: null };
      const values = [column?.value(row, context) ?? []].flat();
      const details = [more?.value(row, context) ?? []].flat();
      const offered = kind === undefined ? values : afterKind(kind, values, row, column);
      for (const [at, value] of offered.entries()) found.set(value, details[at] ?? '');
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

/** The values of a row's cell after a kind (with its colon), where a filter finds the row by that. */
function afterKind(
  kind: string,
  values: readonly string[],
  row: Row,
  column: Attribute<Row> | undefined,
): readonly string[] {
  const words = column?.filter?.kind === 'text' ? column.filter.of(row) : [];
  return values
    .map((value) => kind + value.replace(/^[a-z]+:/, ''))
    .filter((one) => words.includes(one));
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
