import { fstatSync } from 'node:fs';

/** Whether this process has such a descriptor. */
export function isOpen(descriptor: number): boolean {
  try {
    fstatSync(descriptor);
    return true;
  } catch {
    return false;
  }
}
