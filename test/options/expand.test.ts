import { describe, expect, it } from 'vitest';
import { expandLongOptions } from '../../src/options/expand.ts';
import { allFlags } from '../../src/options/flag-table.ts';

const expand = (...argv: string[]) => expandLongOptions(argv, allFlags);

describe('expandLongOptions', () => {
  it.each([
    ['--lis', '--listening'],
    ['--prog', '--programs'],
    ['--numeric-h', '--numeric-hosts'],
    ['--exten', '--extend'],
    ['--e', '--extend'],
    ['--ro', '--route'],
    ['--wid', '--wide'],
    ['--tcpi', '--tcpip'],
    ['--net=web', '--netns=web'],
    ['--netr', '--netrom'],
    ['--prot=inet', '--protocol=inet'],
    ['--proc=/x', '--proc-root=/x'],
    ['--res=1=2', '--resolve-timeout=1=2'],
    ['--numeric', '--numeric'],
    ['--inet', '--inet'],
    ['--udp', '--udp'],
    ['--nothing-like-it', '--nothing-like-it'],
    ['-tulpn', '-tulpn'],
    ['-', '-'],
  ])('%s is %s', (given, expected) => {
    expect(expand(given)).toEqual([expected]);
  });

  it.each(['--num', '--ud', '--tc', '--i'])('%s could be several', (given) => {
    expect(() => expand(given)).toThrow(new RegExp(`^${given} is ambiguous: --.*, --`));
  });

  it('leaves what stands behind -- alone', () => {
    expect(expand('--lis', '--', '--lis')).toEqual(['--listening', '--', '--lis']);
  });
});
