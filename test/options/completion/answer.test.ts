import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answerText, quotingOf } from '../../../src/options/completion/answer.ts';
import { readShellLine } from '../../../src/options/completion/shell-line.ts';
import type { Shell } from '../../../src/options/completion/shells.ts';
import { sanitize } from '../../../src/text/sanitize.ts';
import { reasonToSkip } from '../../support/requirements.ts';

/** The lines that a shell gets if the last word of `line` may become one of `texts`. */
function linesFor(
  shell: Shell,
  line: string,
  texts: readonly string[],
  typed: string | null = null,
) {
  const { current } = readShellLine(line, quotingOf(shell));
  const offers = texts.map((text) => ({ text, more: 'what it is' }));
  return answerText(shell, offers, { current, typed, valueAt: 0, at: 0 }).split('\n').slice(0, -1);
}

describe('gives bash what to insert', () => {
  test.each<[string, string, string | null, readonly string[]]>([
    ['with blanks quoted', 't ngi', 'ngi', ['nginx:\\ master']],
    ['in double quotes as it is', 't "ngi', '"ngi', ['nginx: master']],
    ['in single quotes too', "t 'ngi", "'ngi", ['nginx: master']],
    ['without what bash leaves', 't nginx:', '', ['\\ master']],
    ['in place of another quoting of the same', 't n"gi"n', 'n"gi"n', ['nginx:\\ master']],
    ['nothing where the quotes that are open began later', 't n"gi', 'n"gi', []],
    ['with what was quoted by hand', 't ng\\i', 'ng\\i', ['nginx:\\ master']],
    ['nothing where it does not fit', 't x', 'x', []],
  ])('%s', (_, line, typed, replies) => {
    expect(linesFor('bash', line, ['nginx: master'], typed)).toEqual(replies);
  });

  test.each<[string, string, readonly string[]]>([
    [
      '$(x)`y`;&|<>*?[]{}~#!"\'\\',
      '',
      ['\\$\\(x\\)\\`y\\`\\;\\&\\|\\<\\>\\*\\?\\[\\]\\{\\}\\~\\#\\!\\"\\\'\\\\'],
    ],
    ['$(x)`"\\', '"', ['\\$(x)\\`\\"\\\\']],
    ['a!b', '"', []],
    ["it's", "'", []],
    ['$(x)!', "'", ['$(x)!']],
    ['naïve', '', ['naïve']],
  ])('%s in quotes: %s', (text, quote, replies) => {
    expect(linesFor('bash', `t ${quote}`, [text], quote)).toEqual(replies);
  });
});

/** Texts that may be offered, of characters that shells have a use for. */
const anyName = fc
  .string({
    unit: fc.constantFrom(...'$`"\'\\!#&|;<>(){}[]*?~=:,.-+@%^/ aé\u2019'),
    minLength: 1,
    maxLength: 12,
  })
  .filter((text) => sanitize(text) === text);

test.each(['bash', 'powershell'] as const)('%s reads any offer as what it is', (shell) => {
  fc.assert(
    fc.property(anyName, fc.constantFrom('', '"', "'"), (text, quote) => {
      for (const reply of linesFor(shell, `t ${quote}`, [text], quote)) {
        const [put = ''] = shell === 'bash' ? [reply] : reply.split('\t');
        const { before } = readShellLine(`t ${quote}${put}${quote} `, quotingOf(shell));
        expect(before).toEqual(['t', text]);
      }
    }),
  );
});

const bashReason = reasonToSkip({ platforms: ['linux', 'darwin'], programs: ['bash'] });

test.skipIf(bashReason !== null)('a real bash reads any offer as what it is', () => {
  const names = fc.sample(anyName, 500);
  const words = names.flatMap((text) =>
    ['', '"', "'"].flatMap((quote) =>
      linesFor('bash', `t ${quote}`, [text], quote).map((put) => ({
        text,
        word: quote + put + quote,
      })),
    ),
  );
  expect(words.length).toBeGreaterThan(500);
  const script = words.map(({ word }) => `printf '%s\\n' ${word}`).join('\n');
  const read = execFileSync('bash', ['--norc', '-s'], { input: script, cwd: '/' }).toString();
  expect(read.split('\n').slice(0, -1)).toEqual(words.map(({ text }) => text));
});

describe('gives PowerShell what to insert, to show and to explain', () => {
  test.each<[string, string]>([
    ['4430', '4430'],
    ['--port', '--port'],
    ['nginx: master', "'nginx: master'"],
    ["it's", "'it''s'"],
    ['it\u2019s', "'it\u2019\u2019s'"],
    ['$(x)', "'$(x)'"],
    ['a;b', "'a;b'"],
    ['(', "'('"],
    ['@x', "'@x'"],
    ['a,b', "'a,b'"],
    ['a`b', "'a`b'"],
    ['-x y', "'-x y'"],
    ['=', '='],
    ['!=', '!='],
  ])('%s', (text, put) => {
    expect(linesFor('powershell', 't ', [text])).toEqual([`${put}\t${text}\twhat it is`]);
  });

  test('of a list what stands before the comma stays', () => {
    const { current } = readShellLine('t 80,4', quotingOf('powershell'));
    const asked = { current, valueAt: 0, at: 3 };
    const offers = [{ text: '443' }];
    expect(answerText('powershell', offers, { ...asked, typed: '80,4' })).toBe(
      '80,443\t443\t443\n',
    );
    expect(answerText('powershell', offers, { ...asked, typed: '4' })).toBe('443\t443\t443\n');
  });

  test('nothing in open quotes', () => {
    expect(linesFor('powershell', "t 'n", ['nginx'])).toEqual([]);
  });
});

test.each<[Shell, string]>([
  ['zsh', 'a$(b)\twhat it is'],
  ['fish', 'a$(b)\twhat it is'],
])('%s quotes by itself, and shows what it is', (shell, line) => {
  expect(linesFor(shell, 't ', ['a$(b)'])).toEqual([line]);
});

test.each(['bash', 'zsh', 'fish', 'powershell'] as const)('%s sees nothing unsafe', (shell) => {
  expect(linesFor(shell, 't ', ['a\nb', 'a\tb', '\u001b[2J', '\u202e', ''])).toEqual([]);
  const { current } = readShellLine('t ', quotingOf(shell));
  const asked = { current, typed: null, valueAt: 0, at: 0 };
  const text = answerText(shell, [{ text: 'a', more: 'x\ny\tz\u001b' }], asked);
  expect(text).toMatch(/^a[^\n]*\n$/);
  expect(text).not.toContain('\u001b');
});
