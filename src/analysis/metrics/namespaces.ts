import { type Netns, netnsKey, netnsText } from '../../model/machine/netns.ts';
import { otherLabel } from '../../model/report/metric.ts';
import { compareText } from '../../text/compare-text.ts';
import { labelText, longestLabel } from './label.ts';

/**
 * Labels of network namespaces: the first ones get one each, up to the limit; the rest are `other`, and so are those that
 * nothing identifies, which cannot be told apart. Of those known from the beginning, the own one is first, then those
 * with a name, then those that had a label in the reading before, then by number: whether one has a label must not depend
 * on which has sockets now, or on others that come and go.
 */
export interface NamespaceLabels {
  /** Call with all known namespaces before the first label: those with the same name get their number appended. */
  meet(all: Iterable<Netns | undefined>): void;
  /** null: only the own namespace is read, which has no label. */
  of(netns: Netns | undefined): string | null;
  /** How many are `other`. */
  leftOut(): number;
}

/**
 * The labels for one reading. `top`: how many get one. `lasting`: the keys of those that got one in the reading before,
 * which those of this one replace.
 */
export function namespaceLabels(top: number, lasting = new Set<string>()): NamespaceLabels {
  const before = new Set(lasting);
  lasting.clear();
  const labels = new Map<string, string>();
  const taken = new Set<string>();
  /** The namespace of each label, before any is given; null: several. */
  const met = new Map<string, string | null>([[otherLabel, null]]);
  let leftOut = 0;
  /** How many nothing identifies: as many as were met at once. */
  let unidentified = 0;
  const labelOf = (netns: Netns): string => {
    const key = netnsKey(netns);
    if (key === null) {
      unidentified ||= 1;
      return otherLabel;
    }
    const known = labels.get(key);
    if (known !== undefined) return known;
    let label = labelText(netnsText(netns));
    if (met.get(label) === null || taken.has(label)) label = numbered(label, netns);
    if (taken.size >= top || taken.has(label) || label === otherLabel) {
      label = otherLabel;
      leftOut++;
    } else {
      taken.add(label);
      lasting.add(key);
    }
    labels.set(key, label);
    return label;
  };
  return {
    meet(all) {
      const there = [...new Set(all)].filter((netns) => netns !== undefined);
      const identified = there.filter((netns) => netnsKey(netns) !== null);
      unidentified = Math.max(unidentified, there.length - identified.length);
      for (const netns of identified) {
        const [label, key] = [labelText(netnsText(netns)), netnsKey(netns)];
        const known = met.get(label);
        met.set(label, known === undefined || known === key ? key : null);
      }
      for (const netns of identified.sort(lastingFirst(before))) labelOf(netns);
    },
    of: (netns) => (netns === undefined ? null : labelOf(netns)),
    leftOut: () => leftOut + unidentified,
  };
}

/**
 * The own namespace, then by name, which lasts longer than the processes of a namespace without one; of those without one
 * first those with a label `before`, then by number.
 */
function lastingFirst(before: ReadonlySet<string>): (one: Netns, other: Netns) => number {
  const hadOne = (netns: Netns) => before.has(netnsKey(netns) ?? '');
  return (one, other) => {
    if (one.own !== other.own) return one.own ? -1 : 1;
    if (one.name !== other.name) {
      if (one.name === null || other.name === null) return one.name === null ? 1 : -1;
      return compareText(one.name, other.name);
    }
    if (one.name === null && hadOne(one) !== hadOne(other)) return hadOne(one) ? -1 : 1;
    return (one.inode ?? 0) - (other.inode ?? 0);
  };
}

/** `web (4026532266)`, cut to the length of a label; unchanged without a number. */
function numbered(label: string, { inode }: Netns): string {
  if (inode === null) return label;
  const number = ` (${inode})`;
  return [...label].slice(0, longestLabel - number.length).join('') + number;
}
