import { expect, test } from 'vitest';
import { knownWarnings } from '../../../src/model/report/known-warnings.ts';
import type { Warning } from '../../../src/model/report/snapshot.ts';

const warning = (subjects?: readonly string[]): Warning => ({
  ...{ code: 'unreadable', message: 'left out', source: '/run/netns' },
  ...(subjects !== undefined && { subjects }),
});
const failure = (host: string): Warning => ({
  ...{ code: 'host-failed', message: `${host}: refused`, source: host, host },
});

test('each is news once', () => {
  const known = knownWarnings();
  expect([warning(), warning(), { ...warning(), source: '/proc' }].map(known.isNews)).toEqual([
    ...[true, false, true],
  ]);
});

test('it is news again if it is about more, also than all before', () => {
  const known = knownWarnings();
  const rounds = [['a'], ['a', 'b'], ['b'], ['a'], ['c'], ['a', 'b', 'c'], []];
  expect(rounds.map((subjects) => known.isNews(warning(subjects)))).toEqual([
    ...[true, true, false, false, true, false, false],
  ]);
});

test('the failure of a machine is news again after it has answered', () => {
  const known = knownWarnings();
  expect(known.isNews(failure('a'))).toBe(true);
  known.endRound([failure('a')]);
  expect(known.isNews(failure('a'))).toBe(false);
  known.endRound([failure('b'), warning()]);
  expect(known.isNews(failure('a'))).toBe(true);
  expect(known.isNews(warning())).toBe(true);
  known.endRound([]);
  expect(known.isNews(warning())).toBe(false);
});
