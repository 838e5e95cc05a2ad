/**
 * Parses numbers in the bytes of a table. A scan returns the number and leaves `cursor` after its last digit; -1:
 * no number of at most 64 bits is there. Numbers above 2^53 lose their last digits.
 */
export const scan = { cursor: 0 };

/** The most digits of a 64-bit number. */
const hexDigits = 16;
const decimalDigits = 20;

const nibbleOf = new Int8Array(256).fill(-1);
for (let digit = 0; digit < 10; digit++) nibbleOf[48 + digit] = digit;
for (let letter = 0; letter < 6; letter++) {
  nibbleOf[65 + letter] = 10 + letter;
  nibbleOf[97 + letter] = 10 + letter;
}

/** The value of a hexadecimal digit's byte; -1 for any other byte. */
export function nibble(byte: number): number {
  return nibbleOf[byte] as number;
}

/** Skips blanks (space and tab). Returns the offset of the next field, or `end`. */
export function skipBlanks(bytes: Uint8Array, at: number, end: number): number {
  let i = at;
  while (i < end && (bytes[i] === 32 || bytes[i] === 9)) i++;
  return i;
}

/** Reads exactly 4 hexadecimal digits; negative if they are not there. Leaves the cursor alone. */
export function hex4(bytes: Uint8Array, at: number): number {
  return (
    ((nibbleOf[bytes[at] as number] as number) << 12) |
    ((nibbleOf[bytes[at + 1] as number] as number) << 8) |
    ((nibbleOf[bytes[at + 2] as number] as number) << 4) |
    (nibbleOf[bytes[at + 3] as number] as number)
  );
}

/** Reads exactly 8 hexadecimal digits as a number; negative if they are not there. Leaves the cursor alone. */
export function hex8(bytes: Uint8Array, at: number): number {
  const high = hex4(bytes, at);
  const low = hex4(bytes, at + 4);
  if ((high | low) < 0) return -1;
  return high < 0x4000 ? (high << 16) | low : high * 0x10000 + low;
}

/** Reads hexadecimal digits from `at`. */
export function scanHex(bytes: Uint8Array, at: number, end: number): number {
  let i = at;
  let value = 0;
  while (i < end) {
    const digit = nibbleOf[bytes[i] as number] as number;
    if (digit < 0) break;
    value = value * 16 + digit;
    i++;
  }
  scan.cursor = i;
  return i === at || i - at > hexDigits ? -1 : value;
}

/** Reads decimal digits from `at`. */
export function scanDecimal(bytes: Uint8Array, at: number, end: number): number {
  let i = at;
  let value = 0;
  while (i < end) {
    const digit = (bytes[i] as number) - 48;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
    i++;
  }
  scan.cursor = i;
  return i === at || i - at > decimalDigits ? -1 : value;
}

/** The number of 32-bit values. */
const words32 = 2 ** 32;

/** The offset after an optional sign at `at`. */
export function skipSign(bytes: Uint8Array, at: number): number {
  return bytes[at] === minus ? at + 1 : at;
}

const minus = 45;

/**
 * Reads a decimal number of an unsigned column. Old kernels print some of them by `%d`, so values above 2^31 appear
 * negative; they are read as unsigned 32-bit numbers.
 */
export function scanUnsigned(bytes: Uint8Array, at: number, end: number): number {
  if (bytes[at] !== minus) return scanDecimal(bytes, at, end);
  const below = scanDecimal(bytes, at + 1, end);
  return below > words32 / 2 ? -1 : below > 0 ? words32 - below : below;
}

/** Reads exactly 8 hexadecimal digits as one 32-bit word (signed); sets `cursor` to -1 if they are not there. */
export function scanWord(bytes: Uint8Array, at: number, end: number): number {
  if (at + 8 > end) {
    scan.cursor = -1;
    return 0;
  }
  const high = hex4(bytes, at);
  const low = hex4(bytes, at + 4);
  scan.cursor = (high | low) < 0 ? -1 : at + 8;
  return (high << 16) | low;
}
