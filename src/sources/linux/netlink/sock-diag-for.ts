import type { SocketSource } from '../../../model/listing.ts';
import type { Proc, SockDiag } from '../proc/proc.ts';
import { sockDiag } from './diag-file.ts';
import { loadLibc } from './libc.ts';

/**
 * Whether the kernel itself is asked: with `netlink` only. `auto` reads the files, which took no longer in
 * any measurement. It is asked only of a table that Linux itself fills, for the network that this process
 * lives in.
 */
export function sockDiagFor(proc: Proc, source: SocketSource): Proc['sockDiag'] {
  if (source !== 'netlink' || !proc.isOwn) return undefined;
  let loaded: SockDiag | null | undefined;
  return (path) => {
    if (!proc.isKernels(path)) return null;
    if (loaded === undefined) {
      const libc = loadLibc();
      loaded = libc && sockDiag(libc);
    }
    return loaded;
  };
}
