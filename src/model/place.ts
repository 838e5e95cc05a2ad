import { type InNetns, netnsKey } from './netns.ts';

/** A row that says which machine it is of. */
export interface InHost {
  /** The machine that it is of, as `--on` names it: there where others than this one were asked. */
  readonly host?: string;
}

/** Where a row is of: which machine, and which network namespace there. */
export interface InPlace extends InNetns, InHost {}

/**
 * What the place of a row is known by again in the next round; `''`: nobody asked for places. null: nothing that
 * is told of it tells.
 */
export function placeKey({ host, netns }: InPlace): string | null {
  const key = netns === undefined ? '' : netnsKey(netns);
  return host === undefined || key === null ? key : `${host}\0${key}`;
}

/** A text about a machine begins with its name. */
export function aboutMachine(name: string, text: string): string {
  return text.startsWith(`${name}:`) ? text : `${name}: ${text}`;
}
