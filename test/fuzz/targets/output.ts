import { parse as parseCsv } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect } from 'vitest';
import type { ReportKind, ReportRows } from '../../../src/model/report/snapshot.ts';
import { formats } from '../../../src/model/request/view.ts';
import { sanitize } from '../../../src/text/sanitize.ts';
import { textWidth } from '../../../src/text/width.ts';
import { wrap } from '../../../src/text/wrap.ts';
import { textViewFor } from '../../../src/views/text/index.ts';
import { report, unsafeCharacter } from '../../views/text/support/arbitrary.ts';
import { render, someNames } from '../../views/text/support/render.ts';
import { documentErrors, lineErrors } from '../../views/text/support/schema.ts';
import { type Target, textTarget } from '../target.ts';

const names = [
  'nginx: worker process',
  '\u001b]0;title\u0007\u001b[31mred',
  'line\nbreak\r\ttab',
  'caf\u00e9 \u65e5\u672c\u8a9e \ud83d\udc69\u200d\ud83d\udc67 e\u0301',
  '\u202egpj.exe \u2066x\u2069 \u2028 \ufeff \ud800 half',
  '/run/user/1000/bus?a=b,c;d:e',
  'C:\\Program Files\\x \\x1b \\n',
];

const safeText = textTarget({
  name: 'sanitize',
  covers: ['sanitize'],
  seeds: names,
  alphabet: 'text',
  read: sanitize,
  check: (text, safe) => {
    expect(safe).not.toMatch(unsafeCharacter);
    expect(safe).not.toMatch(/\p{Cs}/u);
    // Plain text stays as it is, except the character that begins an escape.
    if (/^[ -[\]-~]*$/.test(text)) expect(safe).toBe(text);
  },
});

const widths = textTarget({
  name: 'text-width',
  covers: ['textWidth', 'wrap'],
  seeds: names,
  alphabet: 'text',
  read: (text) => wrap(sanitize(text), 12, 'joints'),
  check: (text) => {
    const safe = sanitize(text);
    // A character takes at most two columns.
    expect(textWidth(safe)).toBeLessThanOrEqual(2 * [...safe].length);
    for (const width of [2, 12, 80]) {
      const lines = wrap(safe, width, 'joints');
      expect(lines.join('')).toBe(safe);
      for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width);
    }
  },
});

/** The meanings of counters are this program's own text. */
const reportOfOthers = report.map(({ kind, rows }) => ({
  kind,
  rows: rows.map((row) => ('meaning' in row ? { ...row, meaning: 'what it means' } : row)),
}));

type Rows = typeof report extends fc.Arbitrary<infer R> ? R : never;

interface Shown {
  readonly report: Rows;
  readonly format: (typeof formats)[number];
  readonly width: number | null;
  readonly named: boolean;
}

/** Lines of the netstat format that are not rows: titles, and further addresses of an SCTP row. */
const noRow = /^(?: {20}|Active |Proto |Kernel |Destination |IPv[46]|Interface {2}|-{5})/;
/** The reports with one line per row. Interfaces have one more per label; counters are in paragraphs. */
const oneLineEach: readonly ReportKind[] = ['sockets', 'routes', 'groups'];

async function shown({ report: { kind, rows }, format, width, named }: Shown): Promise<string> {
  const scenario = { width, ...(named && { names: someNames, asked: { programs: true } }) };
  return render(
    (await textViewFor(format)).format,
    kind,
    rows as readonly ReportRows[typeof kind][],
    scenario,
  );
}

const formatters: Target<Shown> = {
  name: 'formatters',
  covers: ['textViewFor'],
  input: fc.record({
    report: reportOfOthers,
    format: fc.constantFrom(...formats),
    width: fc.constantFrom(null, 20, 80, 200),
    named: fc.boolean(),
  }),
  read: shown,
  check: async (listing) => {
    const { kind, rows } = listing.report;
    const text = await shown(listing);
    for (const line of text.split(/\r?\n/)) expect(line).not.toMatch(unsafeCharacter);
    expect(text).not.toMatch(/\p{Cs}/u);
    expect(await shown(listing)).toBe(text);
    switch (listing.format) {
      case 'json': {
        const document = JSON.parse(text);
        expect(documentErrors(document)).toEqual([]);
        expect(document[kind]).toHaveLength(rows.length);
        break;
      }
      case 'ndjson': {
        const lines = text
          .split('\n')
          .slice(0, -1)
          .map((line) => JSON.parse(line));
        expect(lines.flatMap(lineErrors)).toEqual([]);
        expect(lines).toHaveLength(rows.length);
        break;
      }
      case 'csv': {
        const [header, ...records] = parseCsv(text) as string[][];
        expect(records).toHaveLength(rows.length);
        for (const record of records) expect(record).toHaveLength(header?.length ?? 0);
        break;
      }
      case 'netstat':
        if (oneLineEach.includes(kind) && rows.length > 0) {
          const lines = text.split('\n').slice(0, -1);
          expect(lines.filter((line) => !noRow.test(line))).toHaveLength(rows.length);
        }
        break;
      case 'table':
        // A line below may name the columns that do not fit.
        if (rows.length > 0) expect(text).toMatch(/└[─┴]+┘\n(?:\(no room for [^│┘()]+\)\n)?$/);
    }
  },
  growing: {},
};

export const outputTargets = [safeText, widths, formatters] as const;
