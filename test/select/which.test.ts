import { expect, it } from 'vitest';
import { whichTest } from '../../src/select/which.ts';
import { inet } from '../support/builders.ts';

const sockets = [
  inet('192.0.2.1:22', '192.0.2.9:40000', { state: 'ESTABLISHED' }),
  inet('0.0.0.0:22', '0.0.0.0', { state: 'LISTEN' }),
  inet('0.0.0.0:5000', '0.0.0.0', { state: 'BOUND' }),
];

it.each([
  ['connected', false, ['ESTABLISHED']],
  ['connected', true, ['ESTABLISHED', 'BOUND']],
  ['listening', false, ['LISTEN']],
  ['listening', true, ['LISTEN', 'BOUND']],
  ['all', true, ['ESTABLISHED', 'LISTEN', 'BOUND']],
] as const)(
  '%s sockets, those that are only bound asked for: %s',
  (which, boundInactive, states) => {
    const found = sockets.filter(whichTest(which, { boundInactive }));
    expect(found.map((one) => one.state)).toEqual(states);
  },
);
