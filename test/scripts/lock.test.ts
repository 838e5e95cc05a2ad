import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { script } from './script.ts';

interface Exports {
  withLock<T>(file: string, work: () => Promise<T> | T): Promise<T>;
}

const { withLock } = await script<Exports>('lock.js');
const folder = temporaryFolder('lock-');
const file = join(folder, 'new/lock');

test('a lock is held while the work lasts, and gives what the work gives', async () => {
  const held = await withLock(file, () => readFileSync(file, 'utf8'));
  expect([held, existsSync(file)]).toEqual([String(process.pid), false]);
});

test('a lock is let go where the work fails', async () => {
  const failing = withLock(file, () => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
  expect(existsSync(file)).toBe(false);
});

test('a lock that its holder left behind is taken over', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  writeFileSync(file, String(pid));
  expect(await withLock(file, () => 'done')).toBe('done');
});

test('processes that want it take turns', async () => {
  const log = join(folder, 'log');
  const module = JSON.stringify(new URL('../../scripts/lock.js', import.meta.url));
  const code = `
    import { appendFileSync } from 'node:fs';
    const { withLock } = await import(${module});
    await withLock(${JSON.stringify(file)}, async () => {
      appendFileSync(${JSON.stringify(log)}, 'in ');
      await new Promise((resolve) => setTimeout(resolve, 20));
      appendFileSync(${JSON.stringify(log)}, 'out ');
    });`;
  const children = [1, 2, 3].map(() =>
    spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'inherit' }),
  );
  await Promise.all(children.map((child) => once(child, 'close')));
  expect(readFileSync(log, 'utf8')).toBe('in out '.repeat(3));
});
