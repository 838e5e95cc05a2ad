import type { Counter } from '../../model/machine/counter.ts';
import { otherLabel } from '../../model/report/metric.ts';
import type { Collector } from './collector.ts';
import type { Definition } from './definitions.ts';
import { labelText } from './label.ts';
import type { NamespaceLabels } from './namespaces.ts';

/** Settings in milliseconds; their metrics are in seconds. */
const inMilliseconds: ReadonlySet<string> = new Set(['Tcp RtoMin', 'Tcp RtoMax']);

/**
 * Every counter as a family of its own, named by its group and MIB name: `tsnetstat_tcp_ext_listen_overflows`.
 * Those of namespaces without a label of their own are left out: their sum would fall when one goes.
 */
export function collectCounters(
  counters: readonly Counter[],
  labels: NamespaceLabels,
  into: Collector,
): void {
  const seen = new Set<string>();
  for (const counter of counters) {
    const netns = labels.of(counter.netns);
    if (netns === otherLabel) continue;
    const definition = definitionOf(counter);
    // A future kernel may have two names that differ only in case.
    const series = `${definition.name} ${netns ?? ''}`;
    if (seen.has(series)) continue;
    seen.add(series);
    const value = definition.unit === 'seconds' ? Number(counter.value) / 1000 : counter.value;
    into.add(definition, netns === null ? {} : { netns }, value);
  }
}

function definitionOf({ group, name, kind, meaning }: Counter): Omit<Definition, 'labels'> {
  const isTime = inMilliseconds.has(`${group} ${name}`);
  const what = meaning === null ? 'Not described yet' : sentence(withoutUnit(meaning));
  return {
    name: `tsnetstat_${snake(group)}_${snake(name)}${isTime ? '_seconds' : ''}`,
    type: kind === 'count' ? 'counter' : 'gauge',
    unit: isTime ? 'seconds' : null,
    // From another machine, or in a capture, the names may be anything.
    help: `${what} (${labelText(group)} ${labelText(name)}).`,
  };
}

const withoutUnit = (meaning: string) => meaning.replace(/, milliseconds$/, '');

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/**
 * A MIB name in snake_case: `ListenOverflows` → `listen_overflows`, `TCPSynRetrans` → `tcp_syn_retrans`. A single
 * letter, which would be taken for a unit, is joined to what follows: `HMac` → `hmac`.
 */
export function snake(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_');
  return words.replace(/(^|_)([a-z])_(?=[a-z0-9])/g, '$1$2').replace(/^_+|_+$/g, '');
}
