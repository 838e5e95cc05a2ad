import type { Comparison } from '../compare.ts';

/** A word whose meaning is looked up later, and its offset in the expression. */
export interface Operand {
  readonly text: string;
  readonly at: number;
}

/** `state NAME` or `exclude NAME`. */
export interface Clause {
  readonly word: 'state' | 'exclude';
  readonly name: Operand;
}

/** Conditions joined by one word. */
export interface Group {
  readonly kind: 'and' | 'or';
  /** Two or more. */
  readonly operands: readonly Expression[];
}

/** `not` and a condition. */
export interface Negation {
  readonly kind: 'not';
  readonly operand: Expression;
}

/** One or more clauses in a row: `state established state listening`. */
export interface StateClauses {
  readonly kind: 'states';
  readonly clauses: readonly Clause[];
}

/** `dport = :443` */
export interface FieldComparison {
  readonly kind: 'compare';
  /** The field as it is written, in lower case. */
  readonly field: string;
  readonly comparison: Comparison;
  /** Offset of the operator, or of the value where the operator was left out. */
  readonly comparisonAt: number;
  readonly value: Operand;
}

/** An expression as it was written, its words not yet given a meaning. */
export type Expression = Group | Negation | StateClauses | FieldComparison;
