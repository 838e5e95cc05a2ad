import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decided,
  mayBeIn,
  pattern,
  type SocketPattern,
} from '../../../src/model/socket/pattern.ts';
import { parsePrefix } from '../../../src/select/address.ts';
import { inet, unixSocket } from '../../support/builders.ts';
import { anyPattern, isMatched, listening, port } from '../../support/patterns.ts';

const ssh = port('local', 22);
const web = port('remote', 443);
const tcp: SocketPattern = { kind: 'table', protocol: 'tcp', family: null };
const unix: SocketPattern = { kind: 'table', protocol: 'unix', family: null };
const ipv4: SocketPattern = { kind: 'table', protocol: null, family: 'inet' };
const inNetwork6: SocketPattern = {
  ...{ kind: 'address', end: 'local' },
  prefix: parsePrefix('2001:db8::/32') as NonNullable<ReturnType<typeof parsePrefix>>,
};
const sockets = [
  inet('10.1.2.3:22', '192.0.2.1:40000', { state: 'ESTABLISHED' }),
  inet('[::1]:443', '[::]:0', { state: 'LISTEN' }),
  inet('[::ffff:10.1.2.3]:22', '[2001:db8::1]:443', { state: 'TIME_WAIT' }),
  inet('0.0.0.0:0', '0.0.0.0:0', { protocol: 'udp' }),
  unixSocket(),
];

describe('patterns', () => {
  it.each<[string, SocketPattern, SocketPattern]>([
    ['all of none', pattern.all([]), true],
    ['any of none', pattern.any([]), false],
    ['all of one', pattern.all([ssh]), ssh],
    ['all of one and true', pattern.all([true, ssh]), ssh],
    ['all of one and false', pattern.all([ssh, false]), false],
    ['any of one and false', pattern.any([false, ssh]), ssh],
    ['any of one and true', pattern.any([ssh, true]), true],
    ['all of two', pattern.all([ssh, true, web]), { kind: 'all', of: [ssh, web] }],
    ['any of two', pattern.any([ssh, web]), { kind: 'any', of: [ssh, web] }],
    ['not true', pattern.not(true), false],
    ['not a port', pattern.not(ssh), { kind: 'not', of: ssh }],
  ])('leave out what changes nothing: %s', (_, made, expected) => {
    expect(made).toEqual(expected);
  });

  it('are decided as far as their parts are', () => {
    const whole = pattern.all([
      pattern.any([pattern.all([tcp, ssh]), pattern.not(tcp)]),
      pattern.not(listening),
    ]);
    const inTcp = (is: boolean) => decided(whole, ({ kind }) => (kind === 'table' ? is : null));
    expect(inTcp(true)).toEqual(pattern.all([ssh, pattern.not(listening)]));
    expect(inTcp(false)).toEqual(pattern.not(listening));
    expect(decided(whole, () => false)).toBe(true);
  });

  it.each<[SocketPattern, boolean]>([
    [true, true],
    [false, false],
    [ssh, false],
    [pattern.not(ssh), true],
    [pattern.any([ssh, unix]), true],
    [pattern.all([ssh, pattern.not(unix)]), false],
    [listening, true],
    [pattern.all([listening, web]), false],
    [{ kind: 'table', protocol: null, family: 'inet6' }, false],
    [{ kind: 'table', protocol: null, family: 'unix' }, true],
  ])('match a UNIX socket only without ports and addresses: %j', (of, expected) => {
    expect(mayBeIn({ protocol: 'unix' }, of)).toBe(expected);
  });

  it.each<[string, Parameters<typeof mayBeIn>[0], SocketPattern, boolean]>([
    ['their own', { protocol: 'tcp', family: 'inet' }, pattern.all([tcp, ssh]), true],
    [
      'none of another protocol',
      { protocol: 'udp', family: 'inet' },
      pattern.all([tcp, ssh]),
      false,
    ],
    ['none of another family', { protocol: 'tcp', family: 'inet6' }, ipv4, false],
    ['those of any family', { protocol: 'tcp' }, ipv4, true],
    ['those of any protocol', { family: 'inet6' }, tcp, true],
    ['none of IPv4 by addresses of IPv6', { family: 'inet' }, inNetwork6, false],
    ['all without a protocol and a family', {}, pattern.all([tcp, ipv4]), true],
  ])('are of tables: %s', (_, table, of, expected) => {
    expect(mayBeIn(table, of)).toBe(expected);
  });

  it('never rule out the table of a socket that matches', () => {
    fc.assert(
      fc.property(anyPattern, fc.constantFrom(...sockets), (of, socket) => {
        fc.pre(isMatched(of, socket));
        const { protocol, family } = socket;
        for (const table of [{ protocol, family }, { protocol }, { family }, {}]) {
          expect(mayBeIn(table, of)).toBe(true);
        }
      }),
    );
  });
});
