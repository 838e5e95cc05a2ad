import { describe, expect, it } from 'vitest';
import {
  decided,
  mayBeUnix,
  pattern,
  type SocketPattern,
} from '../../../src/model/socket/pattern.ts';
import { listening, port } from '../../support/patterns.ts';

const ssh = port('local', 22);
const web = port('remote', 443);
const tcp: SocketPattern = { kind: 'table', protocol: 'tcp', family: null };
const unix: SocketPattern = { kind: 'table', protocol: 'unix', family: null };

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
    expect(mayBeUnix(of)).toBe(expected);
  });
});
