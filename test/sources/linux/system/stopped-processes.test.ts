import { expect, test } from 'vitest';
import { stoppedProcesses } from '../../../../src/sources/linux/system/stopped-processes.ts';
import { systemFacts } from '../../../../src/sources/linux/system/system-facts.ts';
import { fakeProc, systemError } from '../support/fake-proc.ts';

const between = Array.from({ length: 17 }, () => '0').join(' ');
const stat = (pid: number, state: string) => `${pid} (a) T (b) ${state} 1 ${between} 9900 0\n`;
const fd = { 0: '/dev/null', 3: 'socket:[30]', 4: 'socket:[31]', 5: 'socket:[30]' };

const factOf = (
  processes: NonNullable<Parameters<typeof fakeProc>[0]['processes']>,
  files: NonNullable<Parameters<typeof fakeProc>[0]['files']>,
) => {
  const { values, missing } = systemFacts(fakeProc({ processes, files }), null, [
    'stoppedProcesses',
  ]);
  return [values.stoppedProcesses, missing.stoppedProcesses];
};

test('processes that are stopped are told with their sockets', () => {
  const process = { fd, cmdline: 'app\0-x\0' };
  const states = ['T', 't', 'S', 'R', 'D', 'Z', 'X'];
  const processes = Object.fromEntries(states.map((_, at) => [at + 1, process]));
  const files = Object.fromEntries(states.map((state, at) => [`${at + 1}/stat`, stat(at, state)]));
  expect(factOf(processes, files)).toEqual([
    [
      { pid: 1, program: 'app', by: 'signal', frozen: null, sockets: [30, 31] },
      { pid: 2, program: 'app', by: 'tracer', frozen: null, sockets: [30, 31] },
    ],
    undefined,
  ]);
});

test('one without sockets, and one that has ended meanwhile, are none', () => {
  const processes = { 1: { fd: { 0: '/dev/null' } }, 2: { fd: systemError('ENOENT') } };
  expect(factOf(processes, { '1/stat': stat(1, 'T'), '2/stat': stat(2, 'T') })).toEqual([
    [],
    undefined,
  ]);
});

test('one that is stopped and may not be inspected is told to be missing, others are not', () => {
  const hidden = { fd: systemError('EACCES') };
  const files = { '1/stat': stat(1, 'T'), '2/stat': stat(2, 'S') };
  expect(factOf({ 1: hidden, 2: hidden }, files)).toEqual([
    [],
    expect.stringContaining('1 process could not be inspected'),
  ]);
});

test('without the state of any process it is not known whether one is stopped', () => {
  expect(factOf({ 1: { fd } }, {})).toEqual([
    null,
    expect.stringContaining('/PID/stat: not found, or permission denied'),
  ]);
  expect(factOf({}, {})).toEqual([[], undefined]);
});

test('one that is frozen is told with its cgroup, whatever its state; one that has ended is not', () => {
  const frozen = { version: 2, folder: '/cg/a', path: '/a', manager: null } as const;
  const states = ['S', 'D', 'T', 'Z', 'S', 'S', 'S'];
  const paths = ['/a', '/a', '/a', '/a', '/b', '/hidden', ''];
  const processes = Object.fromEntries(states.map((_, at) => [at + 1, { fd, cmdline: 'app\0' }]));
  const files = Object.fromEntries(
    states.flatMap((state, at) => [
      [`${at + 1}/stat`, stat(at, state)],
      [`${at + 1}/cgroup`, paths[at] || systemError('EACCES')],
    ]),
  );
  const proc = fakeProc({ processes, files });
  const { found, unclear } = stoppedProcesses(
    proc,
    states.map((_, at) => at + 1),
    () => 'app',
    (cgroups) =>
      cgroups.toString() === '/a' ? frozen : cgroups.toString() === '/b' ? null : 'unknown',
  );
  expect(found.map(({ pid, by, frozen }) => [pid, by, frozen?.path])).toEqual([
    [1, 'freezer', '/a'],
    [2, 'freezer', '/a'],
    [3, 'signal', '/a'],
  ]);
  expect(unclear).toBe(2);
});
