import type { NetstatError } from '../../errors.ts';
import type { ComparisonSign } from '../compare.ts';
import { quoted } from '../problem.ts';
import { mistake } from './mistake.ts';
import type { Token } from './token.ts';
import { tokenize } from './tokenize.ts';

/** What may come next at the end of an expression; `nextWords` turns each kind into words. */
export type Next =
  | { readonly kind: 'condition' | 'clause' | 'connective' | 'close' | 'state' }
  | { readonly kind: 'comparison'; readonly field: string }
  /** `comparison` null: the operator was left out. */
  | { readonly kind: 'value'; readonly field: string; readonly comparison: ComparisonSign | null };

/** An expression's tokens, one after another. */
export interface TokenReader {
  /** The next token, which stays the next one. */
  peek(): Token;
  skip(): void;
  /** Call wherever the next token is about to be examined. */
  mayBe(what: Next): void;
  /** The tokens before the next one, and those from it on, without the end. */
  around(): { readonly before: readonly Token[]; readonly after: readonly Token[] };
  /** Whether a condition that a hint proposes is valid. */
  accepts(condition: string): boolean;
  /** The error for the next token, or another one, if something else was expected. */
  unexpected(expected: string, hint?: string, token?: Token): NetstatError;
  /** @throws NetstatError `usage` if the next token is nested too deeply */
  checkDepth(depth: number): void;
}

/** What a parser may call. */
export interface Listeners {
  /** Called at the end of the text with what may follow. */
  readonly reportNext?: (next: Next) => void;
  /** Whether a condition that a hint proposes is valid; left out: it is taken to be. */
  readonly accepts?: (condition: string) => boolean;
}

/** Maximum nesting of parentheses, `not` and changes between and and or; parsing and compiling recurse. */
const maxDepth = 200;

/**
 * Reads an expression's tokens.
 * @throws NetstatError `usage` if a quotation mark is not closed
 */
export function tokenReader(
  source: string,
  { reportNext, accepts = () => true }: Listeners = {},
): TokenReader {
  const tokens = tokenize(source);
  let next = 0;

  function peek(): Token {
    return tokens[next] ?? { kind: 'end', text: '', at: source.length };
  }

  return {
    peek,
    skip() {
      next++;
    },
    mayBe(what) {
      if (reportNext !== undefined && peek().kind === 'end') reportNext(what);
    },
    accepts,
    around: () => ({ before: tokens.slice(0, next), after: tokens.slice(next, -1) }),
    unexpected(expected, hint = '', token = peek()) {
      const found = token.kind === 'end' ? 'the end' : quoted(token.text);
      return mistake(source, token.at, `${expected}, found ${found}${hint}`);
    },
    checkDepth(depth) {
      if (depth <= maxDepth) return;
      throw mistake(source, peek().at, `at most ${maxDepth} levels of parentheses and operators`);
    },
  };
}
