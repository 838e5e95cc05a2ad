/** A count with thousands separators: `1,234,567`. */
export function countText(count: number): string {
  return String(count).replace(/(?<!\.\d*)\B(?=(?:\d{3})+(?:\.|$))/g, ',');
}

/** `1 socket`, `3 sockets`, `1,200 sockets`. `many`: an irregular plural. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}

/** Words as people list them: `a`, `a and b`, `a, b and c`; empty if there are none. */
export function listed(words: readonly string[], before: 'and' | 'or'): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} ${before} ${last}`;
}
