import type { Socket } from '../model/socket/socket.ts';
import { workloadKinds, workloadPrefixes } from '../model/socket/workload.ts';
import { nearNames } from '../text/near-names.ts';
import type { Filter } from './attribute.ts';

type TextFilter = Extract<Filter<Socket>, { kind: 'text' }>;

/** A filter by workloads, which compares with the words of `workloadWords`. */
export function workloadFilter(of: TextFilter['of']): TextFilter {
  return { kind: 'text', expected: 'a name', of, mistakeIn };
}

/** What stands before a name. In a unit's own name a colon is behind other signs: `dbus-:1.2-org.x@0.service`. */
const beforeColon = /^([a-z0-9]+(?:-[a-z0-9]+)*):(.*)$/is;

/** The name of a unit that may have processes: systemd allows colons in it. */
const unitName = /\.(?:service|scope|socket|mount|swap)$/;

/** What may stand before the name of a unit: `scope` may be meant by `scop:run-1.scope`, but `pod` not by `pods:web.service`. */
const beforeUnits: ReadonlySet<string> = new Set(['unit', 'scope', 'service', 'systemd']);

/** Other words for a kind, which are not near it. */
const otherNames: ReadonlyMap<string, string> = new Map([
  ['k8s', 'pod'],
  ['kubernetes', 'pod'],
  ['nerdctl', 'containerd'],
]);

/** What begins like flags, which no workload does but units: `-.mount`, `-a.service`. */
const asFlags = /^--?[a-z]/i;

/** Flags, a word with a kind that no workload has, or with nothing behind its kind, are a mistake. */
function mistakeIn(value: string): ReturnType<NonNullable<TextFilter['mistakeIn']>> {
  if (asFlags.test(value) && !unitName.test(value)) {
    return { expected: 'a name (--workloads shows all, and takes none)', meant: [] };
  }
  const [, prefix = '', name = ''] = beforeColon.exec(value) ?? [];
  if (prefix === '') return null;
  if (workloadPrefixes.some((one) => one === prefix)) {
    return name === '' ? { expected: `a name after ${prefix}:`, meant: [`${prefix}:*`] } : null;
  }
  const other = otherNames.get(prefix.toLowerCase());
  const isUnit = unitName.test(name);
  const likely = other === undefined ? nearNames(prefix, workloadPrefixes) : [other];
  const near = isUnit ? likely.filter((one) => beforeUnits.has(one)) : likely;
  if (near.length === 0 && isUnit) return null;
  const runtimes = workloadPrefixes.slice(workloadKinds.length);
  return {
    expected: `a name, alone or after a kind (${workloadKinds.join(' ')}) or a runtime (${runtimes.join(' ')})`,
    meant: [...near.map((one) => `${one}:${name}`), ...(isUnit ? [`unit:${value}`] : [])],
  };
}
