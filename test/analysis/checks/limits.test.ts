/** The checks that hold a count of the system against its limit. */
import { describe, expect, test } from 'vitest';
import type { Check } from '../../../src/analysis/checks/index.ts';
import { openFiles } from '../../../src/analysis/checks/open-files.ts';
import { orphanLimit } from '../../../src/analysis/checks/orphan-limit.ts';
import { tcpMemory } from '../../../src/analysis/checks/tcp-memory.ts';
import { timeWaitLimit } from '../../../src/analysis/checks/time-wait-limit.ts';
import type { TcpUse } from '../../../src/model/machine/system-facts.ts';
import type { InetSocket } from '../../../src/model/socket/socket.ts';
import { inet } from '../../support/builders.ts';
import { debian, found, many, type Scene } from './support.ts';

const use = (changes: Partial<TcpUse>) => ({ tcpUse: { ...debian.tcpUse, ...changes } });
const grew = (counter: string): Scene => ({
  counters: { [counter]: 12 },
  before: { counters: { [counter]: 10 } },
});
const process = (open: number, limit: number, hardLimit: number | null = null) => ({
  descriptors: [{ pid: 7, program: 'app', open, limit, hardLimit }],
});

const cases: readonly (readonly [Check, string, Scene, string | null])[] = [
  [timeWaitLimit, 'a machine at rest', {}, null],
  [timeWaitLimit, 'many TIME_WAIT far below the limit', { facts: use({ timeWait: 50_000 }) }, null],
  [timeWaitLimit, 'nine tenths of the limit', { facts: use({ timeWait: 58_983 }) }, 'warning'],
  [timeWaitLimit, 'TIME_WAIT that is left out', grew('TcpExt.TCPTimeWaitOverflow'), 'warning'],
  [
    timeWaitLimit,
    'TIME_WAIT that was left out long ago',
    { counters: { 'TcpExt.TCPTimeWaitOverflow': 9 } },
    null,
  ],
  [orphanLimit, 'a machine at rest', {}, null],
  [orphanLimit, 'many orphans below the limit', { facts: use({ orphans: 40_000 }) }, null],
  [orphanLimit, 'seven tenths of the limit', { facts: use({ orphans: 45_876 }) }, 'warning'],
  [orphanLimit, 'the limit', { facts: use({ orphans: 65_536 }) }, 'critical'],
  [orphanLimit, 'resets for lack of memory', grew('TcpExt.TCPAbortOnMemory'), 'critical'],
  [tcpMemory, 'a machine at rest', {}, null],
  [tcpMemory, 'just below pressure', { facts: use({ memoryPages: 125_649 }) }, null],
  [tcpMemory, 'under pressure', { facts: use({ memoryPages: 125_650 }) }, 'warning'],
  [tcpMemory, 'near the end', { facts: use({ memoryPages: 180_000 }) }, 'critical'],
  [
    tcpMemory,
    'received data thrown away under pressure',
    { ...grew('TcpExt.TCPRcvQDrop'), facts: use({ memoryPages: 125_650 }) },
    'critical',
  ],
  [
    tcpMemory,
    'received data thrown away, and room again',
    {
      counters: { 'TcpExt.RcvPruned': 12 },
      before: { counters: { 'TcpExt.RcvPruned': 10 }, facts: use({ memoryPages: 125_650 }) },
    },
    'critical',
  ],
  [tcpMemory, 'the buffer of one socket that is full', grew('TcpExt.RcvPruned'), null],
  [tcpMemory, 'the queue of one socket that is full', grew('TcpExt.TCPRcvQDrop'), null],
  [openFiles, 'a machine at rest', {}, null],
  [openFiles, 'three quarters of the limit', { facts: process(768, 1024) }, null],
  [openFiles, 'nine tenths of the limit', { facts: process(922, 1024) }, 'warning'],
  [openFiles, 'the limit', { facts: process(1024, 1024) }, 'critical'],
  [openFiles, 'no limit', { facts: process(50_000, Number.POSITIVE_INFINITY) }, null],
];

test.each(cases.map(([check, what, ...rest]) => [check.name, what, check, ...rest] as const))(
  '%s: %s',
  (_name, _what, check, scene, expected) => {
    expect(found(check, scene).map(({ severity }) => severity)).toEqual(
      expected === null ? [] : [expected],
    );
  },
);

test.each<[soft: number, hard: number | null, command: string | null]>([
  // The hard limit stays: without privileges it could not be raised again.
  [1024, 524_288, '`prlimit --pid 7 --nofile=2048:` now'],
  [1024, Number.POSITIVE_INFINITY, '`prlimit --pid 7 --nofile=2048:` now'],
  [1024, 1500, '`prlimit --pid 7 --nofile=1500:` now'],
  [1024, 1024, '`prlimit --pid 7 --nofile=2048` now, as root'],
  [1_048_576, 1_048_576, null],
  [1024, null, null],
])('a limit of descriptors of %d, at most %d, is raised by %s', (soft, hard, command) => {
  const [finding] = found(openFiles, { facts: process(soft, soft, hard) });
  if (command === null) expect(finding?.remedy).toMatch(/LimitNOFILE= of its unit\.$/);
  else expect(finding?.remedy).toContain(`LimitNOFILE= of its unit, or ${command}.`);
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

describe('TIME_WAIT', () => {
  test('shows the service that has the most', () => {
    const sockets = many(30, (number) =>
      inet(`192.0.2.1:${number < 20 ? 80 : 443}`, `203.0.113.9:${number + 50_000}`, {
        state: 'TIME_WAIT',
      }),
    );
    const [finding] = found(timeWaitLimit, { sockets, facts: use({ timeWait: 65_000 }) });
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
    const [finding] = found(timeWaitLimit, { sockets, facts: use({ timeWait: 65_000 }) });
    expect(finding?.observations).toEqual([`60 of the connections are with ${name}.`]);
    expect(finding?.sockets).toHaveLength(20);
  });

  test('is counted by service only near the limit', () => {
    const counts = (timeWait: number) =>
      timeWaitLimit.groupsIf?.(
        { system: { values: { timeWaitLimit: 65_536, ...use({ timeWait }) }, missing: {} } },
        { full: 90 },
        null,
      );
    expect([58_982, 58_983].map(counts)).toEqual([false, true]);
  });
});

test('discarded segments are counted beside the memory of TCP', () => {
  const observed = (scene: Scene) =>
    found(tcpMemory, { ...scene, facts: use({ memoryPages: 125_650 }) })[0]?.observations.slice(1);
  expect(observed({})).toEqual([]);
  expect(observed(grew('TcpExt.TCPRcvQDrop'))).toEqual([
    'The kernel discarded 2 received segments within 1.0 s.',
  ]);
});
