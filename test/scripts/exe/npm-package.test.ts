import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { reasonToSkip } from '../../support/requirements.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { script } from '../script.ts';

const reason = reasonToSkip({ platforms: ['linux', 'darwin'], programs: ['sh', 'tar', 'cp'] });

describe.skipIf(reason !== null)(`packages for the executables (${reason ?? 'sh, tar'})`, () => {
  const folder = temporaryFolder('npm-package-');
  const archive = join(folder, 'tool-1.0.0.tgz');
  const cache = join(folder, 'cache/tsnetstat-exe');
  let fetch: (name: string, version: string, integrity: string) => string;
  let integrity = '';

  beforeAll(async () => {
    mkdirSync(join(folder, 'package/bin'), { recursive: true });
    writeFileSync(join(folder, 'package/bin/tool'), 'the tool');
    execFileSync('tar', ['-czf', archive, '-C', folder, 'package']);
    integrity = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
    // A registry that gives out this archive, and keeps count.
    mkdirSync(join(folder, 'bin'));
    const npm = `#!/bin/sh\necho "$5" >>'${folder}/asked'\ncp '${archive}' "$4"\necho '[{"filename":"tool-1.0.0.tgz"}]'\n`;
    writeFileSync(join(folder, 'bin/npm'), npm);
    chmodSync(join(folder, 'bin/npm'), 0o755);
    vi.stubEnv('PATH', `${folder}/bin:${process.env.PATH}`);
    vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'));
    const { npmPackage } = await script<{ npmPackage: typeof fetch }>('exe/npm-package.js');
    fetch = npmPackage;
  });
  afterAll(() => {
    vi.unstubAllEnvs();
  });

  it('are refused, and not kept, where they are not the ones expected', () => {
    expect(() => fetch('@scope/tool', '1.0.0', 'sha512-other')).toThrow(
      /^@scope\/tool@1\.0\.0: the package is not the one expected/,
    );
    expect(readdirSync(cache)).toEqual([]);
  });

  it('are fetched once', () => {
    rmSync(join(folder, 'asked'), { force: true });
    const unpacked = fetch('@scope/tool', '1.0.0', integrity);
    expect(readFileSync(join(unpacked, 'bin/tool'), 'utf8')).toBe('the tool');
    expect(fetch('@scope/tool', '1.0.0', integrity)).toBe(unpacked);
    expect(readdirSync(cache)).toHaveLength(1);
    expect(existsSync(join(folder, 'asked'))).toBe(true);
    expect(readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n')).toHaveLength(1);
  });
});
