import { describe, expect, it } from 'vitest';
import { item, paragraph, subheading, verbatim } from '../../../src/options/manual/piece.ts';
import { plainText } from '../../../src/options/manual/plain-text.ts';

const long = 'word '.repeat(40).trim();

describe('plainText', () => {
  it('separates paragraphs and lists by one blank line, whatever stands beside whatever', () => {
    const text = plainText(
      [
        subheading('First'),
        paragraph('Prose.'),
        verbatim(['A := B', 'B := C']),
        paragraph('More:'),
        item('`one`', 'Text one.'),
        item('`two`', 'Text two.'),
        paragraph('End.'),
      ],
      String,
    );
    expect(text.split('\n')).toEqual([
      'First',
      '',
      'Prose.',
      '',
      '  A := B',
      '  B := C',
      '',
      'More:',
      '',
      '  one                 Text one.',
      '  two                 Text two.',
      '',
      'End.',
      '',
    ]);
  });

  it('fills paragraphs and descriptions up to 80 columns', () => {
    const lines = plainText([paragraph(long), item('`a`', long)], String)
      .trimEnd()
      .split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeGreaterThan(75);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines.slice(-2).every((line) => /^ {22}word/.test(line))).toBe(true);
  });

  it.each([
    ['18 columns', '`e` `ighteencolumns`', ['  e ighteencolumns    Text.']],
    ['19 columns', '`nineteen` (columns-)', ['  nineteen (columns-)', `${' '.repeat(22)}Text.`]],
  ])('a term of %s', (_, term, lines) => {
    expect(
      plainText([item(term, 'Text.')], String)
        .trimEnd()
        .split('\n'),
    ).toEqual(lines);
  });

  it('fills a long term, too, and colours each of its lines', () => {
    const term = Array.from({ length: 15 }, (_, index) => `\`name-${index}\``).join(', ');
    const paint = (line: string) => `<${line}>`;
    const [first = '', second = '', last] = plainText([item(term, 'Text.')], paint).split('\n');
    expect(first).toMatch(/^ {2}<name-0, .*,>$/);
    expect(first.length).toBeLessThanOrEqual(82);
    expect(second).toMatch(/^ {2}<name-.*, name-14>$/);
    expect(last).toBe(`${' '.repeat(22)}Text.`);
  });

  it('colours terms, and nothing else, without moving the text', () => {
    const paint = (term: string) => `<${term}>`;
    const [, , line] = plainText([paragraph('`x`'), item('`x`', 'Not `x`.')], paint).split('\n');
    expect(line).toBe(`  <x>${' '.repeat(19)}Not 'x'.`);
  });

  it.each([
    ['`-`', "'-'"],
    ['`--tcp-info`', '--tcp-info'],
    ["`'a b'`", "'a b'"],
    ['`rtt > 200ms`', "'rtt > 200ms'"],
  ])('shows %s as %s', (code, shown) => {
    expect(plainText([paragraph(code)], String)).toBe(`${shown}\n`);
  });
});
