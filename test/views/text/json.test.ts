import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReportKind } from '../../../src/model/report/snapshot.ts';
import { json } from '../../../src/views/text/json.ts';
import { asNumbers } from '../../support/as-numbers.ts';
import { inetSocket } from '../../support/builders.ts';
import { report, reportKinds, unsafeCharacter, warning } from './support/arbitrary.ts';
import { chunks, contextWith, render, someNames, takenAt } from './support/render.ts';
import { inetSockets, rows } from './support/rows.ts';
import { documentErrors, schema } from './support/schema.ts';

describe('json', () => {
  it.each(reportKinds)('%s: parsed back it is the model, and the schema holds', async (kind) => {
    const text = await render(json, kind, rows[kind], { names: someNames });
    const document = JSON.parse(text);
    expect(document).toEqual({
      schemaVersion: 1,
      platform: 'linux',
      takenAt,
      [kind]: asNumbers(rows[kind]),
      warnings: [],
    });
    expect(documentErrors(document)).toEqual([]);
    await expect(text).toMatchFileSnapshot(`golden/${kind}.json.txt`);
  });

  it('writes every digit of a counter', async () => {
    const of = (kind: ReportKind) => render(json, kind, rows[kind]);
    expect(await of('interfaces')).toContain('"received":{"bytes":18446744073709551615,');
    expect(await of('statistics')).toContain('"value":9007199254740993,');
  });

  it('has the change per second of counters with -c, null in the first round', async () => {
    const before = rows.statistics.map((counter) => ({ ...counter, value: counter.value - 10n }));
    const previous = { secondsAgo: 3, rows: before };
    const ratesIn = async (round: Parameters<typeof render>[3]) => {
      const document = JSON.parse(await render(json, 'statistics', rows.statistics, round));
      expect(documentErrors(document)).toEqual([]);
      return document.statistics.map(({ rate }: { rate?: number | null }) => rate);
    };
    const asked = { interval: 3000 };
    expect(await ratesIn({ asked, previous })).toEqual([3.33, null, 3.33]);
    expect(await ratesIn({ asked })).toEqual([null, null, null]);
    expect(await ratesIn({})).toEqual([undefined, undefined, undefined]);
  });

  it.each(reportKinds)('%s: without rows it is a document too', async (kind) => {
    const document = JSON.parse(await render(json, kind, []));
    expect(document[kind]).toEqual([]);
    expect(documentErrors(document)).toEqual([]);
  });

  it('keeps any row and warning whole, and no terminal sees a control character', async () => {
    await fc.assert(
      fc.asyncProperty(report, fc.array(warning, { maxLength: 3 }), async (given, warnings) => {
        const text = await render(json, given.kind, given.rows, { warnings });
        for (const line of text.split('\n')) expect(line).not.toMatch(unsafeCharacter);
        const document = JSON.parse(text);
        expect(document[given.kind]).toEqual(asNumbers(given.rows));
        expect(document.warnings).toEqual(warnings);
        expect(documentErrors(document)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('gives every row a line of its own, in chunks of whole lines', async () => {
    const many = Array.from({ length: 1200 }, (_, inode) => inetSocket({ inode }));
    const parts = await chunks(json, 'sockets', many as never, { batch: 1000 });
    expect(parts.length).toBeGreaterThan(3);
    for (const part of parts) expect(part).toMatch(/\n$/);
    const lines = parts.join('').trimEnd().split('\n');
    expect(lines).toHaveLength(1 + 1200 + 1);
    for (const [i, line] of lines.slice(1, -1).entries()) {
      expect(JSON.parse(line.replace(/,$/, ''))).toEqual(many[i]);
    }
  });

  it('has the first rows out before the last are read', async () => {
    let pulled = 0;
    async function* batches() {
      for (; pulled < 3; pulled++) yield [...inetSockets];
    }
    const stream = { kind: 'sockets', platform: 'linux', takenAt, batches: batches() } as const;
    const output = json({ ...stream, warnings: [] }, contextWith({}));
    await output.next();
    expect(pulled).toBe(0);
  });

  it('contains the warnings that came while the rows were read', async () => {
    const warnings: { code: 'absent'; message: string; source: null }[] = [];
    async function* batches() {
      yield [...inetSockets];
      warnings.push({ code: 'absent', message: 'no tcp6', source: null });
    }
    const stream = { kind: 'sockets', platform: 'win32', takenAt, batches: batches() } as const;
    let text = '';
    for await (const chunk of json({ ...stream, warnings }, contextWith({}))) text += chunk;
    expect(JSON.parse(text).warnings).toEqual(warnings);
  });
});

describe('the schema', () => {
  const good = JSON.parse(JSON.stringify({ ...head(), sockets: rows.sockets, warnings: [] }));

  function head() {
    return { schemaVersion: 1, platform: 'linux', takenAt };
  }

  it.each<[string, unknown]>([
    ['an unknown key of a document', { ...good, extra: 1 }],
    ['no warnings', { ...head(), sockets: [] }],
    ['two reports in one', { ...good, routes: [] }],
    ['another version', { ...good, schemaVersion: 2 }],
    ['an unknown key of a row', { ...good, sockets: [{ ...inetSocket(), extra: 1 }] }],
    ['an unknown key of an endpoint', inRow({ local: { ...inetSocket().local, extra: 1 } })],
    ['a missing key of a row', inRow({ inode: undefined })],
    ['a port out of range', inRow({ local: { address: '::', port: 65536, zone: null } })],
    ['a state of another spelling', inRow({ state: 'FIN_WAIT_1' })],
    ['a name where a number belongs', inRow({ uid: 'root' })],
    ['a UNIX row with an endpoint', { ...good, sockets: [{ ...rows.sockets.at(-1), local: {} }] }],
    ['a time that is none', { ...good, takenAt: 'yesterday' }],
  ])('refuses %s', (_, document) => {
    expect(documentErrors(good)).toEqual([]);
    expect(documentErrors(JSON.parse(JSON.stringify(document)))).not.toEqual([]);
  });

  function inRow(change: object) {
    return { ...head(), sockets: [{ ...inetSocket(), ...change }], warnings: [] };
  }

  it('describes every key', () => {
    const silent: string[] = [];
    function visit(node: unknown, at: string): void {
      if (typeof node !== 'object' || node === null) return;
      for (const [key, value] of Object.entries(node)) {
        if (key !== 'properties') visit(value, `${at}/${key}`);
        else {
          for (const [name, property] of Object.entries(value as Record<string, object>)) {
            const isDescribed = ['description', 'const', '$ref'].some((word) => word in property);
            if (!isDescribed) silent.push(`${at}/${name}`);
            visit(property, `${at}/${name}`);
          }
        }
      }
    }
    visit(schema, '#');
    expect(silent).toEqual([]);
  });
});
