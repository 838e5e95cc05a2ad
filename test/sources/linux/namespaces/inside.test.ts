import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { isThread } from '../../../../src/sources/linux/files/read-thread.ts';
import {
  type Inside,
  insideOf,
  startInside,
} from '../../../../src/sources/linux/namespaces/inside.ts';
import {
  at,
  type DeskMemory,
  deskIn,
  deskMemory,
  order,
} from '../../../../src/sources/linux/namespaces/requests.ts';

const door = { file: '/run/netns/web', inode: 4026532000 };
const [ioError, tooLong] = [-5, -36];

/** A thread that answers so many requests, each with a number that says what was asked, and then ends. */
function answering(memory: DeskMemory, requests: number): Worker {
  const script = `
    const { workerData: { memory, at, requests, thread } } = require('node:worker_threads');
    const control = new Int32Array(memory.control);
    const text = Buffer.from(memory.text);
    const id = require('node:fs').readlinkSync('/proc/thread-self').split('/').at(-1);
    Atomics.store(control, at.thread, Number(id));
    for (let last = 0; last < requests; ) {
      Atomics.wait(control, at.asked, last);
      last = Atomics.load(control, at.asked);
      const words = text.toString('utf8', 0, control[at.length]).split('\\0');
      control[at.answer] = 100 * control[at.order] + control[at.argument] + words[2].length;
      Atomics.store(control, at.answered, last);
      Atomics.notify(control, at.answered);
    }`;
  return new Worker(script, { eval: true, workerData: { memory, at, requests } });
}

async function withThread(requests: number, use: (inside: Inside) => void): Promise<void> {
  const memory = deskMemory();
  const worker = answering(memory, requests);
  const { control } = deskIn(memory);
  while (Atomics.load(control, at.thread) === 0) await new Promise((go) => setTimeout(go, 5));
  const never = () => new Promise<never>(() => {});
  use(insideOf(deskIn(memory), isThread, never, 20));
  await worker.terminate();
}

describe.skipIf(process.platform !== 'linux')('a thread that is asked to open things', () => {
  it('answers each request by itself', async () => {
    await withThread(4, (inside) => {
      expect(inside.enter(door)).toBe(100 * order.enter);
      expect(inside.openSockDiag(door, 7)).toBe(100 * order.sockDiag + 7);
      expect(inside.openFile(door, 'net/tcp')).toBe(100 * order.file + 'net/tcp'.length);
      expect(inside.isLost).toBe(false);
    });
  });

  it('that died is lost, and nothing waits for it again', async () => {
    await withThread(1, (inside) => {
      expect(inside.enter(door)).toBe(0);
      expect(inside.openSockDiag(door, 7)).toBe(ioError);
      expect(inside.isLost).toBe(true);
      expect(inside.enter(door)).toBe(ioError);
      expect(() => inside.openFile(door, 'net/tcp')).toThrow(
        expect.objectContaining({ code: 'EIO' }),
      );
    });
  });

  it('is asked for no path that its desk has no room for', async () => {
    await withThread(1, (inside) => {
      expect(inside.enter({ ...door, file: '/a'.repeat(5000) })).toBe(tooLong);
      expect(inside.enter(door)).toBe(0);
    });
  });

  it('that returns an error below zero opened nothing', () => {
    const memory = deskMemory();
    const desk = deskIn(memory);
    // It was answered before it was asked.
    desk.control[at.answered] = 1;
    desk.control[at.answer] = -13;
    const inside = insideOf(
      desk,
      () => true,
      () => Promise.resolve({ output: null }),
    );
    expect(() => inside.openFile(door, 'net/tcp')).toThrow(
      expect.objectContaining({ code: 'EACCES' }),
    );
    expect(desk.text.toString('utf8', 0, desk.control[at.length])).toBe(
      '/run/netns/web\x004026532000\0net/tcp',
    );
  });

  it('whose file is missing, as in another bundle, does without', async () => {
    expect(await startInside('no-such-worker')).toBe('thread');
  });
});
