/**
 * Bytes that a user may choose (program names, UNIX paths) to text: UTF-8, and `\xNN` for each byte
 * that is not, so that nothing is lost.
 */
export function decodeText(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  return text.includes('\ufffd') ? decodeEach(bytes) : text;
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeEach(bytes: Buffer): string {
  let text = '';
  let i = 0;
  while (i < bytes.length) {
    const length = sequenceLength(bytes[i] as number);
    const decoded = length === 0 ? null : tryDecode(bytes.subarray(i, i + length));
    if (decoded === null) {
      text += `\\x${(bytes[i] as number).toString(16).padStart(2, '0')}`;
      i += 1;
    } else {
      text += decoded;
      i += length;
    }
  }
  return text;
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
