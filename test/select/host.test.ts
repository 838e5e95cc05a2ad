import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EndFilter, hostPattern, hostTest, parseHost } from '../../src/select/host.ts';
import { isProblem } from '../../src/select/problem.ts';
import { inet } from '../support/builders.ts';
import { isMatched } from '../support/patterns.ts';
import { lookups } from './sockets.ts';

function fits(filter: string, local: string, changes: object = {}): boolean {
  const host = parseHost(filter);
  if (isProblem(host)) throw new Error(host.expected);
  const test = hostTest(host, { protocols: ['tcp'], lookups });
  if (isProblem(test)) throw new Error(test.expected);
  const socket = inet(local, '192.0.2.9:9');
  return test(socket, { ...socket.local, ...changes });
}

describe('hosts', () => {
  it.each([
    ['10.1.2.3', '10.1.2.3:80', true],
    ['10.1.2.3', '[::ffff:10.1.2.3]:80', true],
    ['10.1.2.3', '10.1.2.30:80', false],
    ['10.1.2.3:80', '10.1.2.3:80', true],
    ['10.1.2.3:80', '10.1.2.3:8080', false],
    ['10.1.2.3:80', '10.1.2.3:8', false],
    ['10.1.2.3:http', '10.1.2.3:80', true],
    ['10.1.2.3:8000-8100', '10.1.2.3:8080', true],
    ['10.1.2.3:8000-8100', '10.1.2.3:8101', false],
    ['10.1.2.3:http-alt', '10.1.2.3:8080', true],
    ['10.1.2.3:*', '10.1.2.3:5', true],
    ['10.0.0.0/8:443', '10.9.9.9:443', true],
    ['10.0.0.0/8:443', '10.9.9.9:444', false],
    ['*:22', '[::1]:22', true],
    [':22', '10.1.2.3:22', true],
    ['*', '10.1.2.3:22', true],
    ['*:*', '10.1.2.3:22', true],
    ['any', '[::1]:22', true],
    ['default', '10.1.2.3:22', true],
    ['all:22', '[::1]:22', true],
    ['inet:any', '[::1]:22', false],
    ['::1', '[::1]:80', true],
    ['::', '[::]:80', true],
    ['::', '0.0.0.0:80', false],
    ['2001:db8::1', '[2001:db8::1]:80', true],
    ['2001:DB8:0:0:0:0:0:1', '[2001:db8::1]:80', true],
    ['2001:db8::/32', '[2001:db8::1]:80', true],
    ['2001:db8::/32:80', '[2001:db8::1]:80', true],
    ['2001:db8::1:http', '[2001:db8::1]:80', true],
    ['2001:db8::a:bc', '[2001:db8::a:bc]:80', true],
    ['::ffff:10.1.2.3', '[::ffff:10.1.2.3]:80', true],
    ['[::1]', '[::1]:80', true],
    ['[::1]:80', '[::1]:80', true],
    ['[::1]:80', '[::1]:81', false],
    ['[2001:db8::]/32', '[2001:db8::1]:80', true],
    ['[2001:db8::]/32:80', '[2001:db8::1]:80', true],
    ['[2001:db8::/32]:80', '[2001:db8::1]:80', true],
    ['[10.1.2.3]:80', '10.1.2.3:80', true],
    ['inet:10.1.2.3', '10.1.2.3:80', true],
    ['inet:10.1.2.3', '[::ffff:10.1.2.3]:80', false],
    ['inet6:*', '[::1]:80', true],
    ['inet6:', '[::1]:80', true],
    ['inet6:', '10.1.2.3:80', false],
    ['inet:', '10.1.2.3:80', true],
    ['inet6:*', '10.1.2.3:80', false],
    ['inet::80', '10.1.2.3:80', true],
  ])('%s and %s: %s', (filter, local, expected) => {
    expect(fits(filter, local)).toBe(expected);
  });

  it('a zone has to be the same if the platform reports one', () => {
    expect(fits('fe80::1%eth0', '[fe80::1]:80')).toBe(true);
    expect(fits('fe80::1%eth0', '[fe80::1]:80', { zone: 'eth0' })).toBe(true);
    expect(fits('[fe80::1%eth0]:80', '[fe80::1]:80', { zone: 'eth1' })).toBe(false);
    expect(fits('fe80::1', '[fe80::1]:80', { zone: 'eth1' })).toBe(true);
  });

  it.each([
    ['127.0.0.1%lo', true],
    ['fe80::1%1', true],
    ['127.0.0.1%nosuch', false],
    ['[fe80::1%nosuch]:80', false],
    ['fe80::1%9', false],
    ['fe80::%nosuch/10', false],
    ['fe80::1', true],
  ])('the zone of %s is one of the interfaces: %s', (filter, exists) => {
    const host = parseHost(filter);
    if (isProblem(host)) throw new Error(host.expected);
    const test = hostTest(host, {
      protocols: ['tcp'],
      lookups: { ...lookups, interfaces: new Set(['lo', '1']) },
    });
    expect(isProblem(test)).toBe(!exists);
    for (const interfaces of [null, undefined]) {
      expect(
        isProblem(
          hostTest(host, {
            protocols: ['tcp'],
            lookups: { ...lookups, ...(interfaces === null && { interfaces }) },
          }),
        ),
      ).toBe(false);
    }
  });

  it('an address that was cut is not taken for the whole', () => {
    expect(fits('2001:db8::1', '[2001:db8::1]:80', { cut: true })).toBe(false);
    expect(fits('*:80', '[2001:db8::1]:80', { cut: true })).toBe(true);
  });

  it.each([
    '',
    '10.1.2',
    '10.1.2.3.4',
    '10.1.2.3:',
    '10.1.2.3:99999',
    '10.1.2.3/40',
    '[::1',
    '[::1]80',
    '[]',
    '[*]:80',
    '::1:80',
    '2001:db8::1:443',
    'fe80::1%',
  ])('%j is none', (text) => {
    expect(isProblem(parseHost(text))).toBe(true);
  });

  it('answers any text', () => {
    const piece = fc.constantFrom(...'0123456789abcdef:.[]/%*- ', 'inet:', 'inet6:', '10.0.0.1');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        expect(parseHost(pieces.join(''))).toBeTypeOf('object');
      }),
      { numRuns: 2000 },
    );
  });
});

it.each([
  ['10.9.0.*', '; for a network type 10.9.0.0/24'],
  ['10.9.*', '; for a network type 10.9.0.0/16'],
  ['10.*.*.*', '; for a network type 10.0.0.0/8'],
  ['10.9.*.1', ''],
  ['10.9.0.1.*', ''],
  ['255.9.*', '; for a network type 255.9.0.0/16'],
  ['256.9.*', ''],
  ['x10.9.*', ''],
  ['10.9.0.*.*', ''],
  ['a.b.*', ''],
  ['0', '; type 0.0.0.0 in full, or * for any address'],
  ['inet:0:22', '; type 0.0.0.0:22 in full, or *:22 for any address'],
  ['10', '; for a port type :10, for a network type 10.0.0.0/8'],
  ['10.9', '; for a network type 10.9.0.0/16'],
  ['10:22', '; for a network type 10.0.0.0/8:22'],
  ['8080', '; for a port type :8080'],
  ['192.168:22', '; for a network type 192.168.0.0/16:22'],
  ['70000', ''],
  ['1.2.3.4.5', ''],
])('%s is no address, and its answer names what is meant', (text, hint) => {
  const { expected } = parseHost(text) as { expected: string };
  expect(expected).toBe(`ADDRESS[/LENGTH][:PORT] or the name of a host, found '${text}'${hint}`);
});

it.each(['0.0.0.0:22', '*:22', ':10', '10.0.0.0/8', '192.168.0.0/16:22'])(
  '%s can be typed',
  (text) => {
    expect(parseHost(text)).not.toHaveProperty('expected');
  },
);

describe('the name of a host', () => {
  const asked: string[] = [];
  const named = {
    ...lookups,
    hostAddresses(name: string) {
      asked.push(name);
      return name === 'gone.example'
        ? { expected: 'a name' }
        : ['10.1.2.3', '2001:db8::1', 'no address'];
    },
  };
  const test = (filter: string) => {
    const host = parseHost(filter);
    return isProblem(host) ? host : hostTest(host, { protocols: ['tcp'], lookups: named });
  };

  it.each([
    ['db1.example', '10.1.2.3:80', true],
    ['db1.example', '[::ffff:10.1.2.3]:80', true],
    ['db1.example', '[2001:db8::1]:80', true],
    ['db1.example', '10.1.2.4:80', false],
    ['db1:http', '10.1.2.3:80', true],
    ['db1:http', '10.1.2.3:81', false],
    ['inet:db1', '10.1.2.3:81', true],
    ['xinet:http', '10.1.2.4:80', false],
    ['inet6:db1', '10.1.2.3:81', false],
    ['_x.db-1.example.', '10.1.2.3:81', true],
  ])('%s means all its addresses: %s', (filter, local, expected) => {
    const fits = test(filter);
    if (isProblem(fits)) throw new Error(fits.expected);
    const socket = inet(local, '192.0.2.9:9');
    expect(fits(socket, socket.local)).toBe(expected);
    const host = parseHost(filter);
    if (isProblem(host)) throw new Error(host.expected);
    const made = hostPattern(host, 'local', { protocols: ['tcp'], lookups: named });
    expect(made !== null && isMatched(made, socket)).toBe(expected);
  });

  it('is a problem if it has none, or if names are not looked up', () => {
    expect(test('gone.example')).toEqual({ expected: 'a name' });
    expect(hostTest(parseHost('db1') as EndFilter, { protocols: ['tcp'], lookups })).toEqual({
      expected: expect.stringContaining('names of hosts are not looked up here'),
    });
  });

  it.each([
    '10.1.2.300',
    '10.1',
    '1.2.3.4.5',
    'a..b',
    '-a',
    'db1/24',
    'db1%eth0',
    'a b',
    'é.example',
    `${'a'.repeat(64)}.b`,
  ])('is not %s', (text) => {
    asked.length = 0;
    expect(isProblem(test(text))).toBe(true);
    expect(asked).toEqual([]);
  });
});
