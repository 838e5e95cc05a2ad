/**
 * A piece of a reference text, which the man page prints in roff and `--help TOPIC` as plain text. In its prose, what
 * to type is in backticks.
 */
export type Piece =
  | { readonly kind: 'heading' | 'subheading' | 'paragraph'; readonly text: string }
  /** Something named, and its description. */
  | { readonly kind: 'item'; readonly term: string; readonly text: string }
  /** Lines that are not filled. */
  | { readonly kind: 'verbatim'; readonly lines: readonly string[] };

export function heading(text: string): Piece {
  return { kind: 'heading', text };
}

export function subheading(text: string): Piece {
  return { kind: 'subheading', text };
}

export function paragraph(text: string): Piece {
  return { kind: 'paragraph', text };
}

export function item(term: string, text: string): Piece {
  return { kind: 'item', term, text };
}

export function verbatim(lines: readonly string[]): Piece {
  return { kind: 'verbatim', lines };
}

/** Names as code, separated by commas. */
export function codes(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}

/** A summary as a sentence. */
export function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('?') ? '' : '.'}`;
}
