import { expect, test } from 'vitest';
import { completion } from '../../../src/commands/completion.ts';

/**
 * PowerShell runs on none of the machines that run these tests. What can be told of its script from
 * outside: its tokens (about_Parsing, about_Quoting_Rules), and that it has nothing that 5.1 lacks.
 */
const script = completion('powershell');

/** The script's tokens. @throws Error at a character that begins none */
function tokens(text: string): readonly string[] {
  const token =
    /#[^\n]*|'(?:[^']|'')*'|"(?:[^"`]|`.|"")*"|\$(?:env:)?\w+|-?[A-Za-z][\w.-]*|\d+(?:>\$null)?|::|[\s(){}[\],;.=+&@|-]/gy;
  const found: string[] = [];
  for (let at = 0; at < text.length; at = token.lastIndex) {
    token.lastIndex = at;
    const match = token.exec(text);
    if (match === null) throw new Error(`no token at ${JSON.stringify(text.slice(at, at + 40))}`);
    if (/\S/.test(match[0])) found.push(match[0]);
  }
  return found;
}

test('its quotes and brackets are closed in their order', () => {
  const pairs: Readonly<Record<string, string>> = { '(': ')', '{': '}', '[': ']' };
  const open: string[] = [];
  for (const token of tokens(script)) {
    if (Object.hasOwn(pairs, token)) open.push(pairs[token] as string);
    else if (Object.values(pairs).includes(token)) expect(token).toBe(open.pop());
  }
  expect(open).toEqual([]);
});

test('it is ASCII, since PowerShell 5.1 reads a profile in the code page of the system', () => {
  expect(script).toMatch(/^[\n -~]*$/);
});

test('it registers a native completer under each name that the program is installed by', () => {
  expect(script).toMatch(
    /^Register-ArgumentCompleter -Native -CommandName 'tsnetstat', 'tsnetstat\.exe', 'tsnetstat\.cmd', 'tsnetstat\.ps1' -ScriptBlock \{$/m,
  );
  expect(script).toContain('param($wordToComplete, $commandAst, $cursorPosition)');
});

test('it uses nothing that came after 5.1', () => {
  const code = tokens(script).filter((token) => !/^[#'"]/.test(token));
  expect(code.join(' ')).not.toMatch(/\?\?|\?\.|&&|\|\||-Parallel|\bclean\b|\$PSStyle/i);
});

test('what the user typed reaches the program in the environment, which is left as it was', () => {
  const code = tokens(script);
  const set = code.filter((token) => token.startsWith('$env:'));
  expect(set).toEqual([
    '$env:TSNETSTAT_LINE',
    '$env:TSNETSTAT_WORD',
    '$env:TSNETSTAT_LINE',
    '$env:TSNETSTAT_WORD',
  ]);
  expect(script).toMatch(
    /finally \{\s+\$env:TSNETSTAT_LINE = \$null\s+\$env:TSNETSTAT_WORD = \$null/,
  );
  // The only words it runs with are fixed ones.
  expect(script.match(/& .*/g)).toEqual(['& $command --completion powershell 2>$null)']);
  expect(script).not.toMatch(/Invoke-Expression(?! *\n)/);
});
