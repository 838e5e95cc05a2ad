/** How a field of an expression is compared with a value. */
export type Comparison = '=' | '!=' | '>' | '<' | '>=' | '<=';

/** A test that compares a number with a fixed one. */
export function numberTest(comparison: Comparison, bound: number): (value: number) => boolean {
  switch (comparison) {
    case '=':
      return (value) => value === bound;
    case '!=':
      return (value) => value !== bound;
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
