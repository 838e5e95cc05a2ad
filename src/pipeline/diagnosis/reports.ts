import type { Check } from '../../analysis/checks/index.ts';
import { isNetstatError } from '../../errors.ts';
import type { Counter } from '../../model/machine/counter.ts';
import type { NetInterface } from '../../model/machine/interface.ts';
import type { Route } from '../../model/machine/route.ts';
import type { Row } from '../../model/report/snapshot.ts';
import type { WarningSink } from '../../sources/source.ts';
import type { AskedCheck } from './checks-asked.ts';
import type { DiagnosisParts } from './parts.ts';

/** The counters of `-s`, if a check needs them and the platform has them. */
export async function countersFor(
  parts: DiagnosisParts,
  checks: readonly Check[],
  sink: WarningSink,
): Promise<readonly Counter[]> {
  if (!parts.source.reports.includes('statistics')) return [];
  if (!checks.some(({ needs }) => needs.counters)) return [];
  return rowsOf<Counter>(parts, 'statistics', sink);
}

/** Rows of reports that checks need beside sockets and counters. */
export interface Reports {
  readonly routes: readonly Route[];
  readonly interfaces: readonly NetInterface[];
}

/** Routes and interfaces, each only if a check needs it. */
export async function reportsFor(
  parts: DiagnosisParts,
  asked: readonly AskedCheck[],
  sink: WarningSink,
): Promise<Reports> {
  const needs = (report: 'routes' | 'interfaces') => asked.some(({ check }) => check.needs[report]);
  return {
    routes: needs('routes') ? await rowsOf<Route>(parts, 'routes', sink) : [],
    interfaces: needs('interfaces') ? await rowsOf<NetInterface>(parts, 'interfaces', sink) : [],
  };
}

/** The rows of a report; if it cannot be read at all, a warning and no rows. */
async function rowsOf<T extends Row>(
  { source, netns }: DiagnosisParts,
  report: 'statistics' | 'routes' | 'interfaces',
  sink: WarningSink,
): Promise<readonly T[]> {
  const rows: T[] = [];
  const families = ['inet', 'inet6'] as const;
  try {
    const reading = source.read({ report, families, netns: netns !== 'own' }, sink);
    for await (const batch of reading.batches) {
      for (const row of batch as readonly Row[] as T[]) rows.push(row);
    }
  } catch (error) {
    if (!isNetstatError(error)) throw error;
    sink.warn({ code: 'unreadable', message: error.summary, source: error.path });
  }
  return rows;
}
