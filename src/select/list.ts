/** What is wrong with a list such as `80,`. */
export const missingPart = 'a value is missing beside a comma';

/** The parts of a text with commas. */
export function partsOf(text: string): readonly string[] {
  return text.split(',');
}

/**
 * The names in a text with commas. One may also contain them, so that the text is a name as a whole too. A text with
 * nothing else is an empty name.
 */
export function namesIn(text: string): readonly string[] {
  const names = partsOf(text).filter((name) => name.trim() !== '');
  return names.length === 0 ? [''] : [text, ...names];
}
