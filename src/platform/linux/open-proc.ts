import { openCapture } from './capture.js';
import { liveProc } from './live-proc.js';
import type { Proc } from './proc.js';

/**
 * The /proc at `root`: a captured one where it says so itself, else one to be read as it stands; null:
 * the system's own.
 */
export function openProc(root: string | null): Proc {
  if (root === null) return liveProc('/proc');
  return openCapture(root) ?? liveProc(root);
}
