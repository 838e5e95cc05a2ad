import { execFileSync, spawn } from 'node:child_process';
import { closeSync, constants, openSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSome } from '../../src/flow/read-some.ts';
import { reasonToSkip } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const noPipes = reasonToSkip({ platforms: ['linux', 'darwin'], programs: ['mkfifo'] });

describe('reading what there is', () => {
  it('ends with 0', () => {
    const path = join(temporaryFolder('tsnetstat-read-some-'), 'file');
    writeFileSync(path, 'abc');
    const fd = openSync(path, 'r');
    const into = Buffer.alloc(8);
    expect([readSome(fd, into), readSome(fd, into)]).toEqual([3, 0]);
    expect(into.toString('latin1', 0, 3)).toBe('abc');
    closeSync(fd);
  });

  it('throws what is wrong', () => {
    expect(() => readSome(9999, Buffer.alloc(8))).toThrow('EBADF');
  });

  it.skipIf(noPipes)(`waits for a pipe that is non-blocking ${noPipes ?? ''}`, () => {
    const path = join(temporaryFolder('tsnetstat-read-some-'), 'pipe');
    execFileSync('mkfifo', [path]);
    // Open at both ends, so that it does not end.
    const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    expect(() => readSync(fd, Buffer.alloc(8))).toThrow('EAGAIN');
    spawn('sh', ['-c', `sleep 0.1; printf late > '${path}'`], { stdio: 'ignore' });
    const into = Buffer.alloc(8);
    expect(into.toString('latin1', 0, readSome(fd, into))).toBe('late');
    closeSync(fd);
  });
});
