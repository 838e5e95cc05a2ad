import { decodeText } from '../linux/text.ts';

/** Yields lines one by one, since all together may be very many; each character stands for a byte. */
export function* linesIn(bytes: Buffer): Generator<string> {
  for (let at = 0; at < bytes.length; ) {
    const found = bytes.indexOf(0x0a, at);
    const end = found < 0 ? bytes.length : found;
    if (end > at) yield bytes.toString('latin1', at, end);
    at = end + 1;
  }
}

/** Yields the lines of each process, which begin with one that matches `header`. */
export function* ofProcesses(
  bytes: Buffer,
  header: RegExp,
): Generator<{ readonly pid: number; readonly rest: Buffer }> {
  let pid = 0;
  let begin = 0;
  let at = 0;
  while (at < bytes.length) {
    const end = bytes.indexOf(0x0a, at);
    const next = end < 0 ? bytes.length : end + 1;
    if (bytes[at] === 0x70) {
      const word = header.exec(bytes.toString('latin1', at, end < 0 ? bytes.length : end))?.[1];
      if (word !== undefined) {
        if (pid !== 0) yield { pid, rest: bytes.subarray(begin, at) };
        pid = Number(word);
        begin = next;
      }
    }
    at = next;
  }
  if (pid !== 0) yield { pid, rest: bytes.subarray(begin) };
}

const escapes: Readonly<Record<string, string>> = {
  ...{ a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' },
};

/** Decodes a path, escaped as by `ls -b` if `isEscaped`; characters of `text` stand for bytes. */
export function pathIn(text: string, isEscaped: boolean): string {
  const bytes = isEscaped
    ? text.replace(/\\(?:([0-7]{3})|(.))/g, (_, octal?: string, character = '') =>
        octal === undefined
          ? (escapes[character] ?? character)
          : String.fromCharCode(Number.parseInt(octal, 8) & 0xff),
      )
    : text;
  return decodeText(Buffer.from(bytes, 'latin1'));
}
