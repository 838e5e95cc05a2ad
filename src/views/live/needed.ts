import { attributeNamed } from '../../attributes/index.ts';
import type { Fact } from '../../model/report/facts.ts';
import { isProvided } from './choices.ts';
import { shownColumns } from './columns.ts';
import type { LiveState } from './state.ts';

/** What groups show beside their key. */
const ofGroups = ['recvrate', 'sentrate'] as const;

/** Returns the columns that a round is read for: those of the table, and those that groups use. */
export function roundKeys(
  { asked, grouping }: Pick<LiveState, 'asked' | 'grouping'>,
  facts: readonly Fact[],
): readonly string[] {
  const keys = shownColumns(asked);
  if (grouping === null) return keys;
  const by = grouping === 'program' || grouping === 'workload' ? [grouping] : [];
  const isKnown = (key: string) => {
    const attribute = attributeNamed('sockets', key);
    return attribute !== undefined && isProvided(attribute, facts);
  };
  return [...new Set([...keys, ...[...by, ...ofGroups].filter(isKnown)])];
}
