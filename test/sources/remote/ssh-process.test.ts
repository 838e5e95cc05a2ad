import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startSsh } from '../../../src/sources/remote/ssh-process.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const events = { output() {}, failed() {}, ended() {} };

/** Starts ssh where only this folder is in PATH. */
const start = (folder: string, platform: NodeJS.Platform = 'linux') =>
  startSsh('web1', { platform, env: { PATH: folder }, procRoot: null, timeout: 1 }, events);

describe.skipIf(process.platform === 'win32')('without an ssh that may be run', () => {
  it('it is said that there is none', () => {
    expect(() => start('/nowhere')).toThrow(/^web1: there is no ssh in PATH; .*openssh-client/);
    expect(() => start('/nowhere', 'win32')).toThrow(/ \(an optional feature of Windows\)$/);
  });

  it.runIf(process.getuid?.() === 0)('it is said which one root does not run, and why', () => {
    const folder = temporaryFolder('tsnetstat-ssh-');
    writeFileSync(join(folder, 'ssh'), '', { mode: 0o755 });
    chmodSync(folder, 0o2775);
    expect(() => start(folder)).toThrow(
      `web1: ${folder}/ssh is not run as root, since others can change ${folder}; there is no other ssh in PATH`,
    );
  });
});
