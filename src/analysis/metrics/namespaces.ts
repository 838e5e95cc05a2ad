import { type Netns, netnsKey, netnsText } from '../../model/machine/netns.ts';
import { otherLabel } from '../../model/report/metric.ts';
import { labelText, longestLabel } from './label.ts';

/**
 * Labels of network namespaces: the first ones get one each, up to the limit; the rest are `other`. Of those known from the
 * beginning, the own one is first, then those with a name, then the others by number: whether one has a label must not
 * depend on which has sockets now, or on processes that come and go.
 */
export interface NamespaceLabels {
  /** Call with all known namespaces before the first label: those with the same name get their number appended. */
  meet(all: Iterable<Netns | undefined>): void;
  /** null: only the own namespace is read, which has no label. */
  of(netns: Netns | undefined): string | null;
  /** How many are `other`. */
  leftOut(): number;
}

/** The labels for one reading. `top`: how many get one. */
export function namespaceLabels(top: number): NamespaceLabels {
  const labels = new Map<string, string>();
  const taken = new Set<string>();
  /** The namespace of each label, before any is given; null: several. */
  const met = new Map<string, string | null>([[otherLabel, null]]);
  let leftOut = 0;
  const labelOf = (netns: Netns): string => {
    const key = keyOf(netns);
    const known = labels.get(key);
    if (known !== undefined) return known;
    let label = labelText(netnsText(netns));
    if (met.get(label) === null || taken.has(label)) label = numbered(label, netns);
    if (taken.size >= top || taken.has(label) || label === otherLabel) {
      label = otherLabel;
      leftOut++;
    } else {
      taken.add(label);
    }
    labels.set(key, label);
    return label;
  };
  return {
    meet(all) {
      const there = [...new Set(all)].filter((netns) => netns !== undefined);
      for (const netns of there) {
        const [label, key] = [labelText(netnsText(netns)), keyOf(netns)];
        const known = met.get(label);
        met.set(label, known === undefined || known === key ? key : null);
      }
      for (const netns of there.sort(lastingFirst)) labelOf(netns);
    },
    of: (netns) => (netns === undefined ? null : labelOf(netns)),
    leftOut: () => leftOut,
  };
}

/** The own namespace, then by name, then by number: a name lasts longer than the processes of a namespace without one. */
function lastingFirst(one: Netns, other: Netns): number {
  if (one.own !== other.own) return one.own ? -1 : 1;
  if (one.name === null || other.name === null) {
    if (one.name !== other.name) return one.name === null ? 1 : -1;
  } else if (one.name !== other.name) {
    return one.name < other.name ? -1 : 1;
  }
  return (one.inode ?? 0) - (other.inode ?? 0);
}

function keyOf(netns: Netns): string {
  return netnsKey(netns) ?? '';
}

/** `web (4026532266)`, cut to the length of a label; unchanged without a number. */
function numbered(label: string, { inode }: Netns): string {
  if (inode === null) return label;
  const number = ` (${inode})`;
  return [...label].slice(0, longestLabel - number.length).join('') + number;
}
