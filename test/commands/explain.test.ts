import { expect, test } from 'vitest';
import { explained } from '../../src/commands/explain.ts';

test.each([
  ['linux', null],
  ['android', null],
  ['darwin', 'macOS'],
  ['win32', 'Windows'],
])('settings are said to be of Linux, on %s', (platform, other) => {
  const note = `\n\nSettings (net.…), counters (-s) and times are those of Linux; ${other} has others.\n`;
  const plain = explained(['time_wait'], 'linux');
  expect(explained(['time_wait'], platform)).toBe(plain + (other === null ? '' : note.slice(1)));
  expect(explained(['Foreign'], platform)).toBe(explained(['Foreign'], 'linux'));
});

test.each([
  ['linux', 'man tsnetstat'],
  ['win32', 'tsnetstat --help checks'],
])('a check is described where %s has it', (platform, command) => {
  expect(() => explained(['shared-ports'], platform)).toThrow(`\`${command}\` describes it`);
});
