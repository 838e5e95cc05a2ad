import { expect, test } from 'vitest';
import { tcpMemory } from '../../../src/analysis/checks/tcp-memory.ts';
import { found, grew, type Scene, withTcpUse } from './support.ts';

test.each<[string, Scene, string | null]>([
  ['a machine at rest', {}, null],
  ['just below pressure', { facts: withTcpUse({ memoryPages: 125_649 }) }, null],
  ['under pressure', { facts: withTcpUse({ memoryPages: 125_650 }) }, 'warning'],
  ['near the end', { facts: withTcpUse({ memoryPages: 180_000 }) }, 'critical'],
  [
    'received data thrown away under pressure',
    { ...grew('TcpExt.TCPRcvQDrop'), facts: withTcpUse({ memoryPages: 125_650 }) },
    'critical',
  ],
  [
    'received data thrown away, and room again',
    {
      counters: { 'TcpExt.RcvPruned': 12 },
      before: { counters: { 'TcpExt.RcvPruned': 10 }, facts: withTcpUse({ memoryPages: 125_650 }) },
    },
    'critical',
  ],
  ['the buffer of one socket that is full', grew('TcpExt.RcvPruned'), null],
  ['the queue of one socket that is full', grew('TcpExt.TCPRcvQDrop'), null],
])('%s', (_, scene, expected) => {
  expect(found(tcpMemory, scene).map(({ severity }) => severity)).toEqual(
    expected === null ? [] : [expected],
  );
});

test('discarded segments are counted beside the memory of TCP', () => {
  const observed = (scene: Scene) =>
    found(tcpMemory, {
      ...scene,
      facts: withTcpUse({ memoryPages: 125_650 }),
    })[0]?.observations.slice(1);
  expect(observed({})).toEqual([]);
  expect(observed(grew('TcpExt.TCPRcvQDrop'))).toEqual([
    'The kernel discarded 2 received segments within 1.0 s.',
  ]);
});
