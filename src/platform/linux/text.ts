/**
 * Bytes that a user may choose (program names, UNIX paths) to text: UTF-8, and `\xNN` for each byte
 * that is not, so that nothing is lost. Backslashes that would be read as the beginning of such an escape,
 * or stand before a real one, are doubled.
 */
export function decodeText(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  if (text.includes('\ufffd')) return decodeEach(bytes);
  return text.includes('\\') ? text.replace(beforeEscape, '$&$&') : text;
}

const beforeEscape = /(?<!\\)\\+(?=x[89a-f][0-9a-f])/gi;
const beforeEscapeOrEnd = /(?<!\\)\\+(?=x[89a-f][0-9a-f]|$)/gi;

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeEach(bytes: Buffer): string {
  let text = '';
  let valid = '';
  let i = 0;
  while (i < bytes.length) {
    const length = sequenceLength(bytes[i] as number);
    const decoded = length === 0 ? null : tryDecode(bytes.subarray(i, i + length));
    if (decoded === null) {
      text += `${valid.replace(beforeEscapeOrEnd, '$&$&')}\\x${(bytes[i] as number).toString(16).padStart(2, '0')}`;
      valid = '';
      i += 1;
    } else {
      valid += decoded;
      i += length;
    }
  }
  return text + valid.replace(beforeEscape, '$&$&');
}

/** How many bytes the character has that begins with `byte` (RFC 3629); 0 if none can. */
function sequenceLength(byte: number): number {
  if (byte < 0x80) return 1;
  if (byte < 0xc2) return 0;
  if (byte < 0xe0) return 2;
  if (byte < 0xf0) return 3;
  return byte < 0xf5 ? 4 : 0;
}

function tryDecode(bytes: Buffer): string | null {
  try {
    return strict.decode(bytes);
  } catch {
    return null;
  }
}
