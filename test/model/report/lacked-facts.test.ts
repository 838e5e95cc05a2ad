import { expect, it } from 'vitest';
import { lackedFactsIn, lackedFactsText } from '../../../src/model/report/lacked-facts.ts';

it.each([
  { tables: 'tcp', facts: ['memory and marks'], why: 'it is forbidden' },
  { tables: 'web1: tcp, tcp6', facts: ["TCP's internals", 'memory'], why: 'none: no answer; x' },
])('what a warning says of lacked facts is read from its text: $tables', (lacked) => {
  expect(lackedFactsIn(lackedFactsText(lacked))).toEqual(lacked);
});

it.each(['tcp: 2 lines could not be parsed', 'memory: not available: why', ': not available: '])(
  'the text of another warning says nothing of them: %s',
  (message) => {
    expect(lackedFactsIn(message)).toBeNull();
  },
);
