import { expect, test } from 'vitest';
import { openFiles } from '../../../src/analysis/checks/open-files.ts';
import type { Service } from '../../../src/model/report/service.ts';
import { inet, owner } from '../../support/builders.ts';
import { found, noService, type Scene } from './support.ts';

const process = (open: number, limit: number, hardLimit: number | null = null) => ({
  descriptors: [{ pid: 7, program: 'app', open, limit, hardLimit }],
});

test.each<[string, Scene, string | null]>([
  ['a machine at rest', {}, null],
  ['three quarters of the limit', { facts: process(768, 1024) }, null],
  ['nine tenths of the limit', { facts: process(922, 1024) }, 'warning'],
  ['the limit', { facts: process(1024, 1024) }, 'critical'],
  ['no limit', { facts: process(50_000, Number.POSITIVE_INFINITY) }, null],
])('%s', (_, scene, expected) => {
  expect(found(openFiles, scene).map(({ severity }) => severity)).toEqual(
    expected === null ? [] : [expected],
  );
});

test('of several the one nearest to its limit is first, however many it has', () => {
  const descriptors = [
    { pid: 1, program: 'many', open: 900_000, limit: 1_000_000, hardLimit: null },
    { pid: 2, program: 'full', open: 1024, limit: 1024, hardLimit: null },
    { pid: 3, program: 'some', open: 990, limit: 1024, hardLimit: null },
  ];
  const findings = found(openFiles, { facts: { descriptors } });
  expect(findings.map(({ processes }) => processes?.[0]?.program)).toEqual([
    'full',
    'some',
    'many',
  ]);
});

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

test('of one service its own processes count, and those that are connected to it', () => {
  const full = [3, 4, 5, 6, 7].map((pid) => ({
    ...{ pid, program: `app ${pid}`, open: 1024, limit: 1024, hardLimit: null },
  }));
  const held = (pid: number) => [
    inet('0.0.0.0:7071', '0.0.0.0:0', { owners: [owner(pid, 'app')] }),
  ];
  const scene = (changes: Partial<Service>): Scene => ({
    ...{ facts: { descriptors: full }, rest: { service: { ...noService, ...changes } } },
  });
  const pids = (changes: Partial<Service>) =>
    found(openFiles, scene(changes)).map(({ processes }) => processes?.[0]?.pid);
  expect(pids({})).toEqual([]);
  expect(pids({ listeners: held(4) })).toEqual([4]);
  expect(pids({ portless: held(5) })).toEqual([5]);
  expect(pids({ bound: held(3), holding: held(6) })).toEqual([3, 6]);
  expect(pids({ clients: [{ program: 'curl', pid: 7, count: 1 }] })).toEqual([7]);
});
