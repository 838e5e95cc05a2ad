import { closeSync, openSync } from 'node:fs';
import { expect, it } from 'vitest';
import { descriptorRoom } from '../../src/process/descriptor-room.ts';

it.skipIf(process.platform !== 'linux')('shrinks by each descriptor that is opened', ({ skip }) => {
  const before = descriptorRoom();
  if (before === null) return skip('descriptors are not limited here');
  const opened: number[] = [];
  try {
    while (opened.length < 40) opened.push(openSync('/dev/null', 'r'));
    // Other parts of the test runner may open or close a few at the same time.
    expect(descriptorRoom()).toBeLessThan(before - 20);
  } finally {
    for (const fd of opened) closeSync(fd);
  }
});

it.skipIf(process.platform === 'linux')('is not known elsewhere', () => {
  expect(descriptorRoom()).toBeNull();
});
