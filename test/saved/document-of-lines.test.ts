import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { documentOfLines } from '../../src/saved/document-of-lines.ts';
import { exactValues } from '../../src/shapes/exact-numbers.ts';
import { exactJson } from '../../src/text/json-text.ts';
import { inet, owner } from '../support/builders.ts';

const read = (text: string) => {
  const bytes = Buffer.from(text);
  return documentOfLines({ size: bytes.length, read: (from, to) => bytes.subarray(from, to) });
};

/** As it is written: each row and each warning has a line of its own. */
function written(rows: readonly string[], warnings: readonly string[] = []): string {
  const told = warnings.map((warning) => `\n${warning}`).join(',');
  return `{"schemaVersion":1,"asked":{"a":["b"]},"sockets":[\n${rows.join(',\n')}\n],"warnings":[${told}${told && '\n'}]}\n`;
}

const row = (size: number) => exactJson({ text: ',\n],"warnings":['.repeat(size) });

it('reading line by line gives the same as reading the whole', () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(sizes, fc.array(fc.json(), { maxLength: 3 }), (rows, warnings) => {
      const text = written(rows.map(row), warnings);
      expect(read(text)).toEqual(exactValues(text));
    }),
    { numRuns: 40 },
  );
});

it.each([
  ['a row that is longer than a piece', [row(20_000), row(1), row(20_000)]],
  ['a row that has lines of its own', ['{"a":1,\n"b":[2,\n3]}', row(1)]],
  ['letters of several bytes', Array.from({ length: 2000 }, () => '{"text":"zażółć gęślą"}')],
  ['long counters', ['{"tcpInfo":{"bytesSent":18446744073709551615}}']],
])('so is %s', (_, rows) => {
  const text = written(rows);
  expect(read(text)).toEqual(exactValues(text));
});

const whole = written([row(1), row(2)]);

describe('otherwise it is for who reads it as a whole', () => {
  it.each([
    ['nothing', ''],
    ['without rows', written([])],
    ['on one line', whole.replaceAll('\n', '')],
    ['with spaces', JSON.stringify(JSON.parse(whole), null, 2)],
    ['two answers', whole + whole],
    ['cut', whole.slice(0, -20)],
    ['cut, with another behind it', whole.slice(0, 90) + whole],
    ['with a mark before it', `\ufeff${whole}`],
    ['a comma too many', written([row(1), row(2), ''])],
    ['two commas', written([row(1), '', row(2)])],
    ['a comma too few', whole.replace('},\n{', '}\n{')],
    ['rows behind the rows', whole.replace('],"warnings"', '],"sockets":[1],"warnings"')],
    ['more behind the warnings', whole.replace(']}\n', '],"sockets":[]}\n')],
    ['rows of another name behind the warnings', whole.replace(']}\n', '],"rows":[1]}\n')],
    ['rows somewhere within', `{"schemaVersion":1,"a":{"sockets":[\n{}\n],"warnings":[]}}`],
    ['rows in a text', '{"a":"[\n{}\n],"warnings":[]}'],
    ['a head of one object more', `[{"sockets":[\n{}\n],"warnings":[]}`],
  ])('%s', (_, text) => {
    expect(read(text)).toBeNull();
  });
});

it('rows of one process share what it has', () => {
  const parents = [{ pid: 1, name: 'systemd' }];
  const one = (fd: number) =>
    inet('127.0.0.1:1', '0.0.0.0', { owners: [{ ...owner(7, 'cupsd'), parents, fd }] });
  const document = read(written([one(3), one(4)].map(exactJson))) as {
    sockets: ReturnType<typeof one>[];
  };
  const [first, second] = document.sockets.map(({ owners }) => owners?.[0]);
  expect([first, second].map((holder) => holder?.fd)).toEqual([3, 4]);
  expect(first?.parents).toEqual(parents);
  expect(second?.parents).toBe(first?.parents);
});
