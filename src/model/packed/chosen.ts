import type { SocketPattern } from '../socket/pattern.ts';
import type { Socket } from '../socket/socket.ts';
import { PackedRow } from './row.ts';
import { type RowTest, rowTest } from './row-test.ts';
import {
  addRows,
  emptyLike,
  type PackedSockets,
  type PackedTable,
  type WritablePack,
} from './sockets.ts';

/** Which rows are chosen. */
export interface RowChoice {
  keep(socket: Socket): boolean;
  /** Matches every row that `keep` chooses; left out: that is not known. */
  readonly possible?: SocketPattern;
  /** Matches only rows that `keep` chooses; left out: none is known. */
  readonly certain?: SocketPattern;
}

/**
 * Returns a function that chooses rows of the packs of one answer. `keep` is called only for rows that the patterns,
 * which are tested on the columns, leave open: it takes twenty times as long. The result is valid until the next call:
 * the pack itself if all rows are chosen.
 */
export function packChooser(choice: RowChoice): (pack: PackedSockets) => PackedSockets {
  let spare: WritablePack | null = null;
  function emptied(like: PackedSockets): WritablePack {
    if (spare?.table !== like.table || spare.states.length < like.length) {
      spare = emptyLike(like, like.states.length);
    }
    spare.length = 0;
    return spare;
  }
  const testOf = testsByTable(choice);
  return (pack) => {
    const isChosen = testOf(pack.table);
    if (typeof isChosen === 'boolean') return isChosen ? pack : emptied(pack);
    let chosen: WritablePack | null = null;
    /** The first row of those that are chosen one after the other. */
    let first = 0;
    for (let row = 0; row < pack.length; row++) {
      if (isChosen(pack, row)) continue;
      chosen ??= emptied(pack);
      addRows(chosen, pack, first, row - first);
      first = row + 1;
    }
    if (chosen !== null) addRows(chosen, pack, first, pack.length - first);
    return chosen ?? pack;
  };
}

/** The test of each table's rows. */
function testsByTable(choice: RowChoice): (table: PackedTable) => RowTest | boolean {
  let last: { readonly table: PackedTable; readonly test: RowTest | boolean } | null = null;
  return (table) => {
    if (last?.table !== table) last = { table, test: testOf(choice, table) };
    return last.test;
  };
}

function testOf(choice: RowChoice, table: PackedTable): RowTest | boolean {
  const possible = rowTest(choice.possible ?? true, table);
  const certain = rowTest(choice.certain ?? false, table);
  if (certain === true || possible === false) return certain === true;
  const isKept = keptTest(choice.keep);
  if (certain === false && possible === true) return isKept;
  const isCertain = certain || (() => false);
  const isPossible = possible === true ? () => true : possible;
  return (pack, row) => isCertain(pack, row) || (isPossible(pack, row) && isKept(pack, row));
}

function keptTest(keep: RowChoice['keep']): RowTest {
  let looked: PackedRow | null = null;
  return (pack, row) => {
    if (looked?.pack !== pack) looked = new PackedRow(pack, row);
    looked.row = row;
    return keep(looked.asSocket());
  };
}
