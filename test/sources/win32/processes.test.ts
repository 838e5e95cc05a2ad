import { describe, expect, test } from 'vitest';
import {
  decodeProcessEntry,
  imagePath,
  ownersByPid,
  programNames,
} from '../../../src/sources/win32/processes.ts';
import { warningSink } from '../../support/source-answers.ts';
import { dword, fakeWindows, row, wide } from './fake-windows.ts';

describe('a PROCESSENTRY32W', () => {
  test.each([
    ['plain', 'node.exe'],
    ['blanks', 'My Server.exe'],
    ['beyond ASCII', 'прибор-測試-é.exe'],
    ['beyond the basic plane', '🚀.exe'],
    ['as long as its field', 'n'.repeat(260)],
  ])('%s', (_name, program) => {
    const entry = row(
      568,
      [8, dword(4242)],
      [44, wide(program)],
      [44 + program.length * 2, [0, 0]],
    );
    expect(decodeProcessEntry(entry)).toEqual({ pid: 4242, program });
  });

  test('what an earlier, longer name left behind the zero is not read', () => {
    const entry = row(568, [8, dword(1)], [44, wide('a.exe\0longer.exe')]);
    expect(decodeProcessEntry(entry).program).toBe('a.exe');
  });
});

describe('programNames', () => {
  test('every process, the two that Windows names otherwise included', () => {
    const { api, open } = fakeWindows({
      processes: [
        { pid: 0, name: '[System Process]' },
        { pid: 4, name: 'System' },
        { pid: 88, name: 'svchost.exe' },
      ],
    });
    const sink = warningSink();
    expect([...programNames(api, sink)]).toEqual([
      [0, 'System Idle Process'],
      [4, 'System'],
      [88, 'svchost.exe'],
    ]);
    expect(sink.warnings).toEqual([]);
    expect(open.size).toBe(0);
  });

  test('a refused list costs a warning, and leaves the well-known ones', () => {
    const { api } = fakeWindows({ processSnapshot: () => null });
    const sink = warningSink();
    expect(programNames(api, sink).get(4)).toBe('System');
    expect(sink.warnings).toEqual([
      {
        code: 'forbidden',
        message:
          'CreateToolhelp32Snapshot failed with Windows error 5; programs are shown by PID only',
        source: 'CreateToolhelp32Snapshot',
      },
    ]);
  });

  test('a list that breaks off in the middle leaves no handle open', () => {
    const { api, open } = fakeWindows({
      processes: [{ pid: 8, name: 'a.exe' }],
      nextProcess: () => {
        throw new Error('broken');
      },
    });
    expect(() => programNames(api, warningSink())).toThrow('broken');
    expect(open.size).toBe(0);
  });
});

describe('imagePath', () => {
  const long = `C:\\${'deep\\'.repeat(6000)}x.exe`;

  test.each([
    ['a path', 'C:\\Program Files\\Node\\node.exe'],
    ['a path beyond ASCII', 'C:\\данные\\測試\\node.exe'],
    ['a path of 30,000 characters', long],
  ])('%s', (_name, path) => {
    const { api, open } = fakeWindows({ processes: [{ pid: 8, name: 'x.exe', path }] });
    expect(imagePath(api, 8)).toBe(path);
    expect(open.size).toBe(0);
  });

  test('is null for a process that refuses, or is gone, or cannot be asked', () => {
    const { api, open } = fakeWindows({
      processes: [
        { pid: 8, name: 'x.exe', path: null },
        { pid: 9, name: 'y.exe' },
      ],
    });
    expect([imagePath(api, 8), imagePath(api, 9), imagePath(api, 10)]).toEqual([null, null, null]);
    expect(open.size).toBe(0);
  });
});

describe('ownersByPid', () => {
  const processes = [
    { pid: 8, name: 'a.exe', path: 'C:\\a.exe' },
    { pid: 4, name: 'System', path: null },
  ];

  test('paths are looked up only for details, and once for each process', () => {
    const { api, calls } = fakeWindows({ processes });
    const plain = ownersByPid(api, false, warningSink());
    expect(plain(8)).toEqual([
      { pid: 8, program: 'a.exe', commandLine: null, executable: null, fd: null },
    ]);
    expect(calls).toEqual(['snapshot']);

    const detailed = ownersByPid(api, true, warningSink());
    expect([detailed(8)[0]?.executable, detailed(8)[0]?.executable]).toEqual([
      'C:\\a.exe',
      'C:\\a.exe',
    ]);
    expect(detailed(4)).toMatchObject([{ program: 'System', executable: null }]);
    expect(calls).toEqual(['snapshot', 'snapshot', 'open 8', 'open 4']);
  });

  test('a process that has ended keeps its PID', () => {
    const { api } = fakeWindows({ processes });
    expect(ownersByPid(api, true, warningSink())(77)).toEqual([
      { pid: 77, program: null, commandLine: null, executable: null, fd: null },
    ]);
  });
});
