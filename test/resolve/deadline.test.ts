import { expect, it } from 'vitest';
import { deadlineAfter } from '../../src/resolve/deadline.ts';

const timers = () => process.getActiveResourcesInfo().filter((one) => one === 'Timeout').length;

it('is over after its time', async () => {
  await deadlineAfter(1).over;
});

it('is over once it is stopped, and then keeps no process alive', async () => {
  const before = timers();
  const deadline = deadlineAfter(1e9);
  expect(timers()).toBe(before + 1);
  deadline.stop();
  expect(timers()).toBe(before);
  await deadline.over;
});
