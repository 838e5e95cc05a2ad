import { checks, commonFacts, layoutOf } from '../analysis/checks/index.ts';
import { attributesOf, columnKeys } from '../attributes/index.ts';
import { columnWords } from '../explain/columns.ts';
import { sections } from '../explain/explain.ts';
import { allReports, type ReportKind } from '../model/report/snapshot.ts';
import type { AttributeWords, Vocabulary } from '../options/vocabulary.ts';
import { everyCheck } from '../pipeline/diagnosis/checks-asked.ts';
import { fieldRule, fields } from '../select/fields.ts';
import { sortKeyNames } from '../select/sort.ts';
import { parseStates, shownStates, stateGroups, stateNames } from '../select/states.ts';

function perReport<T>(list: (report: ReportKind) => readonly T[]) {
  const entries = allReports.map((report) => [report, list(report)]);
  return Object.fromEntries(entries) as Record<ReportKind, readonly T[]>;
}

function membersOf(group: string): readonly string[] {
  const states = parseStates(group);
  return 'expected' in states ? [] : states;
}

function wordsOf(report: ReportKind): readonly AttributeWords[] {
  return attributesOf(report).map(({ key, aliases = [], meaning, unit = null }) => {
    const values = report === 'sockets' ? fieldRule(key)?.values : undefined;
    return { key, aliases, meaning, unit, values: values ?? null };
  });
}

/** The words of other rooms, for everything that is derived from the table of flags. */
export const vocabulary: Vocabulary = {
  states: stateNames,
  shownStates,
  stateGroups: Object.fromEntries(stateGroups.map((group) => [group, membersOf(group)])),
  explainedStates: [...new Set(Object.values(sections).flatMap((texts) => Object.keys(texts)))],
  explainedColumns: columnWords(),
  checks: checks.map((check) => ({ name: check.name, ...layoutOf(check) })),
  checkFacts: Object.values(commonFacts),
  everyCheck,
  fields,
  columns: perReport(columnKeys),
  sortKeys: perReport(sortKeyNames),
  attributes: perReport(wordsOf),
};
