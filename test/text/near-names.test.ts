import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { didYouMean, nearNames } from '../../src/text/near-names.ts';

const states = ['established', 'fin-wait-1', 'fin-wait-2', 'time-wait', 'close-wait', 'closed'];
const flags = ['--tcp', '--tcp-info', '--port', '--program', '--programs', '--columns'];

describe('nearNames', () => {
  it.each<[string, string, readonly string[], string[]]>([
    ['a letter too few', '--colums', flags, ['--columns']],
    ['a letter too many', '--portt', flags, ['--port']],
    ['another letter', '--pert', flags, ['--port']],
    ['two letters swapped', '--tpc', flags, ['--tcp']],
    ['a letter too few of three', 'tp', flags, ['--tcp']],
    ['a letter too many in four', 'tcpp', flags, ['--tcp']],
    ['another first letter of four', 'xort', flags, ['--port']],
    [
      'two letters swapped, no nearer than another letter',
      'prot',
      ['port', 'prox'],
      ['port', 'prox'],
    ],
    ['two slips', 'estblshed', states, ['established']],
    ['two slips in five letters', 'clozd', ['close'], ['close']],
    ['two letters too many', 'establlisshed', states, ['established']],
    ['the first two letters swapped', 'oprt', ['port'], ['port']],
    ['the name itself before longer ones', '--tcp', flags, ['--tcp']],
    ['the name itself before those that contain it', 'wait', ['time-wait', 'wait'], ['wait']],
    ['a beginning of two letters', 'ti', states, ['time-wait']],
    ['a beginning of several', 'fin', states, ['fin-wait-1', 'fin-wait-2']],
    ['a part of several', 'wait', states, ['fin-wait-1', 'fin-wait-2', 'time-wait', 'close-wait']],
    ['an abbreviation', 'estb', states, ['established']],
    ['another case and other dashes', 'FIN_WAIT_1', states, ['fin-wait-1']],
    ['no dashes', 'tcpinfo', flags, ['--tcp-info']],
    ['blanks between the words', 'time wiat', states, ['time-wait']],
    ['the nearest alone', 'clsed', ['close', 'closed'], ['closed']],
    ['each name once', 'closd', ['closed', 'closed'], ['closed']],
    ['four at most', 'ab', ['ab1', 'ab2', 'ab3', 'ab4', 'ab5'], ['ab1', 'ab2', 'ab3', 'ab4']],
    ['nothing near', 'xyzzy', states, []],
    ['two slips in three letters', 'xyd', ['abd'], []],
    ['two slips in four letters', 'true', ['type'], []],
    ['two letters beside each other, one of them moved', 'pxot', ['port'], []],
    ['two letters beside each other, the other one moved', 'prxt', ['port'], []],
    ['three slips', 'extablixjed', states, []],
    ['three slips, two of them at the beginning', 'tablixhed', states, []],
    ['an abbreviation without the first letter', 'tblsh', states, []],
    ['one letter of a longer name', 'c', states, []],
    ['another first letter of three', 'ksh', ['zsh'], []],
    ['three letters within a name', 'man', ['command'], []],
    ['three letters of a name', 'ssh', ['ssthresh'], []],
    ['nothing typed', '', ['a', 'ab'], []],
    ['dashes alone', '--', ['a', 'ab'], []],
    ['no names', 'abc', [], []],
  ])('%s', (_, name, known, near) => {
    expect(nearNames(name, known)).toEqual(near);
  });

  it('offers known names only, whatever is typed, and each name for itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom(...states), (typed, state) => {
        for (const near of nearNames(typed, states)) expect(states).toContain(near);
        expect(nearNames(state, states)).toEqual([state]);
      }),
    );
  });

  it('compares only the beginning of a text of any length', () => {
    expect(nearNames('x'.repeat(10_000_000), states)).toEqual([]);
  });
});

describe('didYouMean', () => {
  it.each([
    [[], ''],
    [['a'], 'did you mean a?'],
    [['a', 'b'], 'did you mean a or b?'],
    [['a', 'b', 'c'], 'did you mean a, b or c?'],
  ])('%j', (names, question) => {
    expect(didYouMean(names)).toBe(question);
  });
});
