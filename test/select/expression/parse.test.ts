import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NetstatError } from '../../../src/errors.ts';
import { acceptedIn } from '../../../src/select/expression/accepted.ts';
import type { Expression } from '../../../src/select/expression/ast.ts';
import { parse } from '../../../src/select/expression/parse.ts';
import { joinWords } from '../../../src/select/expression/tokenize.ts';
import { fields } from '../../../src/select/fields.ts';
import { lookups } from '../sockets.ts';
import { anyExpression, meaning } from './expressions.ts';
import { printExpression } from './print.ts';

const accepts = acceptedIn({
  protocols: ['tcp', 'udp'],
  lookups: { ...lookups, hostAddresses: () => [] },
});

function failure(text: string): NetstatError {
  try {
    parse(joinWords([text]), { accepts });
  } catch (error) {
    if (error instanceof NetstatError) return error;
    throw error;
  }
  throw new Error(`${text} was read`);
}

describe('parse', () => {
  it.each([
    ['a comparison', 'sport = :80', 'sport = :80'],
    ['no operator is =', 'sport 80', 'sport = 80'],
    [
      'glued',
      '(sport=22||sport=:80)&&!dport>=1024',
      '(sport = 22 or sport = :80) and not dport >= 1024',
    ],
    ['equal', 'sport eq 1 sport == 1 sport = 1', 'sport = 1 and sport = 1 and sport = 1'],
    ['unequal', 'sport ne 1 sport neq 1 sport != 1', 'sport != 1 and sport != 1 and sport != 1'],
    ['more', 'sport gt 1 sport > 1', 'sport > 1 and sport > 1'],
    ['less', 'sport lt 1 sport < 1', 'sport < 1 and sport < 1'],
    ['at least', 'sport ge 1 sport geq 1 sport >= 1', 'sport >= 1 and sport >= 1 and sport >= 1'],
    ['at most', 'sport le 1 sport leq 1 sport <= 1', 'sport <= 1 and sport <= 1 and sport <= 1'],
    ['and', 'pid 1 & pid 2 && pid 3 and pid 4', 'pid = 1 and pid = 2 and pid = 3 and pid = 4'],
    ['or', 'pid 1 | pid 2 || pid 3 or pid 4', 'pid = 1 or pid = 2 or pid = 3 or pid = 4'],
    ['a neighbour that is denied', 'pid 1 ! pid 2', 'pid = 1 and not pid = 2'],
    ['not', '! pid 1 not pid 2 not ! pid 3', 'not pid = 1 and not pid = 2 and not not pid = 3'],
    ['and and or have one rank', 'pid 1 or pid 2 and pid 3', '(pid = 1 or pid = 2) and pid = 3'],
    ['the other way round', 'pid 1 and pid 2 or pid 3', '(pid = 1 and pid = 2) or pid = 3'],
    ['neighbours are and', 'pid 1 or pid 2 pid 3', '(pid = 1 or pid = 2) and pid = 3'],
    ['not holds one condition', 'not pid 1 or pid 2', 'not pid = 1 or pid = 2'],
    ['parentheses', 'pid 1 or (pid 2 and pid 3)', 'pid = 1 or (pid = 2 and pid = 3)'],
    ['useless parentheses', '(((pid 1)))', 'pid = 1'],
    [
      'leading states hold for the rest',
      'state established pid 1 or pid 2',
      'state established and (pid = 1 or pid = 2)',
    ],
    [
      'with an operator they are a condition like another',
      'state established and pid 1 or pid 2',
      '(state established and pid = 1) or pid = 2',
    ],
    ['several states', 'state big exclude listening', 'state big exclude listening'],
    ['states later on', 'pid 1 state established', 'pid = 1 and state established'],
    [
      'states in parentheses',
      '(state listening pid 1 or pid 2)',
      'state listening and (pid = 1 or pid = 2)',
    ],
    ['keywords in any case', 'SPORT EQ 22 AND NOT State LISTEN', 'sport = 22 and not state LISTEN'],
    [
      'quoted',
      `program "Web Content" or program 'a"b'`,
      `program = "Web Content" or program = 'a"b'`,
    ],
    ['a quoted keyword is a value', 'program "and"', 'program = "and"'],
    ['an address', 'src [::1]:22 dst fe80::1%eth0', 'src = [::1]:22 and dst = fe80::1%eth0'],
  ])('%s', (_, text, printed) => {
    expect(printExpression(parse(text))).toBe(printed);
  });

  it.each([
    ['nothing', '', 1, 'found the end'],
    [
      'an unknown word',
      'sport 22 and sprot = 80',
      14,
      "expected a condition, found 'sprot'; did you mean sport?",
    ],
    ['a field of another name', 'port = 80', 1, "found 'port'; did you mean sport or dport?"],
    ['a name of JSON', 'uid = 0', 1, "found 'uid'; did you mean user?"],
    ['a name of JSON in capitals', 'UID = 0', 1, "found 'UID'; did you mean user?"],
    ['a field of JSON', 'bytesSent > 0', 1, "found 'bytesSent'; did you mean sent?"],
    ['a path of JSON', 'local.port = 80', 1, "found 'local.port'; did you mean lport?"],
    ['the column taken', 'taken = x', 1, 'taken is a column, but nothing can be compared with it'],
    ['a name of other tools', 'process = x', 1, 'did you mean program or pid?'],
    ['a blank before a unit', 'rtt > 200 ms', 11, "found 'ms'; write 200ms without a blank"],
    [
      'what ss asks the kernel',
      'autobound',
      1,
      "found 'autobound'; the kernel filters by it, but reports with no",
    ],
    ['a field and its value in one word', 'sport:22', 1, "found 'sport:22'; did you mean sport?"],
    [
      'a word that is near to none',
      'zzzzzzzz',
      1,
      "expected a condition, found 'zzzzzzzz'; a condition begins with a field (src dst",
    ],
    [
      'a sign before a state',
      'state != listening',
      7,
      "found '!='; after state and exclude there is",
    ],
    ['no value', 'sport =', 8, 'expected a port, found the end'],
    ['no value before a parenthesis', '( sport )', 9, "after sport, found ')'"],
    [
      'an operator for a value',
      'program and sport 80',
      9,
      "expected a program's name, found 'and'",
    ],
    ['two operators', 'sport 22 or or sport 80', 13, "found 'or'"],
    [
      'an open parenthesis',
      '( sport = 22',
      13,
      "expected and, or, a condition or ')', found the end",
    ],
    ['an open parenthesis behind a list', 'sport = ( 22 80', 9, "found '('; write sport = 22,80"],
    ['a closing one too many', 'sport = 22 )', 12, "condition or the end, found ')'"],
    ['an operator first', 'and sport 22', 1, "found 'and'"],
    ['a value too many', 'sport 22 80', 10, "found '80'"],
    ['an open quote', 'program "web', 9, 'expected a closing "'],
    ['no state', 'state', 6, "expected a state's name, found the end"],
    ['empty parentheses', '()', 2, "found ')'"],
    ['a negated operator', 'sport ! 22', 7, "found '!'"],
    ['a connective first', 'AND sport = 22', 1, "found 'AND'; 'and' stands between two conditions"],
  ])('%s', (_, text, position, words) => {
    const error = failure(text);
    expect(error.code).toBe('usage');
    const [message, source, caret, ...more] = error.message.split('\n');
    expect(message).toContain(`filter expression, position ${position}: expected `);
    expect(message).toContain(words);
    expect(source).toBe(text);
    expect(caret).toBe(`${' '.repeat(position - 1)}^`);
    expect(more).toEqual([]);
    expect(error).toMatchObject({ path: 'expression', about: 'expression', at: position - 1 });
  });

  it('shows the part around a mistake in a long expression, and whole characters of it', () => {
    const [left, right] = [`path = "${'😀'.repeat(150)}" `, ` and path = "${'😀'.repeat(150)}"`];
    const [, source = '', caret = ''] = failure(`${left}nosuch${right}`).message.split('\n');
    expect(source).toBe(`…${left.slice(-200)}nosuch${right.slice(0, 193)}…`);
    expect(source).not.toMatch(/\p{Cs}/u);
    expect(caret).toBe(`${' '.repeat(201)}^`);
  });

  it('shows the whole of a shorter one', () => {
    const [left, right] = ['pid 1 and '.repeat(20), 'nosuch = 1'.padEnd(200)];
    expect(failure(left + right).message.split('\n')[1]).toBe(left + right);
  });

  it.each<[string, number, string]>([
    ['program contains ssh', 9, "= or != after program, found 'contains'; write program = '*ssh*'"],
    ['program ~ ssh', 9, "found '~'; write program = '*ssh*'"],
    ['program =~ /ssh/', 10, "found '~'; write program = '*ssh*'"],
    ['program LIKE ssh%', 9, "found 'LIKE'; write program = 'ssh*'"],
    ['program startswith ssh', 9, "; write program = 'ssh*'"],
    ['( program endswith d )', 11, "; write program = '*d'"],
    ['path contains /run/x', 6, "; write path = '*run/x*'"],
    ['path matches ^//run/x/*$', 6, "; write path = '*run/x*'"],
    ['program contains "two words"', 9, "; write program = '*two words*'"],
    ['program equals nginx', 9, '; write program = nginx'],
    ['sport ~ 22', 7, "= != > < >= or <= after sport, found '~'; write sport = 22"],
    ['dport is 443', 7, '; write dport = 443'],
    ['dport in 80,443', 7, '; write dport = 80,443'],
    ['pid 1 and dport in 80,443', 17, '; write dport = 80,443'],
    ['dport in (80, 443) and pid 1', 7, '; write dport = 80,443'],
    ['dport in 80 and pid 1', 7, '; write dport = 80'],
    ['dport in 80,443 AND pid 1', 7, '; write dport = 80,443'],
    ['pid in 1,2,3,4,5,6,7,8', 5, '; write pid = 1,2,3,4,5,6,7,8'],
    ['pid in 1,2,3,4,5,6,7,8,9', 5, '; write pid = 1,2,3,4,5,6,7,8,9'],
    ['program is "two words"', 9, '; write program = "two words"'],
    ['program contains "it\'s"', 9, '; write program = "*it\'s*"'],
    ['dst ~ 10', 5, "found '~'"],
    ['user in (root, nobody-of-that-name)', 6, "found 'in'"],
    ['dport between 80 and 90', 7, '; write dport ge 80 and dport le 90'],
    ['dst port 443', 5, '; write dport = 443'],
    ['src port 443', 5, '; write sport = 443'],
    ['dst host x', 5, '; write dst = x'],
    ['src net 10.0.0.0/8', 5, '; write src = 10.0.0.0/8'],
    // What was meant can not be said.
    ['dport between 80', 7, "found 'between'"],
    ['pid port 80', 5, "found 'port'"],
    ['program contains ""', 9, "found 'contains'"],
  ])("answers another language's operator: %s", (text, position, words) => {
    const [message] = failure(text).message.split('\n');
    expect(message).toContain(`filter expression, position ${position}: expected `);
    expect(message?.slice(-words.length)).toBe(words);
  });

  it.each<[string, number, string]>([
    ['sport = 22 or 80', 15, "expected a condition, found '80'; write sport = 22,80"],
    ['sport = 22|80', 12, '; write sport = 22,80'],
    ['sport EQ 22 or 80', 16, '; write sport EQ 22,80'],
    ['sport = 22 or 80 or pid', 15, '; write sport = 22,80'],
    ['program = path or nginx', 19, '; write program = path,nginx'],
    ['program a & b', 13, '; write program = a,b'],
    ['sport 22 or 80 or 443', 13, '; write sport = 22,80,443'],
    ['( program != nginx or sshd ) and pid 1', 23, '; write program != nginx,sshd'],
    ['proto = tcp and udp', 17, '; write proto = tcp,udp'],
    ['sport = 22, 80', 13, '; write sport = 22,80'],
    ['( sport = 22 , 80,443 )', 14, '; write sport = 22,80,443'],
    ['sport = 22 or 80 or pid = 1', 15, '; write sport = 22,80'],
    ['sport = (22 or 80)', 9, '; write sport = 22,80'],
    ['sport = [22, 80]', 14, '; write sport = 22,80'],
    ['sport = {22 80}', 13, '; write sport = 22,80'],
    ['sport = {22 80 443} and dport = 5', 13, '; write sport = 22,80,443'],
    ['sport in {22,80}', 7, '; write sport = 22,80'],
    ['sport in {22 80} and dport = 5', 7, '; write sport = 22,80'],
    ['sport != { 22, 80 }', 12, '; write sport != 22,80'],
    ['sport = { 22 80 }', 11, '; write sport = 22,80'],
    ['sport = [ 22 ]', 11, '; write sport = 22'],
    ['sport != [ 22 80 ] and pid 1', 12, '; write sport != 22,80'],
    ['sport = ( 22 80 )', 9, '; write sport = 22,80'],
    ['sport = {22 or 80}', 16, '; write sport = 22,80'],
    ['sport { :22 }', 9, '; write sport = :22'],
    ['sport (22 80)', 7, '; write sport = 22,80'],
    ['sport(22,80) and pid 1', 6, '; write sport = 22,80'],
    ['sport (22 or 80)', 7, '; write sport = 22,80'],
    ['sport (22)', 7, '; write sport = 22'],
    ['sport != ( 22 )', 10, '; write sport != 22'],
    ['program (nginx sshd)', 9, '; write program = nginx,sshd'],
    ['state (LISTEN ESTABLISHED)', 7, '; write state LISTEN,ESTABLISHED'],
    ['state (LISTEN)', 7, '; write state LISTEN'],
    ['port (22, 80)', 1, "found 'port'; write (sport = 22,80 or dport = 22,80)"],
    ['pid 1 and port in {22 80}', 11, '; write (sport = 22,80 or dport = 22,80)'],
    ['protos (22 80)', 1, "found 'protos'; did you mean proto?"],
    ['protos (TCP udp6)', 1, '; write proto = TCP,udp6'],
    ['port == ( 22 80 )', 1, '; write (sport = 22,80 or dport = 22,80)'],
    ['stat (listen bound)', 1, '; write state listen,bound'],
    ['state { established listen }', 9, '; write state established,listen'],
    ['exclude {listen bound}', 17, '; write exclude listen,bound'],
    ['state listen or bound', 17, '; write state listen,bound'],
    ['{ 22 80 }', 1, '; write a field before several values: sport = 22,80'],
    ['{ 7 9 }', 1, '; write a field before several values: sport = 7,9'],
    ['{ 22 nginx }', 1, '; write a field before several values: program = 22,nginx'],
    ['{ 2001:DB8::1 ::1 }', 1, '; write a field before several values: dst = 2001:DB8::1,::1'],
    ['pid 1 and {22,80}', 11, '; write a field before several values: sport = 22,80'],
    ['[ 10.0.0.1, ::1 ]', 1, '; write a field before several values: dst = 10.0.0.1,::1'],
    ['{ nginx sshd }', 1, '; write a field before several values: program = nginx,sshd'],
    ['{ cafe face }', 1, '; write a field before several values: program = cafe,face'],
    ['{ 99999 }', 1, '; write a field before several values: program = 99999'],
    ['pid 1 and [::1]', 11, '; write a field before several values: dst = ::1'],
    ['{ tcp udp }', 1, '; write a field before several values: proto = tcp,udp'],
    ['{ established listen }', 1, '; write state established,listen'],
    ['{ sport = 22 or sport = 80 }', 1, '; conditions are grouped by parentheses'],
    ['[ sport = 22 ]', 1, '; conditions are grouped by parentheses'],
    ['{state listen}', 1, '; conditions are grouped by parentheses'],
    ['state = established,listen', 7, 'no operator; write state established,listen'],
    ['state = listen or bound', 7, '; write state listen,bound'],
    ['state != listen', 7, '; write exclude listen'],
    ['exclude = listen and pid 1', 9, '; write exclude listen'],
    ['exclude != listen', 9, '; write state listen'],
    ['program = (sd-pam)', 11, '; put the value in quotes: program = "(sd-pam)"'],
    ['( program = (sd-pam))', 13, '; put the value in quotes: program = "(sd-pam)"'],
    ['program = (a) b', 11, '; put the value in quotes: program = "(a)"'],
    ['program = (a)"b"', 11, '; put the value in quotes: program = "(a)"'],
    ['command = *--port=80*', 18, '; put the value in quotes: command = "*--port=80*"'],
    ['(path = /tmp/a=b)', 15, '; put the value in quotes: path = "/tmp/a=b"'],
    ['program a&b', 11, '; put the value in quotes: program = "a&b"'],
    ['program != a&&b', 15, '; put the value in quotes: program != "a&&b"'],
  ])('says how values are written: %s', (text, position, words) => {
    const [message] = failure(text).message.split('\n');
    expect(message).toContain(`filter expression, position ${position}: expected `);
    expect(message?.slice(-words.length)).toBe(words);
  });

  it.each([
    // In the middle a clause about states is refused.
    ['pid 1 and { listen }', 11],
    ['{}', 1],
    ['{', 1],
  ])('says how a condition begins where values are of no field: %s', (text, position) => {
    const [message] = failure(text).message.split('\n');
    expect(message).toContain(`filter expression, position ${position}: expected a condition`);
    expect(message).toContain('; a condition begins with a field');
  });

  it('knows of what field values are though it shows not all of them', () => {
    const ports = Array.from({ length: 200 }, (_, at) => 1000 + at);
    expect(failure(`{ ${ports.join(' ')} }`).summary).toMatch(/: sport = (?:\d{4},)+\d*…$/);
  });

  it('does not take a comma alone for a second value', () => {
    expect(failure('sport = 22 , dst 10.0.0.5').message).not.toContain('write');
  });

  it.each([
    'rtt > 1 or 2',
    'sport = 22 or prot = tcp',
    'sport = = 22',
    'sport (22 and dst 10.0.0.5)',
    'sport (',
    'sport (dport 22)',
    'port (dport 22)',
    'port != (22 80)',
    'nosuch (22 80)',
    // What would be proposed is refused in its turn.
    'address (80, 90)',
    'pids (nginx, php)',
    'sport = nginx or sshd',
    'state = nosuch',
    'sport 22 ms',
    'sport = {22 80',
    'state > listen',
    'state =',
    'state = "listen"',
    'state = and',
    'program = (nginx',
    'program = ()',
    'program = =x',
    'program = sd pam',
    'sport = { }',
    '"{22,80}"',
    '[22,80',
    'pid 1 or or',
  ])('nothing of the kind of %s', (text) => {
    expect(failure(text).message).not.toMatch(/; (?:write|put)/);
  });

  it.each(['program contains and sport 22', 'program in sport 22', 'program between', 'dst port'])(
    'a word of another language is a value where none follows: %s',
    (text) => {
      expect(() => parse(joinWords([text]))).not.toThrow();
    },
  );

  it('points under wide characters, and keeps the message on one line', () => {
    const [message, source, caret] = failure('program 日本 nosuch\u001b[31m\n1').message.split(
      '\n',
    );
    expect(message).toContain('position 12: ');
    expect(source).toBe('program 日本 nosuch\ufffd[31m 1');
    expect(caret).toBe(`${' '.repeat(13)}^`);
  });

  it.each([
    ['parentheses', '('.repeat(100_000)],
    ['not', 'not '.repeat(100_000)],
    ['the right side of an or', 'pid 1 or ('.repeat(100_000)],
    ['states', '( state big '.repeat(100_000)],
    ['alternation', `pid 1${' or pid 1 and pid 1'.repeat(50_000)}`],
  ])('refuses what is nested too deeply: %s', (_, text) => {
    expect(failure(text).message).toContain('at most 200 levels');
  });

  it('reads a long list', () => {
    const text = Array.from({ length: 20_000 }, (_, index) => `pid ${index}`).join(' or ');
    expect(parse(text)).toMatchObject({ kind: 'or', operands: { length: 20_000 } });
  });

  it('answers any text with an expression or a NetstatError', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ...fields,
        'state',
        'exclude',
        'and',
        'or',
        'not',
        '!',
        '(',
        ')',
        '||',
        '&',
        '=',
      ),
      fc.constantFrom(' ', '"', "'", '>=', ':80', '[::1]', '10.0.0.0/8', 'established', '80', 'gt'),
      fc.string({ unit: 'binary', maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.boolean(), (pieces, spaced) => {
        const source = joinWords(spaced ? pieces : [pieces.join('')]);
        try {
          parse(source);
        } catch (error) {
          expect(error).toBeInstanceOf(NetstatError);
          const lines = (error as NetstatError).message.split('\n');
          expect(lines).toHaveLength(3);
          expect(lines[1]).toBe(source);
          expect(lines[2]).toMatch(/^ *\^$/);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('reads what it prints', () => {
    fc.assert(
      fc.property(anyExpression, (expression) => {
        const text = printExpression(expression);
        const read: Expression = parse(text);
        expect(meaning(read)).toEqual(meaning(expression));
        expect(printExpression(read)).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });
});
