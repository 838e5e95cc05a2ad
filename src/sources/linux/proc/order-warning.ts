import type { WarningSink } from '../../source.ts';
import type { Proc } from './proc.ts';

/** The byte order of a /proc's tables, with a warning if it is a guess. */
export function littleEndianOf(proc: Proc, warnings: WarningSink): boolean {
  const { root, littleEndian, orderDoubt } = proc;
  if (orderDoubt !== null) {
    warnings.warn({ code: 'uncertain', message: `${root}: ${orderDoubt}`, source: root });
  }
  return littleEndian;
}
