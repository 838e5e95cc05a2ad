import { describe, expect, it } from 'vitest';
import { expandLongOptions } from '../../src/options/expand.ts';
import { allFlags } from '../../src/options/flag-table.ts';
import { type Flag, spellings } from '../../src/options/flags.ts';

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
    ['--m', '--masquerade'],
    ['--metrics-t', '--metrics-top'],
    ['--prot=inet', '--protocol=inet'],
    // Only one of those that take a value begins so.
    ['--pro=inet', '--protocol=inet'],
    ['--in=5', '--interval=5'],
    ['--lis=1', '--listening=1'],
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

  it.each(['--num', '--ud', '--tc', '--i', '--pro', '--in'])('%s could be several', (given) => {
    expect(() => expand(given)).toThrow(new RegExp(`^${given} is ambiguous: --.*, --`));
  });

  /** net-tools' names, with their flag. */
  const netTools = allFlags.flatMap((flag) =>
    flag.own
      ? []
      : spellings(flag)
          .filter((name) => name.startsWith('--'))
          .map((name) => [name, flag] as const),
  );
  const shortened = netTools.flatMap(([name]) =>
    Array.from({ length: name.length - 3 }, (_, i) => name.slice(0, i + 3)),
  );

  it.each([...new Set(shortened)])(
    '%s is what it is in net-tools, if that is one flag',
    (given) => {
      const meant = new Set(
        netTools.filter(([name]) => name.startsWith(given)).map(([, flag]) => flag),
      );
      const [flag] = meant;
      if (flag === undefined || meant.size > 1 || allFlags.flatMap(spellings).includes(given))
        return;
      const own = allFlags.filter(
        (one) => one.own && spellings(one).some((name) => name.startsWith(given)),
      );
      // What is refused gives way to what this program has.
      const expected = flag.refusal !== undefined && own.length === 1 ? own[0] : flag;
      expect(spellings(expected as Flag)).toContain(expand(given)[0]);
    },
  );

  it('leaves what stands behind -- alone', () => {
    expect(expand('--lis', '--', '--lis')).toEqual(['--listening', '--', '--lis']);
  });
});
