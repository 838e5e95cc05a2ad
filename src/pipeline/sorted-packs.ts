import { deferFailure } from '../model/defer-failure.ts';
import { PackedRow } from '../model/packed-row.ts';
import {
  addRow,
  asBatch,
  emptyLike,
  keepPack,
  type PackedFacts,
  type PackedSockets,
  type PackedTable,
  packIn,
  type WritablePack,
} from '../model/packed-sockets.ts';
import { sortKeyOf } from '../model/query.ts';
import { rowPlaces } from '../model/row-places.ts';
import type { Row } from '../model/snapshot.ts';
import type { Socket, WritableSocket } from '../model/socket.ts';
import type { SortValues } from '../select/sort.ts';
import type { Batches } from '../sources/source.ts';
import { areSortedPacked } from './told-packed.ts';

/**
 * Rows in order, of which those of big tables come packed and stay so: of a hundred thousand objects the memory
 * would be the most part. What comes as objects is handed on as objects.
 */
type PackSorter = (batches: Batches<Row>, values: SortValues<Socket>) => Batches<Row>;

/** What sorts packed rows by these keys; null: such rows do not tell all that it takes. */
export function packSorter(
  keys: readonly string[],
  { whole = false }: Pick<PackedFacts, 'whole'>,
): PackSorter | null {
  const names = keys.map((text) => sortKeyOf(text).name);
  return areSortedPacked(names, whole) ? sortedRows : null;
}

/** So many rows are handed on at once. */
const batchRows = 1024;

async function* sortedRows(
  batches: Batches<Row>,
  { add, compare }: SortValues<Socket>,
): Batches<Row> {
  const all = deferFailure(batches);
  /** Batches as they came. */
  const kept: (WritablePack | readonly Socket[])[] = [];
  for await (const batch of all.batches) {
    const pack = packIn(batch);
    if (pack !== null) {
      keepPack(kept, pack);
      addEach(pack, add);
      continue;
    }
    kept.push(batch as readonly Socket[]);
    for (const socket of batch as readonly Socket[]) add(socket);
  }
  const { count: length, firsts, batchOf } = rowPlaces(kept);
  const order = Uint32Array.from({ length }, (_, place) => place).sort(compare);

  const packs = new Map<PackedTable, WritablePack>();
  let objects: Socket[] = [];
  let open: WritablePack | null = null;
  for (const place of order) {
    const at = batchOf[place] as number;
    const from = kept[at] as WritablePack | readonly Socket[];
    const row = place - (firsts[at] as number);
    const pack = packIn(from);
    if (open !== null && (pack?.table !== open.table || open.length === batchRows)) {
      yield asBatch(open);
      open = null;
    }
    if (pack === null) {
      objects.push((from as readonly Socket[])[row] as Socket);
      continue;
    }
    if (objects.length > 0) {
      yield objects;
      objects = [];
    }
    open ??= emptied(packs, pack);
    addRow(open, pack, row);
  }
  if (open !== null) yield asBatch(open);
  if (objects.length > 0) yield objects;
  all.rethrow();
}

/** The one pack of a table's rows that are handed on, with none in it; `like`: one that some of them are in. */
function emptied(packs: Map<PackedTable, WritablePack>, like: PackedSockets): WritablePack {
  const pack = packs.get(like.table) ?? emptyLike(like, batchRows);
  packs.set(like.table, pack);
  pack.length = 0;
  return pack;
}

/** A row that is looked at by several keys, and pointed at the next. */
class LookedAt extends PackedRow {
  private others: Partial<WritableSocket> = {};
  private othersOf = -1;

  protected override told(): Partial<WritableSocket> {
    if (this.othersOf !== this.row) this.others = super.told();
    this.othersOf = this.row;
    return this.others;
  }
}

/**
 * Has the rows of a pack looked at, one after another, as one object that reads of a row what is asked for: most keys
 * need a number or two of it.
 */
function addEach(pack: PackedSockets, add: (socket: Socket) => void): void {
  const looked = new LookedAt(pack, 0);
  const socket = looked.asSocket();
  // Where it is asked for what the pack does not have, nobody asked for that of any row.
  for (; looked.row < pack.length; looked.row++) add(socket);
}
