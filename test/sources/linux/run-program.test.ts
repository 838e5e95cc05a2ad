import { execFile } from 'node:child_process';
import { expect, it, vi } from 'vitest';
import { askIp } from '../../../src/sources/linux/interfaces/ip.ts';
import { runProgram } from '../../../src/sources/linux/run-program.ts';
import { warningSink } from '../../support/source-answers.ts';
import { systemError } from './support/fake-proc.ts';

vi.mock('node:child_process', () => ({ execFile: vi.fn() }));

/** Node reports some failures to start by throwing, others later. */
const throws = (code: string) => {
  throw systemError(code);
};
const answers = (code: string) => {
  const done = vi.mocked(execFile).mock.lastCall?.at(-1) as unknown as (error: Error) => void;
  queueMicrotask(() => done(systemError(code)));
};

it.each([
  ['EMFILE', throws, ['EMFILE']],
  ['EAGAIN', answers, ['EAGAIN']],
  ['ENOENT', answers, []],
])('tells what the system lacked to start a program: %s', async (code, fails, expected) => {
  vi.mocked(execFile).mockImplementation((() => fails(code)) as unknown as typeof execFile);
  const lacked: unknown[] = [];
  const lacking = (error: unknown) => lacked.push((error as { code: unknown }).code);
  expect(await runProgram(['ip'], 1000, lacking)).toBeNull();
  expect(lacked).toEqual(expected);
});

it('is asked what it lacked where ip is to be run', async () => {
  vi.mocked(execFile).mockImplementation((() => throws('EMFILE')) as unknown as typeof execFile);
  const sink = warningSink();
  expect(await askIp(undefined, 3, sink)).toBeNull();
  expect(sink.warnings).toMatchObject([{ code: 'unreadable', source: 'ip' }]);
});
