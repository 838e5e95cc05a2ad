import { otherLabel } from '../../model/metric.ts';
import { type Netns, netnsKey, netnsText } from '../../model/netns.ts';
import { labelText } from './label.ts';

/** Gives network namespaces their labels: the first ones each its own, as many as are told, then `other`. */
export interface NamespaceLabels {
  /** null: only the own namespace is read, which has no label. */
  of(netns: Netns | undefined): string | null;
  /** How many are `other`. */
  leftOut(): number;
}

/** The labels of one look. `top`: how many are told; the source tells the own namespace first. */
export function namespaceLabels(top: number): NamespaceLabels {
  const labels = new Map<string, string>();
  const taken = new Set<string>();
  let leftOut = 0;
  return {
    of(netns) {
      if (netns === undefined) return null;
      const key = netnsKey(netns) ?? '';
      let label = labels.get(key);
      if (label === undefined) {
        label = labelText(netnsText(netns));
        // Two may be called the same, once a name is cut.
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
