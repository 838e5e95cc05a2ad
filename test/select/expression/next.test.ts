import { describe, expect, it } from 'vitest';
import { asValue } from '../../../src/select/expression/as-value.ts';
import { nextWords } from '../../../src/select/expression/next.ts';
import { fields } from '../../../src/select/fields.ts';
import { stateGroups, stateNames } from '../../../src/select/states.ts';

const conditions = ['state', 'exclude', ...fields, 'not', '('];
const states = [...stateNames, ...stateGroups];
const joints = ['and', 'or'];

describe('what can come next in an expression', () => {
  it.each<[string, string, readonly string[]]>([
    ['at the beginning a condition', '', conditions],
    ['behind not a condition', 'not ', conditions],
    ['behind ! a condition', '! ', conditions],
    ['behind a parenthesis a condition', '( ', conditions],
    ['behind a glued parenthesis a condition', '(', conditions],
    ['behind and a condition', 'sport = 22 and ', conditions],
    ['behind || a condition', 'sport = 22 || ', conditions],
    ['behind state the states', 'state ', states],
    ['behind exclude too', 'state big EXCLUDE ', states],
    [
      'behind leading states whatever holds for them, or joins them',
      'state established ',
      [...conditions, ...joints],
    ],
    [
      'behind later ones further ones, or what joins them',
      'sport = 22 and state listening ',
      ['state', 'exclude', ...joints],
    ],
    ['behind a field that has an order all operators', 'sport ', ['=', '!=', '>', '<', '>=', '<=']],
    ['behind another alias of it too', 'LPORT ', ['=', '!=', '>', '<', '>=', '<=']],
    ['behind a field without order two', 'program ', ['=', '!=']],
    ['behind a condition what joins it', 'sport = 22 ', joints],
    ['behind one without an operator too', 'sport :22 ', joints],
    ['behind one in parentheses also their end', '( sport = 22 ', [...joints, ')']],
    ['behind one in two also', 'not ( sport = 22 or ( pid = 1 ', [...joints, ')']],
    ['behind the end of parentheses no further one', '( sport = 22 ) ', joints],
    ['behind the end of the inner ones the outer one', '( ( sport = 22 ) ', [...joints, ')']],
    ['the values of a closed list', 'proto = ', ['tcp', 'udp', 'udplite', 'sctp', 'raw', 'unix']],
    ['another', 'not family != ', ['inet', 'inet6', 'unix']],
    ['nothing that could be listed', 'rtt > ', []],
    ['nothing where the comparison is none of the field', 'family > ', []],
    ['nothing behind a mistake', 'nonsense = ', []],
    ['nothing behind a parenthesis too many', 'sport = 22 ) ', []],
    ['nothing in open quotes', 'program = "ng', []],
  ])('%s', (_, text, words) => {
    const next = nextWords(text, false);
    expect([...new Set(next.words)].sort()).toEqual([...new Set(words)].sort());
  });

  it.each<[string, readonly string[], number]>([
    ['sport = ', ['lport'], 8],
    ['sport = 4', ['lport'], 8],
    ['sport >= :4', ['lport'], 9],
    ['lport eq ', ['lport'], 9],
    ['dport=', ['rport'], 6],
    ['dport ', [], 6],
    ['dport :4', ['rport'], 6],
    ['not program != ng', ['program'], 15],
    ['program > ', [], 10],
    ['( pid = 1 or peerpid = ', ['peerpid'], 23],
    ['state ', [], 6],
  ])('whose values: %s', (text, valuesOf, at) => {
    expect(nextWords(text, false)).toMatchObject({ valuesOf, at });
  });

  it('has letters for signs that a shell would take for its own', () => {
    expect(nextWords('sport ', true).words).toEqual(['=', '!=', 'gt', 'lt', 'ge', 'le']);
  });

  it('returns all conditions where one begins: the caller chooses among them', () => {
    const { at, words } = nextWords('sport = 22 and ds', false);
    expect([at, words.includes('dst')]).toEqual([15, true]);
  });
});

describe('a value as an expression has it', () => {
  it.each([
    ['nginx', 'nginx'],
    ['nginx: master', '"nginx: master"'],
    ['and', '"and"'],
    ['EQ', '"EQ"'],
    ['a"b', "'a\"b'"],
    ['a=b', '"a=b"'],
    ['a,b', '"a,b"'],
    ['', '""'],
    ['a"b\'c', null],
    // What an expression does not keep as it is.
    ['a\nb', null],
    ['a\x1bb', null],
    ['a\u202eb', null],
    ['a\u00a0b', null],
    ['日本', '日本'],
  ])('%j', (text, written) => {
    expect(asValue(text)).toBe(written);
  });
});
