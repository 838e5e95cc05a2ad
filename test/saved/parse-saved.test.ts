import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { askedOf, type SavedQuestion } from '../../src/model/request/asked.ts';
import { defaultListing } from '../../src/options/default-listing.ts';
import { parseSaved } from '../../src/saved/parse-saved.ts';
import { exactJson } from '../../src/text/json-text.ts';
import { jsonView } from '../../src/views/text/json.ts';
import { inet, netInterface, owner, traffic } from '../support/builders.ts';
import { report, warning } from '../views/text/support/arbitrary.ts';
import { contextWith, takenAt } from '../views/text/support/render.ts';
import { hostile } from '../views/text/support/rows.ts';

const asked: SavedQuestion = askedOf(defaultListing, 'web1');
const whole = {
  schemaVersion: 1,
  platform: 'linux',
  takenAt,
  asked,
  sockets: [inet('127.0.0.1:631', '0.0.0.0', { owners: [owner(7, 'cupsd')], noOwner: null })],
  warnings: [],
};

/** Why a document is refused; null: it is read. */
function refusal(document: unknown): string | null {
  const text = typeof document === 'string' ? document : exactJson(document);
  try {
    parseSaved(Buffer.from(text), 'base.json');
    return null;
  } catch (error) {
    expect(error).toMatchObject({ name: 'NetstatError', code: 'unrecognized', path: 'base.json' });
    return (error as Error).message;
  }
}

/** The document with another value at a place. */
function changed(change: (document: never) => unknown): unknown {
  const copy = structuredClone(whole);
  change(copy as never);
  return copy;
}

const anew = 'save it again with --save, or with --json';

describe('what is no saved answer is refused by what it is', () => {
  it.each<[title: string, document: unknown, message: string]>([
    ['empty', '', `it is empty; ${anew}`],
    ['blank', '\n \n', `it is empty; ${anew}`],
    ['a table', 'Active Internet connections\n', `it is not JSON; ${anew}`],
    ['a list', '[]', `it is JSON, but not what tsnetstat writes; ${anew}`],
    ['another document', '{"a":1}', `it is JSON, but not what tsnetstat writes; ${anew}`],
    [
      'of another schema',
      { ...whole, schemaVersion: 2 },
      `it has schemaVersion 2, but this tsnetstat knows 1; ${anew}`,
    ],
    [
      'NDJSON',
      `${'{"schemaVersion":1,"platform":"linux","report":"sockets","takenAt":"x"}\n'.repeat(2)}`,
      'it is NDJSON, which has no end mark; save it with --save, or with --json',
    ],
    [
      'rounds of -c',
      `{"schemaVersion":1,"sockets":[\n],"warnings":[]}\n`.repeat(2),
      'it contains several answers (-c); save one with --save',
    ],
    [
      'a comparison',
      { schemaVersion: 1, report: 'sockets', added: [] },
      'it was written by --diff, not by --save',
    ],
    [
      'without rows',
      { schemaVersion: 1, platform: 'linux' },
      `it has none of sockets, routes, interfaces, groups, statistics; ${anew}`,
    ],
    [
      'nested without end',
      '{"a":'.repeat(200_000),
      `it is truncated or damaged: not complete JSON; ${anew}`,
    ],
  ])('%s', (_, document, message) => {
    expect(refusal(document)).toBe(`base.json: ${message}`);
  });
});

describe('a mistake in it is reported with its position', () => {
  type Draft = Record<string, never> & { sockets: never[][] };
  it.each<[place: string, expected: string, change: (document: Draft) => unknown]>([
    ['platform', 'one of linux, darwin, win32', (all) => Object.assign(all, { platform: 'plan9' })],
    [
      'takenAt',
      'a time such as 2026-01-31T12:00:00.000Z',
      (all) => Object.assign(all, { takenAt: 7 }),
    ],
    ['warnings', 'it to be there', (all) => Object.assign(all, { warnings: undefined })],
    [
      'warnings[0].message',
      'a text',
      (all) => Object.assign(all, { warnings: [{ code: 'cut', message: 1, source: null }] }),
    ],
    ['sockets', 'a list', (all) => Object.assign(all, { sockets: {} })],
    ['sockets[0]', 'an object', (all) => all.sockets.splice(0, 1, 'x' as never)],
    [
      'sockets[0].protocol',
      'one of tcp, sctp, udp, udplite, raw',
      (all) => Object.assign(all.sockets[0] as object, { protocol: 'ipx' }),
    ],
    [
      'sockets[0].local.port',
      'a port from 0 to 65535',
      (all) =>
        Object.assign((all.sockets[0] as never as { local: object }).local, { port: 65_536 }),
    ],
    [
      'sockets[0].local.zone',
      'it to be there',
      (all) => Object.assign(all.sockets[0] as object, { local: { address: '::', port: 1 } }),
    ],
    [
      'sockets[0].owners[0].pid',
      'a whole number that is not below 0',
      (all) => Object.assign(all.sockets[0] as object, { owners: [owner(-1, 'x')] }),
    ],
    [
      'sockets[0].owners[0].program',
      'a text',
      (all) => Object.assign(all.sockets[0] as object, { owners: [owner(1, {} as never)] }),
    ],
    [
      'asked.netns',
      'one of own, all',
      (all) => Object.assign(all, { asked: { ...asked, netns: 'x' } }),
    ],
    [
      'asked.filters.port[0]',
      'a text',
      (all) => Object.assign(all, { asked: { ...asked, filters: { port: [443] } } }),
    ],
    [
      'asked.on[1]',
      'the name of a machine, as --on takes it',
      (all) => Object.assign(all, { asked: { ...asked, on: ['web1', 'a;touch /tmp/x'] } }),
    ],
    [
      'asked.report',
      'sockets, as its rows are',
      (all) => Object.assign(all, { asked: { ...asked, report: 'routes' } }),
    ],
  ])('%s', (place, expected, change) => {
    expect(refusal(changed(change))).toBe(`base.json: ${place}: expected ${expected}; ${anew}`);
  });
});

it.each(['2026-99-99T99:99:99Z', `${'2'.repeat(3000)}-01-31T12:00:00.000Z`, '2026-01-31'])(
  'was taken at no such time: %s',
  (time) => {
    expect(refusal({ ...whole, takenAt: time })).toMatch(/^base\.json: takenAt: expected a time/);
  },
);

describe('what is saved', () => {
  it('contains what was asked, or that this is not recorded', () => {
    expect(parseSaved(Buffer.from(exactJson(whole)), '').asked).toEqual(asked);
    expect(parseSaved(Buffer.from(exactJson({ ...whole, asked: undefined })), '').asked).toBeNull();
  });

  it('keeps all digits of a counter, wherever the text looks like one', () => {
    const name = '"bytes":12345678901234567890,';
    const face = netInterface(name, { received: traffic({ bytes: 2n ** 64n - 1n, packets: 7n }) });
    const text = exactJson({ ...whole, asked: undefined, sockets: undefined, interfaces: [face] });
    expect(parseSaved(Buffer.from(text), '').rows).toEqual([face]);
    const spaced = text.replaceAll(':', ' : ').replaceAll(' : 12345', ':12345');
    expect(
      (
        parseSaved(Buffer.from(spaced.replace('T12 : 00 : 00', 'T12:00:00')), '')
          .rows[0] as typeof face
      ).received.bytes,
    ).toBe(2n ** 64n - 1n);
  });

  it('may have fields that a later version added: they are left out, whatever they are called', () => {
    const text = exactJson(whole).replace(
      '"protocol":"tcp"',
      '"protocol":"tcp","__proto__":{"uid":7},"constructor":1,"later":{"a":[1]}',
    );
    const [row] = parseSaved(Buffer.from(text), '').rows;
    expect(row).toEqual(whole.sockets[0]);
    expect(Object.keys(row as object)).toEqual(Object.keys(whole.sockets[0] as object));
    expect(({} as { uid?: number }).uid).toBeUndefined();
  });

  it('may have a state of a later version', () => {
    const later = { ...whole.sockets[0], state: 'HALF_OPEN' };
    expect(refusal({ ...whole, sockets: [later] })).toBeNull();
  });

  it('may have the same row any number of times, and hostile texts', () => {
    const odd = inet('127.0.0.1:1', '0.0.0.0', { owners: [owner(1, hostile)] });
    const text = exactJson({ ...whole, sockets: [odd, odd, odd] });
    expect(parseSaved(Buffer.from(text), '').rows).toEqual([odd, odd, odd]);
  });

  it('is the same when it is read again, whatever the rows are', async () => {
    await fc.assert(
      fc.asyncProperty(report, fc.array(warning), async ({ kind, rows }, warnings) => {
        async function* batches() {
          yield rows;
        }
        const answer = { kind, platform: 'linux', takenAt, batches: batches(), warnings } as const;
        let text = '';
        for await (const chunk of jsonView.format(answer, contextWith({}))) text += chunk;
        const saved = parseSaved(Buffer.from(text), '');
        expect({ ...saved }).toEqual({
          ...{ report: kind, platform: 'linux', takenAt, asked: null, warnings },
          rows: rows.map((row) => withoutUndefined(row)),
        });
      }),
    );
  });

  it('is refused where it is cut, wherever that is', () => {
    const text = `${exactJson(whole)}\n`;
    for (let end = 0; end < text.length - 1; end++) {
      expect(refusal(text.slice(0, end)), `${end} characters`).not.toBeNull();
    }
    expect(refusal(text.trimEnd())).toBeNull();
  });

  it('is read or refused in one line, whatever byte of it is another', () => {
    const text = exactJson(whole);
    for (let at = 0; at < text.length; at++) {
      for (const character of ['}', '"', '0', '\u001b']) {
        const message = refusal(text.slice(0, at) + character + text.slice(at + 1));
        expect(message?.split('\n').length ?? 1).toBe(1);
      }
    }
  });
});

/** JSON has no fields without a value, and -0 is 0 there. */
function withoutUndefined(row: unknown): unknown {
  return JSON.parse(
    JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? `big ${value}` : value)),
    (_, value) =>
      typeof value === 'string' && /^big -?\d+$/.test(value) ? BigInt(value.slice(4)) : value,
  );
}
