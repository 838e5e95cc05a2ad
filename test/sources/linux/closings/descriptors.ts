import { fstatSync } from 'node:fs';

/** Whether a descriptor of /dev/null is open. */
export function isOpen(fd: number): boolean {
  try {
    return fstatSync(fd).isCharacterDevice();
  } catch {
    return false;
  }
}
