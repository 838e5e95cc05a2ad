import type { ReadAt } from '../../../../src/sources/linux/bpf/btf.ts';

/** Kinds of types by their numbers: Documentation/bpf/btf.rst of Linux. */
export const kinds = {
  ...{ int: 1, pointer: 2, array: 3, struct: 4, union: 5, enum: 6, forward: 7, typedef: 8 },
  ...{ volatile: 9, const: 10, restrict: 11, function: 12, prototype: 13, variable: 14 },
  ...{ section: 15, float: 16, declarationTag: 17, typeTag: 18, enum64: 19 },
} as const;

/** A type as it stands in the description. */
export interface BtfType {
  readonly kind: number;
  readonly name?: string;
  /** How many of what stands behind it; a function has its linkage there. */
  readonly count?: number;
  /** The uppermost bit of `info`. */
  readonly flag?: boolean;
  /** A size, or the number of another type. */
  readonly size?: number;
  /** What stands behind it, in words of four bytes; text: where that name is. */
  readonly behind?: readonly (number | string)[];
}

/** A member: its name (empty: none), its type's number and its place in bits. */
export type BtfMember = readonly [name: string, type: number, place: number];

/** A structure or union. */
export function composite(
  kind: number,
  name: string,
  members: readonly BtfMember[],
  more: Partial<BtfType> = {},
): BtfType {
  return { kind, name, count: members.length, behind: members.flat(), ...more };
}

export function struct(
  name: string,
  members: readonly BtfMember[],
  more: Partial<BtfType> = {},
): BtfType {
  return composite(kinds.struct, name, members, more);
}

export interface BtfOptions {
  /** Names that stand before all others, in this order. */
  readonly firstNames?: readonly string[];
  readonly lastNames?: readonly string[];
  /** Bytes of the header beyond those that are known. */
  readonly moreHeader?: number;
  /** Bytes between the types and the names, and behind the names. */
  readonly gap?: number;
  readonly behind?: number;
  readonly version?: number;
}

/** A description of these types, the first of which has the number 1. */
export function btfBlob(types: readonly BtfType[], options: BtfOptions = {}): Buffer {
  const { firstNames = [], lastNames = [], moreHeader = 0, gap = 0, behind = 0 } = options;
  const places = new Map<string, number>([['', 0]]);
  let text = '\0';
  const placeOf = (name: string): number => {
    let place = places.get(name);
    if (place === undefined) {
      place = text.length;
      places.set(name, place);
      text += `${name}\0`;
    }
    return place;
  };
  for (const name of firstNames) placeOf(name);
  const words = types.flatMap(({ kind, name = '', count = 0, flag = false, size = 0, behind }) => [
    placeOf(name),
    ((flag ? 0x80000000 : 0) | (kind << 24) | count) >>> 0,
    size,
    ...(behind ?? []).map((word) => (typeof word === 'string' ? placeOf(word) : word)),
  ]);
  for (const name of lastNames) placeOf(name);
  const names = Buffer.from(text, 'latin1');
  const typeBytes = Buffer.alloc(words.length * 4);
  for (const [at, word] of words.entries()) typeBytes.writeUInt32LE(word, at * 4);

  const header = Buffer.alloc(24 + moreHeader);
  header.writeUInt16LE(0xeb9f, 0);
  header[2] = options.version ?? 1;
  const fields = [header.length, 0, typeBytes.length, typeBytes.length + gap, names.length];
  for (const [at, field] of fields.entries()) header.writeUInt32LE(field, 4 + at * 4);
  return Buffer.concat([header, typeBytes, Buffer.alloc(gap), names, Buffer.alloc(behind)]);
}

/** Reads it as a file is read. `reads` counts how often. */
export function readerOf(blob: Buffer): ReadAt & { reads: number } {
  const read = Object.assign(
    (bytes: Buffer, from: number) => {
      read.reads++;
      return from >= blob.length ? 0 : blob.copy(bytes, 0, from, from + bytes.length);
    },
    { reads: 0 },
  );
  return read;
}
