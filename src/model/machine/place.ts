import { type InNetns, netnsKey } from './netns.ts';

/** A row that may name its machine. */
export interface InHost {
  /** The machine as named in `on` (`--on`); present if other machines were asked. */
  readonly host?: string;
}

/** The machine of a row, and the network namespace on it. */
export interface InPlace extends InNetns, InHost {}

/**
 * A key that identifies a row's place across rounds; `''`: places were not asked for. null: nothing known
 * identifies it.
 */
export function placeKey({ host, netns }: InPlace): string | null {
  const key = netns === undefined ? '' : netnsKey(netns);
  return host === undefined || key === null ? key : `${host}\0${key}`;
}

/** A text that starts with the name of the machine that it is about. */
export function aboutMachine(name: string, text: string): string {
  return text.startsWith(`${name}:`) ? text : `${name}: ${text}`;
}
