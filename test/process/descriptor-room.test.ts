import { closeSync, openSync } from 'node:fs';
import { expect, it } from 'vitest';
import { descriptorRoom } from '../../src/process/descriptor-room.ts';

const isLinux = process.platform === 'linux';

it.each(isLinux ? [40] : [])('shrinks by each descriptor that is opened: %d', (count) => {
  const before = descriptorRoom();
  const opened: number[] = [];
  try {
    while (opened.length < count) opened.push(openSync('/dev/null', 'r'));
    // Other parts of the test runner may open or close a few at the same time.
    expect(descriptorRoom()).toBeLessThan(before - 20);
  } finally {
    for (const fd of opened) closeSync(fd);
  }
});

it.each(isLinux ? [] : [process.platform])('is not known on %s', () => {
  expect(descriptorRoom()).toBe(Number.POSITIVE_INFINITY);
});
