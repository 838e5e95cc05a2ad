/** Characters of which a long run has made a parser slow, here or elsewhere. */
const runs = [
  ...' \t0aA:.,;[]()\\/"\'%-=#*!<&{@',
  '\u0000',
  '\u001b',
  '\u00e9',
  '\r',
  '\n',
  '[ ',
  'a:',
  '\\x',
  ', ',
  '\u0301',
];

/**
 * Texts that are long in one way: many lines of the seed, or one line of it with a long run of one
 * character in its middle, where the most patterns try it from every place. `pieces`: further ones to make runs of.
 */
export function growing(
  seed: string,
  header = 0,
  pieces: readonly string[] = [],
): Readonly<Record<string, (size: number) => string>> {
  const lines = seed.split(/(?<=\n)/);
  const head = lines.slice(0, header).join('');
  const body = lines.slice(header).join('') || seed;
  const line = (lines[header] ?? seed).replace(/\n$/, '');
  const half = Math.floor(line.length / 2);
  const shapes: Record<string, (size: number) => string> = {
    lines: (size) => head + body.repeat(Math.ceil(size / body.length)),
  };
  for (const run of [...runs, ...pieces]) {
    shapes[JSON.stringify(run)] = (size) => {
      const long = run.repeat(Math.ceil(size / run.length));
      return `${head}${line.slice(0, half)}${long}${line.slice(half)}\n`;
    };
  }
  return shapes;
}
