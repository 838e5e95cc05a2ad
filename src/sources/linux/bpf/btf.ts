import { countIn, header, kind, kindOf } from './btf-format.ts';
import type { Member } from './instructions.ts';

/** The running kernel's description of its own types. */
export const kernelTypesFile = '/sys/kernel/btf/vmlinux';

/** Reads from a file offset. Returns the number of bytes; fewer than `bytes` has room for only at the end. */
export type ReadAt = (bytes: Buffer, from: number) => number;

/** Offsets, sizes and IDs in the running kernel. */
export interface KernelLayout {
  /** The BTF ID of the function. */
  readonly functionId: number;
  /** The offset of a requested member in its structure, in bytes. */
  offsetOf(struct: string, member: string): number;
  /** The size of a structure in bytes. */
  sizeOf(struct: string): number;
}

/** `struct btf_type`: name, `info`, and a size or another type; four bytes each. */
const typeSize = 12;
/** By kind, from 0 to 19: bytes that follow the type itself, and bytes for each element that it counts. */
const fixedBytes = Uint8Array.of(0, 4, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 4, 0, 0);
const bytesOfEach = Uint8Array.of(0, 0, 0, 0, 12, 12, 8, 0, 0, 0, 0, 0, 0, 8, 0, 12, 0, 0, 0, 12);

/** `struct btf_member`: name, type, offset in bits. */
const memberSize = 12;
/** The offset in bits. If the type has bit fields (uppermost bit of `info`), the upper byte is the field's size. */
const placeIn = (info: number, place: number) => (info < 0 ? place & 0xffffff : place);

/** How many levels of unnamed structures are searched for a member. */
const deepest = 8;
/** More members than any structure has. */
const mostMembers = 4096;
/** Longer than any name that is searched for. */
const nameSize = 64;
/** The largest offset that fits into an instruction: 15 bits. */
const farthest = 0x7fff;

/**
 * The description is read in parts: it has 5 MiB, and touching memory for the first time costs more than reading it.
 */
const windowSize = 64 * 1024;

/** A type that was found. */
interface Type {
  readonly id: number;
  readonly at: number;
  readonly info: number;
  readonly size: number;
}

/**
 * Reads the layout of a function and of members of structures from the kernel's BTF; null if it is not BTF, or one of
 * them is missing.
 */
export function decodeKernelLayout(
  readAt: ReadAt,
  functionName: string,
  members: readonly Member[],
): KernelLayout | null {
  const parts = partsOf(readAt);
  if (parts === null) return null;
  const { types, names } = parts;

  const wanted = new Set([functionName, ...members.map(([struct]) => struct)]);
  const nameAt = placesOfNames(readAt, names, wanted);
  if (nameAt === null) return null;
  const found = new Map<string, Type>();
  findTypes(readAt, types, nameAt, null, (type, place) => {
    const name = nameAt.get(place) as string;
    const isIt = kindOf(type.info) === (name === functionName ? kind.function : kind.struct);
    if (isIt && !found.has(name)) found.set(name, type);
    return found.size === wanted.size;
  });
  if (found.size < wanted.size) return null;

  const search: MemberSearch = { readAt, types, isNamed: nameTest(readAt, names) };
  const offsets = new Map<string, number>();
  for (const [struct, member] of members) {
    const bits = memberPlace(search, found.get(struct) as Type, member, deepest, new Set());
    if (bits === null || bits % 8 !== 0 || bits / 8 > farthest) return null;
    offsets.set(`${struct}.${member}`, bits / 8);
  }
  return {
    functionId: (found.get(functionName) as Type).id,
    offsetOf: (struct, member) => offsets.get(`${struct}.${member}`) as number,
    sizeOf: (struct) => (found.get(struct) as Type).size,
  };
}

/** A part of the description, as file offsets. */
interface Part {
  readonly from: number;
  readonly to: number;
}

/** Where members are searched for. */
interface MemberSearch {
  readonly readAt: ReadAt;
  readonly types: Part;
  isNamed(place: number, name: string): boolean;
}

/**
 * Returns a member's offset in bits; null: not found. Members of unnamed structures and unions count as members of
 * the outer one. `tried`: the types that were searched, or are being searched.
 */
function memberPlace(
  search: MemberSearch,
  { id: own, at, info }: Type,
  member: string,
  depth: number,
  tried: Set<number>,
): number | null {
  const { readAt, types, isNamed } = search;
  tried.add(own);
  const list = Buffer.alloc(Math.min(countIn(info), mostMembers) * memberSize);
  if (readAt(list, at + typeSize) < list.length) return null;
  const unnamed: [type: number, place: number][] = [];
  for (let i = 0; i < list.length; i += memberSize) {
    const place = placeIn(info, list.readUInt32LE(i + 8));
    const name = list.readUInt32LE(i);
    if (name === 0) unnamed.push([list.readUInt32LE(i + 4), place]);
    else if (isNamed(name, member)) return place;
  }
  if (depth === 0) return null;
  for (const [id, place] of unnamed) {
    if (tried.has(id)) continue;
    const within: (number | null)[] = [];
    findTypes(readAt, types, null, id, (type) => {
      const which = kindOf(type.info);
      if (which === kind.struct || which === kind.union)
        within.push(memberPlace(search, type, member, depth - 1, tried));
      return true;
    });
    if (typeof within[0] === 'number') return place + within[0];
  }
  return null;
}

/** Tests whether the name at a place in the names is this one. */
function nameTest(readAt: ReadAt, names: Part): MemberSearch['isNamed'] {
  // Structures that come early in the description also have their members' names early.
  const early = Buffer.alloc(windowSize);
  const readEarly = readAt(early, names.from);
  const text = Buffer.alloc(nameSize);
  return (place, name) => {
    const isEarly = place + nameSize <= readEarly;
    const begin = isEarly ? place : 0;
    const end = isEarly ? place + nameSize : readAt(text, names.from + place);
    const bytes = isEarly ? early : text;
    return (
      begin + name.length < end &&
      bytes.toString('latin1', begin, begin + name.length + 1) === `${name}\0`
    );
  };
}

/** The types and the names; null if it is not BTF, or of a big-endian machine. */
function partsOf(readAt: ReadAt): { readonly types: Part; readonly names: Part } | null {
  const bytes = Buffer.alloc(header.size);
  if (readAt(bytes, 0) < header.size) return null;
  if (bytes.readUInt16LE(0) !== header.magic || bytes[2] !== header.version) return null;
  const size = bytes.readUInt32LE(header.ownSize);
  const part = (at: number) => {
    const from = size + bytes.readUInt32LE(at);
    return { from, to: from + bytes.readUInt32LE(at + 4) };
  };
  return { types: part(header.types), names: part(header.names) };
}

/** Maps the offsets of these names in the string section to the names; each is there once. null: one is missing. */
function placesOfNames(
  readAt: ReadAt,
  { from, to }: Part,
  wanted: ReadonlySet<string>,
): ReadonlyMap<number, string> | null {
  const places = new Map<number, string>();
  const left = new Map([...wanted].map((name) => [name, Buffer.from(`\0${name}\0`, 'latin1')]));
  const bytes = Buffer.allocUnsafe(windowSize);
  for (let at = from; at < to && left.size > 0; ) {
    const got = readAt(bytes, at);
    const window = bytes.subarray(0, Math.min(got, to - at));
    for (const [name, text] of left) {
      const found = window.indexOf(text);
      if (found < 0) continue;
      places.set(at - from + found + 1, name);
      left.delete(name);
    }
    if (got < bytes.length || at + got >= to) break;
    // A name cut off by the end of a window is whole in the next one.
    at += got - nameSize;
  }
  return left.size === 0 ? places : null;
}

/**
 * Visits the types with one of these names (given by offset), or the type with `wantedId` (the first is 1), until
 * `visit` returns true. Stops at a type of an unknown kind.
 */
function findTypes(
  readAt: ReadAt,
  { from, to }: Part,
  names: ReadonlyMap<number, string> | null,
  wantedId: number | null,
  visit: (type: Type, name: number) => boolean,
): void {
  const bytes = Buffer.allocUnsafe(windowSize);
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, windowSize / 4);
  let start = from;
  let end = from;
  let id = 1;
  for (let at = from; at < to; id++) {
    if (at + typeSize > end) {
      start = at;
      end = at + readAt(bytes, at);
      if (at + typeSize > end) return;
    }
    const word = (at - start) >> 2;
    const name = words[word] as number;
    const info = words[word + 1] as number;
    const which = kindOf(info);
    if (which >= fixedBytes.length) return;
    if (id === wantedId || (name !== 0 && names?.has(name) === true)) {
      const size = words[word + 2] as number;
      if (visit({ id, at, info, size }, name)) return;
    }
    const each = bytesOfEach[which] as number;
    at += typeSize + (fixedBytes[which] as number) + each * countIn(info);
  }
}
