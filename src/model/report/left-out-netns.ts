import { type InNetns, isNetnsCalled } from '../machine/netns.ts';
import type { Warning } from './snapshot.ts';

/** The source of the warning that names the network namespaces that are left out. */
export const netnsNames = '/run/netns';

/** Stands behind the name of one that may be among those listed without a name. */
export const perhaps = ' (perhaps)';

/** The names of the network namespaces that a warning is about; null: it is about something else. */
export function leftOutNames({ source, subjects }: Warning): readonly string[] | null {
  return source === netnsNames ? (subjects ?? null) : null;
}

/**
 * Whether a row is of the network namespace that is left out under this name; null: that cannot be known. This
 * program's own is never left out; one with a number and another name is another one.
 */
export function isOfLeftOut({ netns }: InNetns, subject: string): boolean | null {
  if (netns === undefined) return null;
  if (netns.own) return false;
  const name = subject.endsWith(perhaps) ? subject.slice(0, -perhaps.length) : subject;
  if (isNetnsCalled(netns, name)) return true;
  if (name !== subject || netns.inode === null) return null;
  return netns.name !== null || /^\d+$/.test(name) ? false : null;
}
