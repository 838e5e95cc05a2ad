import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { jobControl } from '../../src/process/job-control.ts';

/** A job whose stops are only recorded. */
function job(isBehind = () => false) {
  const log: string[] = [];
  vi.spyOn(process, 'kill').mockImplementation((pid, signal) => {
    log.push(`${signal} to ${pid}`);
    return true;
  });
  const screen = { leave: () => log.push('left'), comeBack: () => log.push('back'), isBehind };
  return { ...jobControl(screen), log };
}

describe.skipIf(process.platform === 'win32')('a job', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
    process.removeAllListeners('SIGTSTP');
  });

  it('leaves the screen, is stopped as a whole, and comes back by itself', () => {
    const { suspend, log } = job();
    suspend();
    expect(log).toEqual(['left', 'SIGTSTP to 0']);
    expect(process.listeners('SIGTSTP')).toEqual([]);
    vi.advanceTimersByTime(100);
    expect(log.slice(2)).toEqual(['back']);
    expect(process.listeners('SIGTSTP')).toEqual([suspend]);
  });

  it('that continues in the background is stopped again, until the terminal is its own', () => {
    let isBehind = true;
    const { goOn, log } = job(() => isBehind);
    goOn();
    expect(log).toEqual([]);
    vi.advanceTimersByTime(50);
    expect(log).toEqual(['left', 'SIGTTOU to 0']);
    isBehind = false;
    goOn();
    vi.advanceTimersByTime(200);
    expect(log.slice(2)).toEqual(['back']);
  });

  it('does not come back after its end', () => {
    const { suspend, end, log } = job();
    suspend();
    end();
    vi.advanceTimersByTime(100);
    expect(log).toEqual(['left', 'SIGTSTP to 0']);
  });
});
