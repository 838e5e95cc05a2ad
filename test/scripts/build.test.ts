import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, cpSync, existsSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';

const project = join(import.meta.dirname, '../..');

/** What a build needs. The packages are linked, and not one of them is changed. */
const parts = ['src', 'scripts', 'bin', 'package.json', 'package-lock.json', 'LICENSE'];

/** The compiler on a busy machine. */
const patience = 600_000;

describe('the build, in a copy of the project', { timeout: patience }, () => {
  let root: string;
  beforeAll(() => {
    root = temporaryFolder('build-');
    for (const part of [...parts, 'tsconfig.json', 'tsconfig.build.json']) {
      cpSync(join(project, part), join(root, part), { recursive: true });
    }
    symlinkSync(join(project, 'node_modules'), join(root, 'node_modules'), 'junction');
  });

  const build = async (...flags: string[]) => {
    const child = spawn(process.execPath, ['scripts/build.js', ...flags], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const [code] = await once(child, 'close');
    expect(code).toBe(0);
  };
  const tsnetstat = (...args: string[]) =>
    spawnSync(process.execPath, ['bin/tsnetstat.js', ...args], { cwd: root, encoding: 'utf8' });
  /** Another file each time that dist/ is made. */
  const edition = () => {
    const { ino, mtimeMs } = statSync(join(root, 'dist/program.js'));
    return `${ino} ${mtimeMs}`;
  };

  test('makes what is missing once, though several ask at the same time', async () => {
    await Promise.all([build('--if-stale'), build('--if-stale')]);
    const made = edition();
    await build('--if-stale');
    expect(edition()).toBe(made);
    expect(tsnetstat('-V').stdout).toMatch(/^tsnetstat \d/);
  });

  test('ships no source maps', () => {
    expect(existsSync(join(root, 'dist/program.js.map'))).toBe(false);
    expect(readFileSync(join(root, 'dist/program.js'), 'utf8')).not.toContain('sourceMappingURL');
  });

  test('for development leaves a stack that names the sources, and does not pass for the package', async () => {
    appendFileSync(
      join(root, 'src/cli.ts'),
      "\nif (process.env.PLANTED) throw new Error('planted');\n",
    );
    await build('--dev');
    expect(tsnetstat('-V').stdout).toMatch(/^tsnetstat \d/);
    const lines = readFileSync(join(root, 'src/cli.ts'), 'utf8').split('\n');
    const line = lines.findIndex((text) => text.includes('PLANTED')) + 1;
    const { stderr } = spawnSync(process.execPath, ['bin/tsnetstat.js', '-V', '--debug'], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, PLANTED: '1' },
    });
    expect(stderr).toContain(`${join('src', 'cli.ts')}:${line}:`);
    expect(existsSync(join(root, 'dist/fingerprint'))).toBe(false);
  });
});
