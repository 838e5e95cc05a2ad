import { describe, expect, it } from 'vitest';
import { type Family, familySpellings } from '../../src/model/protocol.ts';
import { taskFrom } from '../../src/options/command-line.ts';
import { shownFlags } from '../../src/options/flag-table.ts';
import { understood } from '../../src/options/foreign.ts';
import { compileExpression } from '../../src/select/expression/compile.ts';
import { parse } from '../../src/select/expression/parse.ts';
import { lookups } from '../select/sockets.ts';

const words = Object.entries(familySpellings).flatMap(([family, { netTools, others }]) =>
  [...netTools, ...others].map((word) => [word, family as Family] as const),
);

function compile(text: string) {
  return compileExpression(text, parse(text), { protocols: ['tcp'], lookups });
}

describe('a word for a family', () => {
  it.each(words)('%s means %s everywhere', (word, family) => {
    expect(taskFrom(['-A', word])).toEqual(taskFrom(['-A', family]));
    for (const line of [`-an -f ${word}`, `-anf${word}`]) {
      expect(understood(line.split(' '), 'linux')).toEqual(['-an', '-A', family]);
    }
    for (const one of [word, word.toUpperCase()]) {
      const { patterns } = compile(`family = ${one}`);
      expect(patterns.certain).toEqual({ kind: 'table', protocol: null, family });
    }
  });

  it('is told of with -A, unless it is the family itself', () => {
    const { details } = shownFlags.find(({ long }) => long === 'protocol') ?? {};
    for (const [word, family] of words) {
      if (word !== family) expect(details).toContain(`\`${word}\``);
    }
  });
});
