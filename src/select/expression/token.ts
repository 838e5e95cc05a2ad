/** A token of an expression, and its offset in UTF-16 units. */
export interface Token {
  /** `string` is quoted text, which is never a keyword. */
  readonly kind: 'word' | 'string' | 'symbol' | 'end';
  /** Without the quotes. */
  readonly text: string;
  readonly at: number;
}
