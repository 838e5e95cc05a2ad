import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { onAbort } from '../../src/flow/on-abort.ts';

it('has one listener at a signal, for all reactions that still wait', () => {
  const controller = new AbortController();
  const { signal } = controller;
  const listeners = () => getEventListeners(signal, 'abort').length;
  const called: number[] = [];
  const forget = Array.from({ length: 20 }, (_, at) => onAbort(signal, () => called.push(at)));
  expect(listeners()).toBe(1);
  for (const one of forget.slice(2)) one();
  expect(listeners()).toBe(1);
  controller.abort();
  expect(called).toEqual([0, 1]);
  expect(listeners()).toBe(0);
  for (const one of forget) one();
  expect(called).toEqual([0, 1]);
});

it('leaves nothing at a signal that nobody waits for any more', () => {
  const { signal } = new AbortController();
  const first = onAbort(signal, () => {});
  first();
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  const second = onAbort(signal, () => {});
  // Called once more, it does not end what has begun since.
  first();
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  second();
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

it('calls nothing where the signal is aborted already', () => {
  const signal = AbortSignal.abort();
  onAbort(signal, () => expect.unreachable())();
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});
