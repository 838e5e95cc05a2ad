import { expect, test } from 'vitest';
import { expressionCheck } from '../../../src/commands/live/expression.ts';
import { defaultListing } from '../../../src/options/default-listing.ts';
import { lazyResolver } from '../../../src/resolve/lazy-resolver.ts';
import { fakeHost } from '../../support/fake-host.ts';
import { linuxFacts, watchedSource } from '../../support/fake-source.ts';

const { host } = fakeHost();
const source = { ...watchedSource(() => undefined, { batches: [] }), facts: linuxFacts };
const check = await expressionCheck(source, lazyResolver(1000, host));

test.each([
  ['an expression', 'sport 80', null],
  ['a table that the flags leave out', 'proto unix', null],
  [
    'a mistake, at its offset, not its position in characters',
    'program 🦊 and type=x',
    { text: "expected a type (stream dgram raw rdm seqpacket), found 'x'", at: 20 },
  ],
  [
    'a long list of what is possible is left out',
    'foo=3',
    {
      text: "expected a condition, found 'foo'; a condition begins with a field, state, exclude, not or a parenthesis",
      at: 0,
    },
  ],
  [
    'what the source does not provide, as a whole',
    'rtt>5',
    { text: "TCP's internals (rtt): only a live Linux provides them, not --proc-root", at: null },
  ],
])('%s', (_, expression, mistake) => {
  expect(check(expression, defaultListing)).toEqual(mistake);
});
