import { afterEach, describe, expect, it, vi } from 'vitest';
import { machineTime, steadyNow } from '../../src/flow/steady-clock.ts';

afterEach(() => vi.useRealTimers());

describe('the steady clock', () => {
  it('does not go by that of the machine', () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000 });
    const before = steadyNow();
    vi.setSystemTime(9_000_000);
    expect(steadyNow() - before).toBeLessThan(100_000);
  });
});

describe('its moments as times', () => {
  it('are the same time again, whatever passes meanwhile', () => {
    const timeOf = machineTime();
    const moment = steadyNow();
    const text = timeOf(moment);
    while (steadyNow() - moment < 3);
    expect(timeOf(moment)).toBe(text);
    expect(Math.abs(Date.parse(text) - Date.now())).toBeLessThan(60_000);
  });

  it.each([3_600_000, -3_600_000])('go by a clock that was set by %d milliseconds', (jump) => {
    let set = 0;
    const timeOf = machineTime(() => Date.now() + set);
    const moment = steadyNow();
    const before = Date.parse(timeOf(moment));
    set = jump;
    expect(Math.abs(Date.parse(timeOf(moment)) - before - jump)).toBeLessThan(1000);
  });
});
