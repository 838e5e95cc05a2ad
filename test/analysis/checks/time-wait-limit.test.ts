import { describe, expect, test } from 'vitest';
import { timeWaitLimit } from '../../../src/analysis/checks/time-wait-limit.ts';
import type { InetSocket } from '../../../src/model/socket/socket.ts';
import { inet } from '../../support/builders.ts';
import { found, grew, many, type Scene, withTcpUse } from './support.ts';

test.each<[string, Scene, string | null]>([
  ['a machine at rest', {}, null],
  ['many TIME_WAIT far below the limit', { facts: withTcpUse({ timeWait: 50_000 }) }, null],
  ['nine tenths of the limit', { facts: withTcpUse({ timeWait: 58_983 }) }, 'warning'],
  ['TIME_WAIT that is left out', grew('TcpExt.TCPTimeWaitOverflow'), 'warning'],
  ['TIME_WAIT that was left out long ago', { counters: { 'TcpExt.TCPTimeWaitOverflow': 9 } }, null],
])('%s', (_, scene, expected) => {
  expect(found(timeWaitLimit, scene).map(({ severity }) => severity)).toEqual(
    expected === null ? [] : [expected],
  );
});

describe('TIME_WAIT', () => {
  test('shows the service that has the most', () => {
    const sockets = many(30, (number) =>
      inet(`192.0.2.1:${number < 20 ? 80 : 443}`, `203.0.113.9:${number + 50_000}`, {
        state: 'TIME_WAIT',
      }),
    );
    const [finding] = found(timeWaitLimit, { sockets, facts: withTcpUse({ timeWait: 65_000 }) });
    expect(finding?.observations.join(' ')).toBe('20 of the connections are with local port 80.');
    expect(finding?.socketCount).toBe(65_000);
  });

  test.each<[string, (client: number) => InetSocket, string]>([
    ['here', (port) => inet('192.0.2.1:50051', `192.0.2.9:${port}`), 'local port 50051'],
    ['elsewhere', (port) => inet(`192.0.2.1:${port}`, '192.0.2.9:50051'), '192.0.2.9:50051'],
  ])('names the service whose port lies among those of its clients: %s', (_, connection, name) => {
    const sockets = many(60, (number) => ({
      ...connection(50_000 + number * 100 + 1),
      state: 'TIME_WAIT' as const,
    }));
    const [finding] = found(timeWaitLimit, { sockets, facts: withTcpUse({ timeWait: 65_000 }) });
    expect(finding?.observations).toEqual([`60 of the connections are with ${name}.`]);
    expect(finding?.sockets).toHaveLength(20);
  });

  test('is counted by service only near the limit', () => {
    const counts = (timeWait: number) =>
      timeWaitLimit.groupsIf?.(
        { system: { values: { timeWaitLimit: 65_536, ...withTcpUse({ timeWait }) }, missing: {} } },
        { full: 90 },
        null,
      );
    expect([58_982, 58_983].map(counts)).toEqual([false, true]);
  });
});
