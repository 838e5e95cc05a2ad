import { expect, test } from 'vitest';
import { orphanLimit } from '../../../src/analysis/checks/orphan-limit.ts';
import { found, grew, type Scene, withTcpUse } from './support.ts';

test.each<[string, Scene, string | null]>([
  ['a machine at rest', {}, null],
  ['many orphans below the limit', { facts: withTcpUse({ orphans: 40_000 }) }, null],
  ['seven tenths of the limit', { facts: withTcpUse({ orphans: 45_876 }) }, 'warning'],
  ['the limit', { facts: withTcpUse({ orphans: 65_536 }) }, 'critical'],
  ['resets for lack of memory', grew('TcpExt.TCPAbortOnMemory'), 'critical'],
])('%s', (_, scene, expected) => {
  expect(found(orphanLimit, scene).map(({ severity }) => severity)).toEqual(
    expected === null ? [] : [expected],
  );
});

test('one connection that was reset is worded as one', () => {
  const [finding] = found(orphanLimit, {
    counters: { 'TcpExt.TCPAbortOnMemory': 1 },
    before: { counters: { 'TcpExt.TCPAbortOnMemory': 0 } },
  });
  expect(finding?.observations).toContain(
    '1 connection was reset for that reason since the network came up.',
  );
  expect(finding?.seen).toEqual({ orphans: 0, limit: 65_536, reset: 1 });
});
