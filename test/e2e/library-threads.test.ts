import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { because, reasonToSkip } from '../support/requirements.ts';
import { root } from './support/built-bin.ts';

const reason = reasonToSkip({ platforms: ['linux'] });

/** Posts the number of answers. Node prints its warnings, also those of threads within. */
const program = `
  const { parentPort, workerData } = require('node:worker_threads');
  (async () => {
    const library = await import(workerData);
    const all = { owners: true, tcpInfo: true, socketInfo: true, peers: true, workloads: true };
    const events = library.follow({ interval: 20 });
    const first = events.next();
    const answers = [await library.snapshot(all), await library.metrics()];
    // Descriptors are handed from thread to thread: several times, to use their numbers again.
    for (let round = 0; round < 5; round++) {
      answers.push(await library.snapshot({ netns: 'all', exposure: true }));
      answers.push(await library.interfaces({ netns: 'all' }));
      answers.push(await library.statistics({ netns: 'all' }));
    }
    await events.return();
    await first;
    parentPort.postMessage(answers.length);
  })();`;

/** Follows until a connection ends, again and again, and prints how much memory was shared with threads. */
const following = `
  const { connect, createServer } = require('node:net');
  const server = createServer((accepted) => accepted.end().resume()).listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    setInterval(() => connect(port, '127.0.0.1').end().resume(), 20);
  });
  let shared = 0;
  globalThis.SharedArrayBuffer = class extends SharedArrayBuffer {
    constructor(length) {
      super(length);
      shared += length;
    }
  };
  import(process.argv[1]).then(async ({ follow }) => {
    for (let times = 0; times < 6; times++) {
      for await (const { event } of follow({ protocols: ['tcp'], interval: 20 })) {
        if (event !== 'warning') break;
      }
    }
    console.log(shared);
    process.exit();
  });`;

it.skipIf(reason !== null)(
  `following again shares the memory of the one before${because(reason)}`,
  () => {
    const library = new URL(`file://${join(root, 'dist/library.js')}`).href;
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ['--input-type=commonjs', '-e', following, library],
      { encoding: 'utf8' },
    );
    expect(stderr).toBe('');
    // A ring has 4 MiB; the thread of the last may not have ended when the next starts.
    expect(Number(stdout)).toBeGreaterThan(0);
    expect(Number(stdout)).toBeLessThan(2.5 * 4 * 1024 * 1024);
  },
);

it.skipIf(reason !== null)(
  `the library leaves no descriptors that Node warns of in a worker thread${because(reason)}`,
  async () => {
    const library = new URL(`file://${join(root, 'dist/library.js')}`).href;
    const worker = new Worker(program, { eval: true, workerData: library, stderr: true });
    const printed = text(worker.stderr);
    expect(await once(worker, 'message')).toEqual([17]);
    await worker.terminate();
    expect(await printed).toBe('');
  },
);
