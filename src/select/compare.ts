/** How a field of an expression is compared with a value. */
export type ComparisonSign = '=' | '!=' | '>' | '<' | '>=' | '<=';

/** The signs that fields know: `!=` is always the opposite of `=`. */
export type FieldSign = Exclude<ComparisonSign, '!='>;

/** Whether a sign compares without an order, as with several values. */
export function isEquality(sign: ComparisonSign): boolean {
  return sign === '=' || sign === '!=';
}

/** A test that compares a number with a fixed one. */
export function numberTest(comparison: FieldSign, bound: number): (value: number) => boolean {
  switch (comparison) {
    case '=':
      return (value) => value === bound;
    case '>':
      return (value) => value > bound;
    case '<':
      return (value) => value < bound;
    case '>=':
      return (value) => value >= bound;
    case '<=':
      return (value) => value <= bound;
  }
}
