import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ndjson } from '../../../src/views/text/ndjson.ts';
import { asNumbers } from '../../support/as-numbers.ts';
import { report, reportKinds, unsafeCharacter } from './support/arbitrary.ts';
import { chunks, render, someNames, takenAt } from './support/render.ts';
import { inetSockets, rows } from './support/rows.ts';
import { lineErrors } from './support/schema.ts';

const linesOf = (text: string) => text.split('\n').slice(0, -1);

describe('ndjson', () => {
  it.each(reportKinds)('%s: each line is a row that stands for itself', async (kind) => {
    const text = await render(ndjson, kind, rows[kind], { names: someNames });
    const head = { schemaVersion: 1, platform: 'linux', report: kind, takenAt };
    const lines = linesOf(text).map((line) => JSON.parse(line));
    expect(lines).toEqual(asNumbers(rows[kind].map((row) => ({ ...head, ...row }))));
    for (const line of lines) expect(lineErrors(line)).toEqual([]);
    await expect(text).toMatchFileSnapshot(`golden/${kind}.ndjson.txt`);
  });

  it('has the change per second of counters with -c', async () => {
    const previous = { secondsAgo: 2, rows: rows.statistics };
    const asked = { interval: 2000 };
    const text = await render(ndjson, 'statistics', rows.statistics, { asked, previous });
    const lines = linesOf(text).map((line) => JSON.parse(line));
    expect(lines.map(({ rate }) => rate)).toEqual([0, null, 0]);
    for (const line of lines) expect(lineErrors(line)).toEqual([]);
  });

  it('keeps any row whole and safe for a terminal', async () => {
    await fc.assert(
      fc.asyncProperty(report, async ({ kind, rows }) => {
        const lines = linesOf(await render(ndjson, kind, rows));
        expect(lines).toHaveLength(rows.length);
        for (const [i, line] of lines.entries()) {
          expect(line).not.toMatch(unsafeCharacter);
          expect(JSON.parse(line)).toMatchObject(asNumbers(rows[i]) as object);
          expect(lineErrors(JSON.parse(line))).toEqual([]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('prints nothing but rows: no rows, no line; no warnings', async () => {
    expect(await render(ndjson, 'sockets', [])).toBe('');
    const warnings = [{ code: 'absent', message: 'no tcp6', source: null }] as const;
    expect(linesOf(await render(ndjson, 'sockets', inetSockets, { warnings }))).toHaveLength(
      inetSockets.length,
    );
  });

  it('comes in chunks of whole lines', async () => {
    const parts = await chunks(ndjson, 'sockets', inetSockets, { batch: 3 });
    expect(parts).toHaveLength(Math.ceil(inetSockets.length / 3));
    for (const part of parts) expect(part).toMatch(/\}\n$/);
  });

  it.each<[string, object]>([
    ['another report than the row is of', { report: 'routes' }],
    ['no report', { report: undefined }],
    ['an unknown key', { extra: 1 }],
  ])('the schema refuses a line with %s', async (_, change) => {
    const [line] = linesOf(await render(ndjson, 'sockets', inetSockets));
    const value = { ...JSON.parse(line as string), ...change };
    expect(lineErrors(JSON.parse(JSON.stringify(value)))).not.toEqual([]);
  });
});
