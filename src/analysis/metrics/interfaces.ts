import { interfaceAttributes } from '../../attributes/interfaces.ts';
import type { NetInterface } from '../../model/machine/interface.ts';
import { otherLabel } from '../../model/report/metric.ts';
import type { Collector } from './collector.ts';
import { definitions } from './definitions.ts';
import { labelText } from './label.ts';
import type { NamespaceLabels } from './namespaces.ts';

/** The attributes of interfaces that are metrics. */
const measured = interfaceAttributes.attributes.flatMap(({ metric }) => metric ?? []);

/**
 * The counters of the first `top` interfaces by index: interfaces that come and go with containers have higher
 * ones. The rest are not summed: the sum would fall when one goes.
 */
export function collectInterfaces(
  faces: readonly NetInterface[],
  { top, labels }: { readonly top: number; readonly labels: NamespaceLabels },
  into: Collector,
): void {
  const networks = new Map<string | null, NetInterface[]>();
  let leftOut = 0;
  for (const face of faces) {
    const netns = labels.of(face.netns);
    const known = networks.get(netns);
    if (netns === otherLabel) leftOut++;
    else if (known === undefined) networks.set(netns, [face]);
    else known.push(face);
  }
  for (const [netns, there] of networks) {
    const first = [...there].sort((a, b) => (a.index ?? 0) - (b.index ?? 0));
    const listed = new Map<string, NetInterface>();
    for (const face of first) {
      const label = labelText(face.name);
      if (listed.size < top && !listed.has(label)) listed.set(label, face);
      else leftOut++;
    }
    for (const { of, ...metric } of measured) {
      for (const [label, face] of listed) {
        const value = of(face);
        if (value === null) continue;
        into.add(metric, { interface: label, ...(netns !== null && { netns }) }, value);
      }
    }
  }
  into.add(definitions.interfacesLeftOut, {}, leftOut);
}
