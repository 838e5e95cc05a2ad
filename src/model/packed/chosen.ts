import type { Socket } from '../socket.ts';
import { PackedRow } from './row.ts';
import { addRow, addRows, emptyLike, type PackedSockets, type WritablePack } from './sockets.ts';

/**
 * Returns a function that chooses rows of the packs of one answer, calling `keep` once per row. Its result is valid
 * until the next call: the pack itself if all rows are chosen.
 */
export function packChooser(
  keep: (socket: Socket) => boolean,
): (pack: PackedSockets) => PackedSockets {
  let spare: WritablePack | null = null;
  function emptied(like: PackedSockets): WritablePack {
    if (spare?.table !== like.table || spare.states.length < like.length) {
      spare = emptyLike(like, like.states.length);
    }
    spare.length = 0;
    return spare;
  }
  return (pack) => {
    const looked = new PackedRow(pack, 0);
    const socket = looked.asSocket();
    let chosen: WritablePack | null = null;
    for (; looked.row < pack.length; looked.row++) {
      const isKept = keep(socket);
      if (chosen !== null) {
        if (isKept) addRow(chosen, pack, looked.row);
      } else if (!isKept) {
        chosen = emptied(pack);
        addRows(chosen, pack, 0, looked.row);
      }
    }
    return chosen ?? pack;
  };
}
