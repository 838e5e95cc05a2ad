import { expect, test } from 'vitest';
import { isJsonObject } from '../../src/text/json-object.ts';

test.each([
  ['{}', true],
  ['{"a":[]}', true],
  ['[]', false],
  ['[{}]', false],
  ['null', false],
  ['"{}"', false],
  ['1', false],
])('%s', (json, isObject) => {
  expect(isJsonObject(JSON.parse(json))).toBe(isObject);
});
