import { describe, expect, it } from 'vitest';
import type { Protocol } from '../../src/model/protocol.ts';
import { parsePorts, portTest } from '../../src/select/ports.ts';
import { isProblem } from '../../src/select/problem.ts';
import { lookups } from './sockets.ts';

function test(text: string, protocols: readonly Protocol[] = ['tcp', 'udp']) {
  const ports = parsePorts(text);
  if (isProblem(ports)) throw new Error(ports.expected);
  const made = portTest(ports, '=', { protocols, lookups });
  if (isProblem(made)) throw new Error(made.expected);
  return made;
}

describe('ports', () => {
  it.each([
    ['3000', 3000, true],
    ['3000', 30001, false],
    ['3000', 300, false],
    [':3000', 3000, true],
    ['0', 0, true],
    ['0x1F90', 8080, true],
    ['8000-8100', 8000, true],
    ['8000-8100', 8100, true],
    ['8000-8100', 7999, false],
    ['65535', 65535, true],
    ['http-alt', 8080, true],
    ['*', 5, true],
  ])('%s and %i: %s', (text, port, expected) => {
    expect(test(text)(port, 'tcp')).toBe(expected);
  });

  it("a name means each protocol's own number", () => {
    const twofold = test('twofold');
    expect([twofold(1000, 'tcp'), twofold(1000, 'udp'), twofold(2000, 'udp')]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('a protocol without the name takes the number that another has for it', () => {
    expect(test('ssh')(22, 'udp')).toBe(true);
    expect(test('ssh', ['udp'])(22, 'udp')).toBe(true);
    expect(test('syslog')(514, 'tcp')).toBe(true);
    expect(test('twofold', ['udp', 'tcp'])(2000, 'sctp')).toBe(true);
  });

  it.each([
    '',
    ':',
    '65536',
    '-1',
    '08',
    '0-08',
    '90-80',
    '80-',
    '1-70000',
    'no such',
    'nosuch',
    '[80]',
  ])('%j is none', (text) => {
    expect(() => test(text)).toThrow(/a port from 0 to 65535, a service's name or a range/);
  });

  it.each([
    ['inet:22', "found 'inet:22'; write family = inet beside the port alone"],
    [':inet:22', "found ':inet:22'; write family = inet beside the port alone"],
    ['tcp:22', "found 'tcp:22'; write proto = tcp beside the port alone"],
    [':inet', "found 'inet'; write family = inet"],
    ['inet6', "found 'inet6'; write family = inet6"],
    ['*:80', "found '*:80'; write 80 alone"],
    ['10.0.0.1:80', "found '10.0.0.1:80'; an address is for src and dst, or --local and --remote"],
    ['unix', "found 'unix'; UNIX sockets have no ports: family = unix chooses them"],
    ['unix:*', "found 'unix:*'; UNIX sockets have no ports: family = unix chooses them"],
    ['unix:22', "found 'unix:22'; UNIX sockets have no ports: inode = 22 chooses one by its inode"],
    [':unix:x', "found ':unix:x'; UNIX sockets have no ports: their names are for src, or --local"],
    [
      'unix:/run/a:1',
      "found 'unix:/run/a:1'; UNIX sockets have no ports: their names are for src, or --local",
    ],
    ['nosuch', "found 'nosuch', which is not in this system's list of services"],
  ])('%s is answered', (text, answer) => {
    expect(() => test(text)).toThrow(
      new RegExp(`range such as 8000-8100, ${answer.replace(/[*.]/g, '\\$&')}$`),
    );
  });
});
