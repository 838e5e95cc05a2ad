import { expect, it } from 'vitest';
import { namesNoDomain } from '../../src/serving/host-header.ts';

it.each([
  [undefined, true],
  ['127.0.0.1', true],
  ['127.0.0.1:9917', true],
  ['192.0.2.7:80', true],
  ['[::1]', true],
  ['[::1]:9917', true],
  ['[fe80::1%eth0]:9917', true],
  ['localhost', true],
  ['LocalHost:9917', true],
  ['localhost.:9917', true],
  ['', false],
  ['evil.example', false],
  ['evil.example:9917', false],
  ['localhost.evil.example', false],
  ['127.0.0.1.evil.example:9917', false],
  ['127.0.0.1@evil.example', false],
  ['[evil.example]:9917', false],
  ['[]', false],
  ['::1', false],
  ['127.0.0.1:9917:x', false],
  ['127.1', false],
  ['0x7f000001', false],
] as const)('%s: %s', (host, isNoDomain) => {
  expect(namesNoDomain(host)).toBe(isNoDomain);
});
