import { ipv4Text } from '../../../model/address/text.ts';
import type { Group } from '../../../model/machine/multicast-group.ts';
import { networkOrder } from '../address.ts';
import { type LineReader, type Parsed, parseLines } from '../line-reader.ts';

const deviceLine = /^\d+\t([^:]*):/;
const groupLine = /^\t+([0-9A-Fa-f]{8}) +(-?\d+)/;

/**
 * /proc/net/igmp (net/ipv4/igmp.c, igmp_mc_seq_show): a header, then per interface one line
 * `Idx Device : Count Querier` and under it, indented by tabs, its groups.
 */
export function igmpLines(littleEndian: boolean): LineReader<Group> {
  let atHeader = true;
  let device: string | null = null;
  return (line) => {
    if (atHeader) {
      atHeader = false;
      return undefined;
    }
    const named = deviceLine.exec(line)?.[1];
    if (named !== undefined) {
      device = unpadded(named);
      return undefined;
    }
    const [, word, users] = groupLine.exec(line) ?? [];
    if (device === null || word === undefined) return null;
    return {
      family: 'inet',
      interface: device,
      group: ipv4Text(networkOrder(Number.parseInt(word, 16) | 0, littleEndian)),
      refCount: Number(users),
    };
  };
}

/** Parses the text of /proc/net/igmp. */
export function parseIgmp(text: string, littleEndian: boolean): Parsed<Group> {
  return parseLines(text, igmpLines(littleEndian));
}

/** A device's name without the kernel's padding. */
function unpadded(name: string): string {
  let end = name.length;
  while (name[end - 1] === ' ') end--;
  return name.slice(0, end);
}
