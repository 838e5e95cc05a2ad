import type { SocketSource } from '../../../model/request/listing.ts';
import { loadLibc } from '../libc.ts';
import type { Proc } from '../proc/proc.ts';
import { sockDiag } from './diag-file.ts';

/**
 * Whether the kernel is asked: always with `netlink`, never with `proc`. `auto` reads the files, unless something
 * is needed that they lack, a table is big, or asking costs nothing. Only a table that Linux itself fills, for the
 * network of this process, is asked for.
 */
export function sockDiagFor(proc: Proc, source: SocketSource): Proc['sockDiag'] {
  if (source === 'proc' || !proc.isOwn) return undefined;
  let loaded: ReturnType<typeof sockDiag> | null | undefined;
  return (path, pays) => {
    if (!(pays || source === 'netlink') || !proc.isKernels(path)) return null;
    if (loaded === undefined) {
      const libc = loadLibc();
      loaded = libc && sockDiag(libc);
    }
    return loaded;
  };
}
