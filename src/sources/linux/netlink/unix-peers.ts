import type { WarningSink } from '../../source.ts';
import { errnoOf, type Proc } from '../proc/proc.ts';
import { unixFile } from '../proc-files.ts';
import { interruptedDump, notOfCaptures, noUnixDiag, noUnixPeers } from '../warnings.ts';
import { dumpOfRows } from './row-dump.ts';
import { leastUnixMessage, parseUnixPeer, unixRequest, unixShow, unixSource } from './unix-diag.ts';

/**
 * Asks the kernel for the peers of UNIX sockets, as in `Source.unixPeers`; no file has them. `isLive`: this
 * machine, not `--proc-root`. If the answer breaks off, the peers so far are returned.
 */
export function unixPeers(
  proc: Proc,
  isLive: boolean,
  warnings: WarningSink,
): ReadonlyMap<number, number> | null {
  const peers = new Map<number, number>();
  const why = (errno: string) => (isLive ? noUnixDiag(errno) : notOfCaptures);
  const ask = proc.sockDiag?.(unixFile, true) ?? null;
  if (ask === null) {
    warnings.warn(noUnixPeers(proc.root, why('')));
    return null;
  }
  try {
    const reading = { isBig: false, least: leastUnixMessage, parse: parseUnixPeer };
    const dump = dumpOfRows(ask, unixRequest(unixShow.peer), reading);
    for (const batch of dump.batches) {
      // A connection that is not accepted yet has no inode to be found by.
      for (const { inode, peer } of batch) if (inode !== 0 && peer !== null) peers.set(inode, peer);
    }
    if (dump.wasInterrupted()) warnings.warn(interruptedDump(unixSource));
  } catch (error) {
    // Any other error is a bug.
    if (errnoOf(error) === '') throw error;
    warnings.warn(noUnixPeers(proc.root, why(errnoOf(error))));
    if (peers.size === 0) return null;
  }
  return peers;
}
