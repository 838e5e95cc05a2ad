import { columnKeys } from '../attributes/index.ts';
import { sections } from '../explain/explain.ts';
import type { ReportKind } from '../model/snapshot.ts';
import type { Vocabulary } from '../options/vocabulary.ts';
import { fields } from '../select/expression/ast.ts';
import { sortKeyNames } from '../select/sort-keys.ts';
import { parseStates, stateGroups, stateNames } from '../select/states.ts';

const reports = {
  sockets: true,
  routes: true,
  interfaces: true,
  groups: true,
  statistics: true,
} satisfies Record<ReportKind, true>;

function perReport(list: (report: ReportKind) => readonly string[]) {
  const entries = (Object.keys(reports) as ReportKind[]).map((report) => [report, list(report)]);
  return Object.fromEntries(entries) as Record<ReportKind, readonly string[]>;
}

function membersOf(group: string): readonly string[] {
  const states = parseStates(group);
  return 'expected' in states ? [] : states;
}

/** The words of the program's parts, for what is made from the table of flags. */
export const vocabulary: Vocabulary = {
  states: stateNames,
  stateGroups: Object.fromEntries(stateGroups.map((group) => [group, membersOf(group)])),
  explainedStates: [...new Set(Object.values(sections).flatMap((texts) => Object.keys(texts)))],
  fields,
  columns: perReport(columnKeys),
  sortKeys: perReport(sortKeyNames),
};
