import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { runningFile } from '../../src/trust/running-file.ts';

const here = realpathSync(join(import.meta.dirname, '../../src/trust/running-file.ts'));
const { prepareStackTrace, stackTraceLimit } = Error;
afterEach(() => {
  Error.prepareStackTrace = prepareStackTrace;
  Error.stackTraceLimit = stackTraceLimit;
});

it('is the file that the engine runs', () => {
  expect(runningFile()).toBe(here);
});

it('does not depend on how a program has stack traces made, and leaves that as it is', () => {
  const foreign = () => 'at file:///build/library.js:1:1';
  Error.prepareStackTrace = foreign;
  Error.stackTraceLimit = 0;
  expect(runningFile()).toBe(here);
  expect(Error.prepareStackTrace).toBe(foreign);
  expect(Error.stackTraceLimit).toBe(0);
});

it('is unknown where the engine does not tell', () => {
  Object.defineProperty(Error, 'prepareStackTrace', { get: () => undefined, configurable: true });
  expect(runningFile()).toBeNull();
  Reflect.deleteProperty(Error, 'prepareStackTrace');
});
