import { ipv4Text } from '../../model/address-text.js';
import type { Group } from '../../model/group.js';
import { networkOrder } from './address.js';
import { linesOf, type Parsed } from './report-source.js';

const deviceLine = /^\d+\t([^:]*):/;
const groupLine = /^\t+([0-9A-Fa-f]{8}) +(-?\d+)/;

/**
 * /proc/net/igmp (net/ipv4/igmp.c, igmp_mc_seq_show): a header, then per interface one line
 * `Idx Device : Count Querier` and under it, indented by tabs, its groups.
 */
export function parseIgmp(text: string, littleEndian: boolean): Parsed<Group> {
  const rows: Group[] = [];
  const malformed: number[] = [];
  let device: string | null = null;
  for (const [at, line] of linesOf(text).entries()) {
    if (at === 0) continue;
    const named = deviceLine.exec(line)?.[1];
    if (named !== undefined) {
      device = unpadded(named);
      continue;
    }
    const [, word, users] = groupLine.exec(line) ?? [];
    if (device === null || word === undefined) {
      malformed.push(at + 1);
      continue;
    }
    rows.push({
      family: 'inet',
      interface: device,
      group: ipv4Text(networkOrder(Number.parseInt(word, 16) | 0, littleEndian)),
      refCount: Number(users),
    });
  }
  return { rows, malformed };
}

/** A device's name without the blanks that the kernel pads it with. */
function unpadded(name: string): string {
  let end = name.length;
  while (name[end - 1] === ' ') end--;
  return name.slice(0, end);
}
