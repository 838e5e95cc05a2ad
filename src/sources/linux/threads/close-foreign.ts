import { closeSync } from 'node:fs';
import { loadNative } from '../../native.ts';

let close: ((descriptor: number) => void) | null = null;

/**
 * Closes a descriptor that `fs` of this thread did not open: libc or another thread did. In a worker thread Node keeps
 * a list of what `fs` opened, and prints a warning for any other descriptor that `fs` closes.
 */
export function closeForeign(descriptor: number): void {
  close ??= nativeClose();
  close(descriptor);
}

function nativeClose(): (descriptor: number) => void {
  try {
    return loadNative().load(null).func('int close(int)');
  } catch {
    return closeSync;
  }
}
