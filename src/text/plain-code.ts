/**
 * A text in whose prose what to type is in backticks, for a terminal: options are plain, as everywhere in the help; other
 * words to type are quoted, unless they contain quotes.
 */
export function plainCode(text: string): string {
  return text.replace(/`([^`]*)`/g, (_, code: string) =>
    code.includes("'") || /^--?\w[\w-]*$/.test(code) ? code : `'${code}'`,
  );
}
