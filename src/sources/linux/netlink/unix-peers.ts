import type { WarningSink } from '../../source.ts';
import { errnoOf, type Proc } from '../proc/proc.ts';
import { interruptedDump, notOfCaptures, noUnixDiag, noUnixPeers } from '../warnings.ts';
import { dumpOfRows } from './dump.ts';
import { leastUnixMessage, parseUnixPeer, unixRequest, unixShow } from './unix-diag.ts';

/**
 * Asks the kernel itself which UNIX socket is at the other end of which, as `Source.unixPeers` has it; no
 * file tells it. `isLive`: of this machine, not of `--proc-root`. Where the answer breaks off, what came of it is told.
 */
export function unixPeers(
  proc: Proc,
  isLive: boolean,
  warnings: WarningSink,
): ReadonlyMap<number, number> | null {
  const peers = new Map<number, number>();
  const why = isLive ? noUnixDiag : notOfCaptures;
  const ask = proc.sockDiag?.('net/unix', true) ?? null;
  if (ask === null) {
    warnings.warn(noUnixPeers(proc.root, why));
    return null;
  }
  try {
    const reading = { isBig: false, least: leastUnixMessage, parse: parseUnixPeer };
    const dump = dumpOfRows(ask, unixRequest(unixShow.peer), reading);
    for (const batch of dump.batches) {
      // A connection that is not accepted yet has no inode to be found by.
      for (const { inode, peer } of batch) if (inode !== 0 && peer !== null) peers.set(inode, peer);
    }
    if (dump.wasInterrupted()) warnings.warn(interruptedDump('sock_diag (unix)'));
  } catch (error) {
    // Any other is a fault of ours.
    if (errnoOf(error) === '') throw error;
    warnings.warn(noUnixPeers(proc.root, why));
    if (peers.size === 0) return null;
  }
  return peers;
}
