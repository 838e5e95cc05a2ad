import { attributesOf } from '../attributes/index.ts';
import { allReports, type ReportKind } from '../model/report/snapshot.ts';

/** A column of a report, as a text about it names it. */
export interface ColumnText {
  readonly header: string;
  readonly report: ReportKind;
  readonly key: string;
  readonly meaning: string;
}

/** What netstat's tables head otherwise than those of --columns: their keys. */
const netstatHeaders: Readonly<
  Partial<Record<ReportKind, Readonly<Record<string, readonly string[]>>>>
> = {
  sockets: { 'PID/Program': ['pid', 'program'], 'PID/Program name': ['pid', 'program'] },
  routes: {
    Genmask: ['prefix'],
    ...{ 'Next Hop': ['gateway'], Flag: ['flags'], Met: ['metric'], If: ['interface'] },
  },
  interfaces: { Flg: ['flags'] },
};

/** The columns that a word heads, or that are called so for --columns, in any case: `Recv-Q`, `i-node`, `rport`. */
export function columnsCalled(name: string): readonly ColumnText[] {
  const wanted = bare(name);
  return allReports.flatMap((report) => {
    const heads = Object.entries(netstatHeaders[report] ?? {});
    const keys = heads.flatMap(([header, keys]) => (bare(header) === wanted ? keys : []));
    return attributesOf(report)
      .filter(
        ({ key, aliases = [], header }) =>
          keys.includes(key) || [key, ...aliases, header].some((one) => bare(one) === wanted),
      )
      .map(({ key, header, meaning }) => ({ header, report, key, meaning }));
  });
}

/** Every header of netstat's tables and of --columns, each once. */
export function columnHeaders(): readonly string[] {
  const headers = allReports.flatMap((report) => [
    ...Object.keys(netstatHeaders[report] ?? {}),
    ...attributesOf(report).map(({ header }) => header),
  ]);
  return [...new Set(headers)];
}

/** The same, each as one word that is called so too, and that no shell needs quoted: `Local-Address`, `Age-ms`. */
export function columnWords(): readonly string[] {
  return columnHeaders().map((header) => header.replace(/\)$/, '').replace(/[^\w/-]+/g, '-'));
}

function bare(name: string): string {
  return name.toLowerCase().replace(/[-_()\s]/g, '');
}
