import { hostname } from 'node:os';

/** This machine's host name; null: it has none. */
export function hostName(): string | null {
  return hostname() || null;
}
