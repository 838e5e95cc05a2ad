/** Longest quotation from text that others control, in characters. */
const longestQuote = 300;

/** The beginning of a text that others control, for quoting in a message; `…` stands for the rest. */
export function shortened(text: string, most = longestQuote): string {
  if (text.length <= most) return text;
  // Do not keep half of a surrogate pair.
  return `${text.slice(0, most).replace(/[\ud800-\udbff]$/, '')}…`;
}
