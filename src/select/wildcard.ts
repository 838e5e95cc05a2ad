/**
 * A test whether a whole text matches `pattern`, in which `*` stands for any number of characters and everything
 * else is literal. Takes time proportional to the product of the two lengths at most.
 */
export function wildcardTest(pattern: string): (text: string) => boolean {
  const parts = pattern.split('*');
  const head = parts[0] ?? '';
  const tail = parts[parts.length - 1] ?? '';
  const middle = parts.slice(1, -1);
  if (parts.length === 1) return (text) => text === pattern;
  return (text) => {
    if (text.length < head.length + tail.length) return false;
    if (!text.startsWith(head) || !text.endsWith(tail)) return false;
    const end = text.length - tail.length;
    let from = head.length;
    for (const part of middle) {
      const found = text.indexOf(part, from);
      if (found < 0 || found + part.length > end) return false;
      from = found + part.length;
    }
    return true;
  };
}

/** A test whether a text that begins like this, and goes on, may match `pattern` as a whole. */
export function wildcardBeginning(pattern: string): (beginning: string) => boolean {
  const [head = '', ...others] = pattern.split('*');
  return (beginning) =>
    head.startsWith(beginning) || (others.length > 0 && beginning.startsWith(head));
}
