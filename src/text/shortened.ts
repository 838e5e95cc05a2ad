/** No message quotes more of what others say. */
const longestQuote = 300;

/** The beginning of a text that others control, for a quotation in a message; `…` stands for what follows. */
export function shortened(text: string, most = longestQuote): string {
  if (text.length <= most) return text;
  // No half of a character stays.
  return `${text.slice(0, most).replace(/[\ud800-\udbff]$/, '')}…`;
}
