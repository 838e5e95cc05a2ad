import type { ComparisonSign } from '../compare.ts';

/** A word that is interpreted later, and its offset in the expression. */
export interface Operand {
  readonly text: string;
  readonly at: number;
  /** It was written in quotes; left out: it was not. */
  readonly isQuoted?: true;
}

/** `state NAME` or `exclude NAME`. */
export interface Clause {
  readonly word: 'state' | 'exclude';
  readonly name: Operand;
}

/** Conditions joined by the same connective. */
interface Group {
  readonly kind: 'and' | 'or';
  /** Two or more. */
  readonly operands: readonly Expression[];
}

/** A negated condition. */
interface Negation {
  readonly kind: 'not';
  readonly operand: Expression;
}

/** One or more clauses in a row: `state established state listening`. */
export interface StateClauses {
  readonly kind: 'states';
  readonly clauses: readonly Clause[];
}

/** `dport = :443`, `dport = 80,443` */
export interface FieldComparison {
  readonly kind: 'compare';
  /** The field as written, in lower case. */
  readonly field: string;
  readonly fieldAt: number;
  readonly comparison: ComparisonSign;
  /** Offset of the operator, or of the value if the operator was left out. */
  readonly comparisonAt: number;
  readonly value: Operand;
}

/** A parsed expression whose words are not interpreted yet. */
export type Expression = Group | Negation | StateClauses | FieldComparison;
