import { expect, test } from 'vitest';
import { leaving } from '../../../../src/sources/linux/closings/leaving.ts';

test('a descriptor is closed once the thread has received the order that leaves it out', () => {
  const closed: number[] = [];
  const left = leaving((descriptor) => closed.push(descriptor));
  left.ordered();
  left.add(7);
  left.ordered();
  left.add(8);
  left.ordered();
  expect(left.descriptors).toEqual([7, 8]);
  left.heard();
  expect(closed).toEqual([]);
  left.heard();
  expect([closed, left.descriptors]).toEqual([[7], [8]]);
  left.heard();
  expect([closed, left.descriptors]).toEqual([[7, 8], []]);
});

test('without a thread all are closed at once, each once', () => {
  const closed: number[] = [];
  const left = leaving((descriptor) => closed.push(descriptor));
  left.add(7);
  left.ordered();
  left.add(8);
  left.closeAll();
  left.heard();
  expect(closed).toEqual([7, 8]);
});
