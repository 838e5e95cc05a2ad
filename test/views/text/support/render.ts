import type { Names } from '../../../../src/model/report/names.ts';
import { noNames } from '../../../../src/model/report/names.ts';
import type { ReportKind, ReportRows, Warning } from '../../../../src/model/report/snapshot.ts';
import type { Listing } from '../../../../src/model/request/listing.ts';
import { allNumeric } from '../../../../src/model/request/view.ts';
import type { Paint } from '../../../../src/views/text/paint.ts';
import type { Formatter, ViewContext } from '../../../../src/views/text/text-view.ts';
import { linuxFacts } from '../../../support/fake-source.ts';
import { type Asked, listingWith } from '../../../support/listing.ts';

export const takenAt = '2026-03-01T12:00:00.000Z';

/** What these tests ask for where they say nothing: every row, in numbers, without colour. */
export const everyRow: Listing = listingWith({
  protocols: ['tcp', 'udp', 'unix'],
  which: 'all',
  numeric: allNumeric,
  color: 'never',
});

/** What a view's text depends on, where the listing differs from `everyRow` in `asked`. */
export function contextWith(
  asked: Partial<Asked>,
  rest: Partial<Omit<ViewContext, keyof Listing>> = {},
): ViewContext {
  const { query, view, schedule } = listingWith(asked, everyRow);
  return {
    query,
    view,
    schedule,
    names: noNames,
    paint: null,
    width: null,
    previous: null,
    facts: linuxFacts,
    ...rest,
  };
}

/** Names as a machine without DNS might have them. */
export const someNames: Names = {
  host: (address) =>
    ({ '127.0.0.1': 'localhost', '192.0.2.7': 'web.example', '2001:db8::1': 'gate.example' })[
      address
    ],
  network: (address) => (address === '169.254.0.0' ? 'link' : undefined),
  service: (port) => ({ 22: 'ssh', 443: 'https' })[port],
  user: (uid) => ({ 0: 'root', 1000: 'ada' })[uid],
};

export interface Scenario {
  /** What differs from `everyRow`. */
  readonly asked?: Partial<Asked>;
  readonly names?: Names;
  readonly paint?: Paint | null;
  readonly width?: number | null;
  readonly previous?: ViewContext['previous'];
  /** What the platform reports; left out: what Linux does. */
  readonly facts?: ViewContext['facts'];
  readonly warnings?: readonly Warning[];
  /** Rows to a batch. */
  readonly batch?: number;
}

async function* batchesOf<T>(rows: readonly T[], size: number): AsyncGenerator<readonly T[]> {
  for (let at = 0; at < rows.length; at += size) yield rows.slice(at, at + size);
}

/** What a format makes of these rows, chunk by chunk. */
export async function chunks<K extends ReportKind>(
  format: Formatter,
  kind: K,
  rows: readonly ReportRows[K][],
  scenario: Scenario = {},
): Promise<string[]> {
  const { asked, names, paint, width, previous, facts, warnings, batch } = scenario;
  const report = {
    kind,
    platform: 'linux',
    takenAt,
    batches: batchesOf(rows, batch ?? 100),
    warnings: warnings ?? [],
  } as const;
  const context = contextWith(
    { report: kind, ...asked },
    {
      names: names ?? noNames,
      paint: paint ?? null,
      width: width ?? null,
      previous: previous ?? null,
      ...(facts && { facts }),
    },
  );
  const all: string[] = [];
  for await (const chunk of format(report, context)) {
    all.push(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
  }
  return all;
}

/** What a format makes of these rows. */
export async function render<K extends ReportKind>(
  format: Formatter,
  kind: K,
  rows: readonly ReportRows[K][],
  scenario: Scenario = {},
): Promise<string> {
  return (await chunks(format, kind, rows, scenario)).join('');
}
