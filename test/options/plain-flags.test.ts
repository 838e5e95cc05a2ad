import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allFlags } from '../../src/options/flag-table.ts';
import { spellings } from '../../src/options/flags.ts';
import type { FlagName, GivenFlags } from '../../src/options/given-flags.ts';
import { parseFlags } from '../../src/options/parse-flags.ts';
import { ownWords, plainFlags } from '../../src/options/plain-flags.ts';

const flags = allFlags;
const names = flags.map(({ long, short }) => (long ?? short) as FlagName);
const comparable = (given: GivenFlags | null) =>
  given && [names.map((name) => [name, given.count(name), given.values(name)]), given.words];

const plain = flags.filter(({ value }) => value === undefined).flatMap(spellings);
const letters = plain.filter((name) => !name.startsWith('--')).map((name) => name.slice(1));
const bundle = fc
  .array(fc.constantFrom(...letters), { minLength: 1, maxLength: 6 })
  .map((some) => `-${some.join('')}`);
const long = fc.constantFrom(...plain.filter((name) => name.startsWith('--')));
const platform = fc.constantFrom('linux', 'darwin', 'win32', 'freebsd');

describe('flags that take no value', () => {
  it('are read as commander reads them', () => {
    const lines = fc.array(fc.oneof(bundle, bundle, long), { maxLength: 5 });
    fc.assert(
      fc.property(lines, platform, (words, system) => {
        expect(comparable(plainFlags(ownWords(words, system)))).toEqual(
          comparable(parseFlags(words, system)),
        );
      }),
    );
  });

  it.each([['-tulpn'], ['-tulpn --wide'], ['-t -t -4'], ['--numeric --listen'], ['']])(
    'are all that there is: tsnetstat %s',
    (line) => {
      expect(plainFlags(ownWords(line.split(' ').filter(Boolean), 'linux'))).not.toBeNull();
    },
  );

  it.each([
    ['-A inet'],
    ['-tA'],
    ['-c 1'],
    ['-A'],
    ['--port 22'],
    ['--format=json'],
    ['-t dport = :22'],
    ['-t --'],
    ['-'],
    ['-t\u00e9'],
    ['-tulpm'],
    ['--nope'],
    ['--wide=yes'],
  ])('are not all that there is: tsnetstat %s', (line) => {
    expect(plainFlags(ownWords(line.split(' '), 'linux'))).toBeNull();
  });
});
