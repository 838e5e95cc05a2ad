/** Compares texts by their UTF-16 codes, whatever the language. */
export function compareText(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
