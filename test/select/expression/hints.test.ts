import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isNetstatError } from '../../../src/errors.ts';
import { compileSelection } from '../../../src/select/compile-selection.ts';
import { comparisons } from '../../../src/select/expression/words.ts';
import { fields } from '../../../src/select/fields.ts';
import type { Lookups } from '../../../src/select/lookups.ts';
import { lookups, query } from '../sockets.ts';

const known: Lookups = { ...lookups, hostAddresses: () => [] };

/** What is wrong with an expression; empty: nothing. */
function mistakeOf(expression: string): string {
  try {
    compileSelection(query({ expression: [expression] }), known);
    return '';
  } catch (error) {
    if (!isNetstatError(error)) throw error;
    return error.summary;
  }
}

/** The condition that the hint in a message proposes, whole; null: it proposes none. */
function proposed(message: string): string | null {
  const found = /; (?:write|put the value in quotes:)(?: a field before several values:)? (.*)$/;
  const condition = found.exec(message)?.[1] ?? null;
  return condition?.endsWith('…') || condition?.endsWith(' without a blank') ? null : condition;
}

const word = fc.constantFrom(
  ...[...fields, 'port', 'ports', 'address', 'ip', 'pids', 'users', 'protos', 'process', 'stat'],
  ...['state', 'exclude', 'not', 'and', 'or', '&', '|', ...comparisons.keys()],
  ...['in', 'is', 'contains', '~', 'like', 'startswith', 'endswith', 'between', 'host'],
  ...['22', '80', '22,80', '22,', ':80', '99999', '10.0.0.1', '10', '::1', '[::1]:80', '*'],
  ...['nginx', 'php-fpm', 'root', 'ssh', 'listen', 'LISTEN', 'tcp', 'udp6', 'unix', 'own', 'yes'],
  ...['/run/x', '@x', 'sd pam', "it's", '"two words"', "'a,b'", '200ms', 'ms', 'kB', '1.5', '...'],
  ...['(', ')', '{', '}', '[', ']', ',', '{22', '80}', '[22,80]', '{nginx}', '(a)b', 'a&b', '=x'],
);
const expression = fc.oneof(
  fc.array(word, { minLength: 2, maxLength: 8 }).map((words) => words.join(' ')),
  // Several values of a field, or of what resembles one.
  fc
    .tuple(word, fc.constantFrom('', '=', '!=', 'in', '>'), word, word)
    .map(([field, sign, a, b]) => `${field} ${sign} (${a}, ${b})`),
);

describe('hints', () => {
  it('propose conditions that are valid', () => {
    let proposals = 0;
    fc.assert(
      fc.property(expression, (text) => {
        const condition = proposed(mistakeOf(text));
        if (condition === null) return;
        proposals++;
        expect(`${condition}: ${mistakeOf(condition)}`).toBe(`${condition}: `);
      }),
      { numRuns: 20_000 },
    );
    expect(proposals).toBeGreaterThan(100);
  });

  it('propose values that are valid', () => {
    for (const field of fields) {
      for (const value of ['80', '10', '10.1', '10.9.0.*', '10.1:80', 'nginx', '0', '-1', '1e3']) {
        const hint = /; for a (?:port|network) type (\S+?)(?:,|$)|; use (\S+)/.exec(
          mistakeOf(`${field} = ${value}`),
        );
        const meant = hint?.[1] ?? hint?.[2];
        if (meant === undefined) continue;
        expect(`${field} = ${meant}: ${mistakeOf(`${field} = ${meant}`)}`).toBe(
          `${field} = ${meant}: `,
        );
      }
    }
  });
});
