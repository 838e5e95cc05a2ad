/**
 * Decodes bytes that a user may choose (program names, UNIX paths): UTF-8, with `\xNN` for each invalid byte, so
 * that nothing is lost. Backslashes that would be read as the start of such an escape, or precede a real one, are
 * doubled.
 */
export function decodeText(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  if (text.includes('\ufffd')) return decodeEach(bytes);
  return text.includes('\\') ? text.replace(beforeEscape, '$&$&') : text;
}

const backslash = 92;

/** The same of a part of bytes. Nearly all text is ASCII without a backslash, which needs no view of its own. */
export function decodeTextIn(bytes: Buffer, start: number, end: number): string {
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte >= 0x80 || byte === backslash) return decodeText(bytes.subarray(start, end));
  }
  return bytes.toString('latin1', start, end);
}

const beforeEscape = /(?<!\\)\\+(?=x[89a-f][0-9a-f])/gi;
const beforeEscapeOrEnd = /(?<!\\)\\+(?=x[89a-f][0-9a-f]|$)/gi;

function decodeEach(bytes: Buffer): string {
  let text = '';
  // Valid bytes are decoded as one piece.
  let start = 0;
  let i = 0;
  while (i < bytes.length) {
    const length = sequenceLength(bytes, i);
    if (length > 0) {
      i += length;
      continue;
    }
    const valid = bytes.toString('utf8', start, i).replace(beforeEscapeOrEnd, '$&$&');
    text += `${valid}\\x${(bytes[i] as number).toString(16).padStart(2, '0')}`;
    i++;
    start = i;
  }
  return text + bytes.toString('utf8', start).replace(beforeEscape, '$&$&');
}

/** The length in bytes of the character at `at` (RFC 3629, section 4); 0: none, or incomplete. */
function sequenceLength(bytes: Buffer, at: number): number {
  const first = bytes[at] as number;
  if (first < 0x80) return 1;
  const length = announcedLength(first);
  if (length === 0 || at + length > bytes.length) return 0;
  const second = bytes[at + 1] as number;
  const [lowest, highest] = secondByteOf(first);
  if (second < lowest || second > highest) return 0;
  for (let i = at + 2; i < at + length; i++) if (!isContinuation(bytes[i] as number)) return 0;
  return length;
}

/** The length in bytes of a multi-byte character that begins with `byte`; 0: none does. */
function announcedLength(byte: number): number {
  if (byte < 0xc2) return 0;
  if (byte < 0xe0) return 2;
  if (byte < 0xf0) return 3;
  return byte < 0xf5 ? 4 : 0;
}

/** The range of the second byte, which excludes overlong forms, surrogates and what is beyond U+10FFFF. */
function secondByteOf(first: number): readonly [number, number] {
  if (first === 0xe0) return [0xa0, 0xbf];
  if (first === 0xed) return [0x80, 0x9f];
  if (first === 0xf0) return [0x90, 0xbf];
  if (first === 0xf4) return [0x80, 0x8f];
  return [0x80, 0xbf];
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

/** The first `most` bytes, or one to three fewer to keep the last character whole. */
export function wholeCharacters(bytes: Buffer, most: number): Buffer {
  if (bytes.length <= most) return bytes;
  let start = most - 1;
  while (start > most - 4 && isContinuation(bytes[start] as number)) start--;
  const length = announcedLength(bytes[start] as number);
  return bytes.subarray(0, length > most - start ? start : most);
}
