import { type Netns, netnsKey, netnsText } from '../../model/machine/netns.ts';
import { otherLabel } from '../../model/report/metric.ts';
import { labelText, longestLabel } from './label.ts';

/** Labels of network namespaces: the first ones get one each, up to the limit; the rest are `other`. */
export interface NamespaceLabels {
  /** Call with all known namespaces before the first label: those with the same name get their number appended. */
  meet(all: Iterable<Netns | undefined>): void;
  /** null: only the own namespace is read, which has no label. */
  of(netns: Netns | undefined): string | null;
  /** How many are `other`. */
  leftOut(): number;
}

/** The labels for one reading. `top`: how many get one; the source must deliver the own namespace first. */
export function namespaceLabels(top: number): NamespaceLabels {
  const labels = new Map<string, string>();
  const taken = new Set<string>();
  /** The namespace of each label, before any is given; null: several. */
  const met = new Map<string, string | null>([[otherLabel, null]]);
  let leftOut = 0;
  return {
    meet(all) {
      for (const netns of new Set(all)) {
        if (netns === undefined) continue;
        const [label, key] = [labelText(netnsText(netns)), keyOf(netns)];
        const known = met.get(label);
        met.set(label, known === undefined || known === key ? key : null);
      }
    },
    of(netns) {
      if (netns === undefined) return null;
      const key = keyOf(netns);
      let label = labels.get(key);
      if (label === undefined) {
        label = labelText(netnsText(netns));
        if (met.get(label) === null || taken.has(label)) label = numbered(label, netns);
        if (taken.size >= top || taken.has(label) || label === otherLabel) {
          label = otherLabel;
          leftOut++;
        } else {
          taken.add(label);
        }
        labels.set(key, label);
      }
      return label;
    },
    leftOut: () => leftOut,
  };
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
