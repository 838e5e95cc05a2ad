import type { Notes } from '../../source.ts';
import type { Proc } from './proc.ts';

/** The byte order of a /proc's tables, with a word to the reader where it is a guess. */
export function littleEndianOf(proc: Proc, notes: Notes): boolean {
  const { root, littleEndian, orderDoubt } = proc;
  if (orderDoubt !== null) {
    notes.warn({ code: 'uncertain', message: `${root}: ${orderDoubt}`, source: root });
  }
  return littleEndian;
}
