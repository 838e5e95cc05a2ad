import { describe, expect, it } from 'vitest';
import { formats } from '../../../src/model/request/view.ts';
import { colorLevel } from '../../../src/views/text/color-level.ts';

const auto = { mode: 'auto', format: 'netstat' } as const;
const others = [...formats.filter((format) => format !== 'netstat'), null];

describe('on a terminal', () => {
  it.each([
    [{ TERM: 'xterm' }, 1],
    [{ TERM: 'xterm-256color' }, 2],
    [{ TERM: 'xterm', COLORTERM: 'truecolor' }, 3],
    [{ TERM: 'dumb' }, 0],
    [{ TERM: 'xterm', NO_COLOR: '1' }, 0],
    [{ TERM: 'xterm', NO_COLOR: '' }, 1],
    [{ TERM: 'xterm', FORCE_COLOR: '0' }, 0],
    [{ TERM: 'xterm', FORCE_COLOR: 'false' }, 0],
    [{ TERM: 'xterm', FORCE_COLOR: '3', NO_COLOR: '1' }, 3],
    [{ TERM: 'dumb', FORCE_COLOR: 'yes' }, 1],
    [{ TERM: 'xterm', FORCE_COLOR: '', NO_COLOR: '1' }, 0],
  ])('%j: level %i', (env, level) => {
    expect(colorLevel(auto, env, true)).toBe(level);
  });
});

describe('in a pipe or a file', () => {
  it.each(['1', '2', '3', 'true', 'yes', '0', ''])(
    "netstat's layout has no colour with FORCE_COLOR=%s",
    (FORCE_COLOR) => {
      expect(colorLevel(auto, { TERM: 'xterm', FORCE_COLOR }, false)).toBe(0);
    },
  );

  it.each(others)('%s has the colours that FORCE_COLOR asks for', (format) => {
    const levelOf = (FORCE_COLOR: string) =>
      colorLevel({ mode: 'auto', format }, { TERM: 'xterm', FORCE_COLOR }, false);
    expect(['2', 'yes', '0', ''].map(levelOf)).toEqual([2, 1, 0, 0]);
  });

  it.each([...formats, null])('%s has colours with --color=always', (format) => {
    const always = { mode: 'always', format } as const;
    expect(colorLevel(always, {}, false)).toBe(1);
    expect(colorLevel(always, { FORCE_COLOR: '0', NO_COLOR: '1' }, false)).toBe(1);
    expect(colorLevel(always, { FORCE_COLOR: '2' }, false)).toBe(2);
  });
});

it.each([...formats, null])('--color=never: %s has none', (format) => {
  const never = { mode: 'never', format } as const;
  expect(colorLevel(never, { TERM: 'xterm', FORCE_COLOR: '3' }, true)).toBe(0);
});
