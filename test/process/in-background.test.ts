import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import { expect, test } from 'vitest';
import { isInBackground } from '../../src/process/in-background.ts';

// test/e2e/live.test.ts has a shell and its jobs.
test('nobody is in the background of what is not its terminal', () => {
  const file = openSync(devNull, 'r');
  expect(isInBackground(file)).toBe(false);
  closeSync(file);
  expect(isInBackground(file)).toBe(false);
});
