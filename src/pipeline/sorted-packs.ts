import { deferFailure } from '../flow/defer-failure.ts';
import { PackedRow } from '../model/packed/row.ts';
import { rowPlaces } from '../model/packed/row-places.ts';
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
} from '../model/packed/sockets.ts';
import type { Row } from '../model/report/snapshot.ts';
import { sortKeyOf } from '../model/request/query.ts';
import type { Socket, WritableSocket } from '../model/socket/socket.ts';
import type { SortValues } from '../select/sort.ts';
import type { Batches } from '../sources/source.ts';
import { areSortedPacked } from './packed-needs.ts';

/**
 * Sorts rows, and keeps packed rows of big tables packed: as objects, a hundred thousand of them would take most of
 * the memory. Rows that come as objects stay objects.
 */
type PackSorter = (batches: Batches<Row>, values: SortValues<Socket>) => Batches<Row>;

/** A sorter of packed rows by these keys; null: packed rows lack a fact that the keys need. */
export function packSorter(
  keys: readonly string[],
  { whole = false }: Pick<PackedFacts, 'whole'>,
): PackSorter | null {
  const names = keys.map((text) => sortKeyOf(text).name);
  return areSortedPacked(names, whole) ? sortedRows : null;
}

/** How many rows are yielded at once. */
const batchRows = 1024;

async function* sortedRows(
  batches: Batches<Row>,
  { add, compare }: SortValues<Socket>,
): Batches<Row> {
  const all = deferFailure(batches);
  /** Batches in their original order. */
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
  const order = Uint32Array.from({ length }, (_, index) => index).sort(compare);

  const packs = new Map<PackedTable, WritablePack>();
  let objects: Socket[] = [];
  let open: WritablePack | null = null;
  for (const index of order) {
    const at = batchOf[index] as number;
    const from = kept[at] as WritablePack | readonly Socket[];
    const row = index - (firsts[at] as number);
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

/** The pack that is reused for a table's output, emptied; `like`: a pack of the same table. */
function emptied(packs: Map<PackedTable, WritablePack>, like: PackedSockets): WritablePack {
  const pack = packs.get(like.table) ?? emptyLike(like, batchRows);
  packs.set(like.table, pack);
  pack.length = 0;
  return pack;
}

/** A row that several keys read before it is pointed at the next; caches the facts that are not in columns. */
class LookedAt extends PackedRow {
  private others: Partial<WritableSocket> = {};
  private othersOf = -1;

  protected override furtherFields(): Partial<WritableSocket> {
    if (this.othersOf !== this.row) this.others = super.furtherFields();
    this.othersOf = this.row;
    return this.others;
  }
}

/**
 * Calls `add` for each row of a pack, always with the same object, whose getters decode only the fields that are
 * read: most keys need one or two numbers.
 */
function addEach(pack: PackedSockets, add: (socket: Socket) => void): void {
  const looked = new LookedAt(pack, 0);
  const socket = looked.asSocket();
  // Fields that the pack lacks were not asked for in any row.
  for (; looked.row < pack.length; looked.row++) add(socket);
}
