import { writeSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { terminalWriter } from '../../src/process/terminal-writer.ts';

vi.mock('node:fs', () => ({ writeSync: vi.fn() }));

/** How many bytes the terminal takes at each write; afterwards it is full. An error: it is lost. */
function room(...answers: readonly (number | string)[]) {
  const left = [...answers];
  const written: string[] = [];
  vi.mocked(writeSync).mockImplementation((_, bytes) => {
    const next = left.shift() ?? 'EAGAIN';
    if (typeof next === 'string') throw Object.assign(new Error(next), { code: next });
    const taken = Buffer.from(bytes as unknown as Uint8Array).subarray(0, next);
    written.push(taken.toString());
    return taken.length;
  });
  return { written, more: (...further: readonly (number | string)[]) => left.push(...further) };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a terminal', () => {
  it('gets what it has no room for once it has', async () => {
    const terminal = room(2);
    const writer = terminalWriter(1, () => {});
    writer.write('abc');
    writer.write('de');
    const drained = vi.fn();
    void writer.drained().then(drained);
    await vi.advanceTimersByTimeAsync(50);
    expect([terminal.written, drained.mock.calls.length]).toEqual([['ab'], 0]);
    terminal.more(1, 2);
    await vi.advanceTimersByTimeAsync(50);
    expect([terminal.written.join(''), drained.mock.calls.length]).toEqual(['abcde', 1]);
  });

  it('does not get what is forgotten', async () => {
    const terminal = room();
    const writer = terminalWriter(1, () => {});
    writer.write('old');
    writer.forget();
    terminal.more(3);
    writer.write('new');
    await vi.advanceTimersByTimeAsync(50);
    expect(terminal.written).toEqual(['new']);
  });

  it('is not waited for after the end', async () => {
    const terminal = room();
    const writer = terminalWriter(1, () => {});
    writer.write('old');
    writer.end();
    terminal.more(3);
    await vi.advanceTimersByTimeAsync(50);
    expect(terminal.written).toEqual([]);
  });

  it('may be lost', () => {
    room('EIO');
    const gone = vi.fn();
    terminalWriter(1, gone).write('abc');
    expect(gone).toHaveBeenCalledTimes(1);
  });
});
