/**
 * Attributes of a message (`struct rtattr`, <linux/rtnetlink.h>): each has its length, type and value, aligned to a
 * word.
 */

/** The offset of the value of the first attribute of a type; -1: none. */
export function valueAt(bytes: Buffer, first: number, end: number, wanted: number): number {
  for (let at = first; at + 4 <= end; ) {
    const length = (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
    if (length < 4 || at + length > end) return -1;
    const type = ((bytes[at + 2] as number) | ((bytes[at + 3] as number) << 8)) & 0x3fff;
    if (type === wanted) return at + 4;
    at += (length + 3) & ~3;
  }
  return -1;
}

/** The length of the value at an offset. */
export function lengthOf(bytes: Buffer, value: number): number {
  return ((bytes[value - 4] as number) | ((bytes[value - 3] as number) << 8)) - 4;
}

/** The value of the first attribute of a type; null: there is none. */
export function attributeValue(
  bytes: Buffer,
  first: number,
  end: number,
  wanted: number,
): Buffer | null {
  const at = valueAt(bytes, first, end, wanted);
  return at < 0 ? null : bytes.subarray(at, at + lengthOf(bytes, at));
}
