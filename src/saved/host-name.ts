import { hostname } from 'node:os';

/** What this machine calls itself; null: it does not say. */
export function hostName(): string | null {
  return hostname() || null;
}
