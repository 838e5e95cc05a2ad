import { lazily } from '../flow/lazily.ts';
import { type NamingHost, readNaming } from './naming-host.ts';
import { wordLines } from './word-lines.ts';

/**
 * Parses a network number as inet_network(3) does: one to four parts, decimal, `0x…` or octal `0…`; missing parts
 * at the end are 0. Returns dotted text, or null if it is not a network number.
 */
function networkAddress(text: string): string | null {
  const parts = text.split('.');
  if (parts.length > 4) return null;
  const bytes: number[] = [];
  for (const part of parts) {
    const value = /^0x[0-9a-f]+$/i.test(part)
      ? Number(part)
      : /^0[0-7]+$/.test(part)
        ? Number.parseInt(part, 8)
        : /^(0|[1-9]\d*)$/.test(part)
          ? Number(part)
          : Number.NaN;
    if (!(value <= 255)) return null;
    bytes.push(value);
  }
  return [...bytes, 0, 0, 0].slice(0, 4).join('.');
}

/** Parses networks(5), `name number alias…`: names by address; the first entry wins. */
export function parseNetworks(text: string): Map<string, string> {
  const names = new Map<string, string>();
  for (const [name, number] of wordLines(text)) {
    const address = number === undefined ? null : networkAddress(number);
    if (name !== undefined && address !== null && !names.has(address)) names.set(address, name);
  }
  return names;
}

/** The machine's networks; the file is read on first use. */
export function networkTable(host: NamingHost): (address: string) => string | undefined {
  const names = lazily(() => parseNetworks(readNaming('networks', host) ?? ''));
  return (address) => names().get(address);
}
