/** How a field of an expression is compared with a value. */
export type Comparison = '=' | '!=' | '>' | '<' | '>=' | '<=';

/** The comparisons that fields know: `!=` is always the opposite of `=`. */
export type FieldComparing = Exclude<Comparison, '!='>;

/** A test that compares a number with a fixed one. */
export function numberTest(comparison: FieldComparing, bound: number): (value: number) => boolean {
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
