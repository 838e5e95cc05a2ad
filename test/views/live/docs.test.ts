import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { firstToGo } from '../../../src/attributes/index.ts';
import { helpLines, plainWay } from '../../../src/views/live/help.ts';
import { actionOf, keyMap } from '../../../src/views/live/key-map.ts';

const page = readFileSync(new URL('../../../docs/live.md', import.meta.url), 'utf8');

describe('the keys of the live view', () => {
  test('are listed once: docs/live.md has the table of them', () => {
    const documented = [...page.matchAll(/^\| `([^`]+)` +\| (.*?) +\|$/gm)].map(
      ([, shown, meaning]) => ({
        shown,
        meaning,
      }),
    );
    expect(documented).toEqual(keyMap.map(({ shown, meaning }) => ({ shown, meaning })));
  });

  test('are on the screen of ?, with what a screen reader is offered', () => {
    const text = helpLines(120)
      .map((line) => line.text)
      .join('\n');
    for (const { shown, meaning } of keyMap) {
      expect(text).toContain(shown);
      expect(text).toContain(meaning);
    }
    expect(plainWay).toMatch(/screen reader.* -c .*--follow/);
    expect(text.replace(/\s+/g, ' ')).toContain(plainWay);
  });

  test.each([40, 80, 120])('fit into %i columns', (width) => {
    for (const { text } of helpLines(width)) expect(text.length).toBeLessThanOrEqual(width);
  });

  test('mean one thing each', () => {
    const keys = keyMap.flatMap((line) => line.keys);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { keys: all, action } of keyMap) {
      for (const key of all) expect(actionOf(key)).toBe(action);
    }
  });
});

test('docs/live.md lists the order in which columns are dropped', () => {
  const order = firstToGo('sockets').map((key) => `\`${key}\``);
  expect(page).toContain(order.join(' '));
});
