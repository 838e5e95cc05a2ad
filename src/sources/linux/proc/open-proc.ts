import { type Stats, statSync } from 'node:fs';
import { errorNaming } from '../../../errors.ts';
import { oddKind } from '../files/plain-file.ts';
import { refused } from '../refused.ts';
import { openCapture } from './capture.ts';
import { coveredProc, folderProc } from './folder-proc.ts';
import { isProcfs } from './kernel-files.ts';
import { liveProc } from './live-proc.ts';
import { isSameFolder, netPlace, ownProc } from './net-place.ts';
import { errnoOf, isGone, type Proc } from './proc.ts';

/**
 * The /proc at `root`: a mounted one, a capture if it says so, else a folder to be read like a /proc; null: the
 * system's own.
 * @throws NetstatError if `root` is not a folder, or of a kind that cannot be read
 */
export function openProc(root: string | null): Proc {
  if (root === null) {
    return isProcfs(ownProc) === false ? coveredProc(ownProc) : liveProc(ownProc);
  }
  requireFolder(root);
  if (isProcfs(root) === true) return liveProc(root, netPlace(root));
  return openCapture(root) ?? (isSameFolder(root, ownProc) ? coveredProc(root) : folderProc(root));
}

/** Missing tables are reported by the code that reads them. */
function requireFolder(root: string): void {
  let stats: Stats;
  try {
    stats = statSync(root);
  } catch (error) {
    if (isGone(errnoOf(error))) return;
    throw refused(root, error);
  }
  if (stats.isDirectory()) return;
  throw errorNaming(
    'unreadable',
    root,
    `${oddKind(stats) ?? 'a file'}, not a folder; --proc-root takes a mounted /proc or a captured one`,
  );
}
