import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { taskFrom } from '../../src/options/command-line.ts';
import { examples, helpText, shortHelpText } from '../../src/options/help.ts';

const golden = readFileSync(new URL('golden/help.txt', import.meta.url), 'utf8');

const short = readFileSync(new URL('golden/short-help.txt', import.meta.url), 'utf8');

test('--help is what it was; when it changes on purpose, so does golden/help.txt', () => {
  expect(helpText()).toBe(golden);
});

test('-h is what it was; when it changes on purpose, so does golden/short-help.txt', () => {
  expect(shortHelpText()).toBe(short);
});

test('-h fits a screen of 24 lines and 80 columns, with the prompt, and leads to the rest', () => {
  const lines = shortHelpText().trimEnd().split('\n');
  expect(lines.length).toBeLessThanOrEqual(23);
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  expect(lines.at(-1)).toContain('--help');
});

test.each([
  ['-h', shortHelpText],
  ['--help', helpText],
])('%s with colours is the same text', (_name, textOf) => {
  const paint = { heading: (text: string) => `<${text}>`, option: (text: string) => `{${text}}` };
  const painted = textOf(paint);
  expect(painted).toContain('{-t, --tcp}  ');
  expect(painted.replace(/^<(.*)>$/gm, '$1').replace(/\{(-[^}]*)\}/g, '$1')).toBe(textOf());
});

test('no line is wider than a terminal of 80 columns', () => {
  const wide = helpText()
    .split('\n')
    .filter((line) => line.length > 80);
  expect(wide).toEqual([]);
});

test.each([helpText, shortHelpText])(
  'it names no manual on Windows, which has none: %o',
  (textOf) => {
    expect(textOf(undefined, 'darwin')).toBe(textOf());
    const text = textOf(undefined, 'win32');
    expect(text).not.toMatch(/\bman\b/);
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
  },
);

test('on Windows it quotes as cmd.exe and PowerShell both read', () => {
  const text = helpText(undefined, 'win32');
  expect(text).toContain('write them as "a,b,c"');
  expect(text).toContain('tsnetstat -tanp "( dport = :443 and not dst 10.0.0.0/8 )"\n');
  expect(text).toContain('matches anything: "php*"\n');
  expect(text).toContain('docker:web, "unit:ssh*"\n');
  expect(text.split('\n').filter((line) => /'.*'/.test(line))).toEqual([]);
});

test('it is plain ASCII, which every terminal shows', () => {
  expect(helpText()).toMatch(/^[\n\x20-\x7e]*$/);
});

test('there are five examples, and each is a command line that can be followed', () => {
  expect(examples).toHaveLength(5);
  for (const [command] of examples) {
    const [own = ''] = command.split(/ (?:\||&&) /);
    const words = own.match(/'[^']*'|\S+/g) ?? [];
    expect(words[0]).toBe('tsnetstat');
    const argv = words.slice(1).map((word) => word.replaceAll("'", ''));
    expect(() => taskFrom(argv), command).not.toThrow();
  }
});
