import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { because, reasonToSkip } from '../support/requirements.ts';
import { root } from './support/built-bin.ts';

const reason = reasonToSkip({ platforms: ['linux'], root: true });

/** Exits some milliseconds after a thread of the library began: about when that loads koffi's native part. */
const program = `
  import threads from 'node:worker_threads';
  import { syncBuiltinESMExports } from 'node:module';
  const [library, question, milliseconds] = process.argv.slice(1);
  threads.Worker = class extends threads.Worker {
    constructor(...args) {
      super(...args);
      this.on('online', () => {
        const begun = performance.now();
        while (performance.now() - begun < Number(milliseconds));
        process.exit(7);
      });
    }
  };
  syncBuiltinESMExports();
  const { follow, snapshot } = await import(library);
  if (question === 'follow') follow({ interval: 5 }).next();
  else snapshot({ netns: 'all' });
  setTimeout(() => {}, 10_000);`;

describe.skipIf(reason !== null)(`a process that uses the library${because(reason)}`, () => {
  it.each(['follow', 'netns'])('can exit while a thread is starting: %s', (question) => {
    const library = new URL(`file://${join(root, 'dist/library.js')}`).href;
    const statuses = [0, 1, 2, 3, 4, 6, 8, 10, 13, 16].map((milliseconds) => {
      const args = ['--input-type=module', '-e', program, library, question, String(milliseconds)];
      return spawnSync(process.execPath, args, { stdio: 'ignore' }).status;
    });
    expect(new Set(statuses)).toEqual(new Set([7]));
  });

  it('need not wait for a thread that waits for the kernel', () => {
    const waiting = `
      import { createServer } from 'node:net';
      const { follow } = await import(process.argv[1]);
      setInterval(() => createServer().listen(), 100);
      for await (const _ of follow({ interval: 100 })) {
        console.log(Date.now());
        process.exit(7);
      }`;
    const library = new URL(`file://${join(root, 'dist/library.js')}`).href;
    const took = [1, 2, 3, 4, 5].map(() => {
      const args = ['--input-type=module', '-e', waiting, library];
      // Where nothing else closes, which would wake the thread.
      const { status, stdout } = spawnSync('unshare', ['-n', process.execPath, ...args], {
        encoding: 'utf8',
      });
      expect(status).toBe(7);
      return Date.now() - Number(stdout);
    });
    // It would wait for most of a second each time. The machine may be busy.
    expect(Math.min(...took)).toBeLessThan(300);
  });
});
