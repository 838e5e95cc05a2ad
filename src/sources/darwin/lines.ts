/** A command's output, in pieces of any size. */
export type Output = AsyncIterable<Buffer>;

const lineFeed = 10;

/** The whole text of a command's output. */
export async function wholeText(output: Output): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of output) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

/** Yields the lines of a command's output as it comes: those that end in each piece. */
export async function* linesOf(output: Output): AsyncGenerator<readonly string[], void> {
  /** The pieces of a line that has not ended. */
  let begun: Buffer[] = [];
  for await (const piece of output) {
    const end = piece.lastIndexOf(lineFeed);
    if (end < 0) {
      begun.push(piece);
      continue;
    }
    const ended = piece.subarray(0, end);
    yield linesIn(begun.length === 0 ? ended : Buffer.concat([...begun, ended]));
    begun = [piece.subarray(end + 1)];
  }
  if (begun.length > 0) yield linesIn(Buffer.concat(begun));
}

/** Each line is a string by itself: a part of a longer one would keep the whole text in memory. */
function linesIn(text: Buffer): string[] {
  const lines: string[] = [];
  let from = 0;
  for (let end = text.indexOf(lineFeed); end >= 0; end = text.indexOf(lineFeed, from)) {
    lines.push(text.toString('utf8', from, end));
    from = end + 1;
  }
  lines.push(text.toString('utf8', from));
  return lines;
}
