import { expect, it } from 'vitest';
import { newAmong, type Warning } from '../../../src/model/report/snapshot.ts';

const warning = (subjects?: readonly string[], source = '/run/netns'): Warning => ({
  ...{ code: 'unreadable', message: 'left out', source },
  ...(subjects !== undefined && { subjects }),
});

it.each<[string, Warning, readonly Warning[], boolean]>([
  ['what was not there is new', warning(), [], true],
  ['what was there is not', warning(), [warning()], false],
  ['of another source it is', warning(undefined, '/proc'), [warning()], true],
  ['more of the same is new', warning(['a', 'b']), [warning(['a'])], true],
  ['less of it is not', warning(['a']), [warning(['a', 'b'])], false],
  ['other things are new', warning(['c']), [warning(['a', 'b'])], true],
  ['an answer that does not name them covers all', warning(['a']), [warning()], false],
])('%s', (_, one, others, expected) => {
  expect(newAmong([one], others)).toEqual(expected ? [one] : []);
});
