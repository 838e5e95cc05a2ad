import fc from 'fast-check';
import { expect, it } from 'vitest';
import { linesOf, wholeText } from '../../../src/sources/darwin/lines.ts';
import { inPieces } from './helpers.ts';

const texts = fc
  .array(fc.oneof(fc.constant('\n'), fc.string({ unit: 'grapheme', maxLength: 6 })))
  .map((parts) => parts.join(''));

it('the lines of a text are the same wherever its pieces end', async () => {
  await fc.assert(
    fc.asyncProperty(texts, fc.integer({ min: 1, max: 9 }), async (text, size) => {
      const lines: string[] = [];
      for await (const batch of linesOf(inPieces(text, size))) lines.push(...batch);
      expect(lines.join('\n')).toBe(text.replace(/\n$/, lines.at(-1) === '' ? '\n' : ''));
      expect(await wholeText(inPieces(text, size))).toBe(text);
    }),
  );
});

it('lines come with the piece in which they end', async () => {
  async function* pieces() {
    yield* ['a\nb', 'b', 'c\n\nd'].map((piece) => Buffer.from(piece));
  }
  const batches: (readonly string[])[] = [];
  for await (const batch of linesOf(pieces())) batches.push(batch);
  expect(batches).toEqual([['a'], ['bbc', ''], ['d']]);
});
