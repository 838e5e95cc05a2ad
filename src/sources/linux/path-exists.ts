import { existsSync } from 'node:fs';

/** Whether a file exists; false if Node may not look (its permission model), where `existsSync` throws. */
export function pathExists(path: string): boolean {
  try {
    return existsSync(path);
  } catch {
    return false;
  }
}
