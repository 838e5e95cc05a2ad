/** How a field of an expression is held against a value. */
export type Comparison = '=' | '!=' | '>' | '<' | '>=' | '<=';

/** Holds a number against a fixed one. */
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
