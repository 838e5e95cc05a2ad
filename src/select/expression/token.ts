/** A piece of an expression's text, and where in it: offsets in UTF-16 units. */
export interface Token {
  /** `string` is what stood in quotes: never a keyword. */
  readonly kind: 'word' | 'string' | 'symbol' | 'end';
  /** Without the quotes. */
  readonly text: string;
  readonly at: number;
}
