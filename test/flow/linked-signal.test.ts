import { describe, expect, it } from 'vitest';
import { eitherSignal } from '../../src/flow/linked-signal.ts';

describe('the first of two signals', () => {
  it.each(['one', 'other'] as const)('ends it with its reason: %s', (which) => {
    const ends = { one: new AbortController(), other: new AbortController() };
    const signal = eitherSignal(ends.one.signal, ends.other.signal);
    expect(signal.aborted).toBe(false);
    ends[which].abort('enough');
    expect([signal.aborted, signal.reason]).toEqual([true, 'enough']);
  });

  it.each(['one', 'other'] as const)('may have ended before: %s', (which) => {
    const ends = { one: new AbortController(), other: new AbortController() };
    ends[which].abort('enough');
    const signal = eitherSignal(ends.one.signal, ends.other.signal);
    expect([signal.aborted, signal.reason]).toEqual([true, 'enough']);
  });

  it('is the only one if there is no other, or if both are the same', () => {
    const { signal } = new AbortController();
    expect(eitherSignal(signal, undefined)).toBe(signal);
    expect(eitherSignal(signal, signal)).toBe(signal);
  });
});
