import { countIn, header, kind, kindOf } from './btf-format.ts';
import type { Member } from './instructions.ts';

/** Where the running kernel describes its own types. */
export const kernelTypesFile = '/sys/kernel/btf/vmlinux';

/** Reads bytes from a place on: how many, fewer than there is room for at the end alone. */
export type ReadAt = (bytes: Buffer, from: number) => number;

/** Where things are in the running kernel. */
export interface KernelLayout {
  /** The number by which the kernel knows the function. */
  readonly functionId: number;
  /** Of each member that was asked for, its distance from the beginning of its structure, in bytes. */
  offsetOf(struct: string, member: string): number;
  /** How many bytes a structure takes. */
  sizeOf(struct: string): number;
}

/** `struct btf_type`: name, `info`, and a size or another type, of four bytes each. */
const typeSize = 12;
/** By kind, from 0 to 19: bytes that come behind a type, and bytes for each of what it counts. */
const fixedBytes = Uint8Array.of(0, 4, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 4, 0, 0);
const bytesOfEach = Uint8Array.of(0, 0, 0, 0, 12, 12, 8, 0, 0, 0, 0, 0, 0, 8, 0, 12, 0, 0, 0, 12);

/** `struct btf_member`: name, type, place in bits. */
const memberSize = 12;
/** Where a type says that members have a size in bits (its uppermost bit), that is in the place's upper byte. */
const placeIn = (info: number, place: number) => (info < 0 ? place & 0xffffff : place);

/** How deep a member may lie within structures that have no name. */
const deepest = 8;
/** More members than any structure has. */
const mostMembers = 4096;
/** Longer than any name that is looked for. */
const nameSize = 64;
/** An instruction has 15 bits for a distance. */
const farthest = 0x7fff;

/**
 * A part of the description at a time: all of it has 5 MiB, and memory that was never used before costs more than
 * reading it.
 */
const windowSize = 64 * 1024;

/** A type that was looked for. */
interface Type {
  readonly id: number;
  readonly at: number;
  readonly info: number;
  readonly size: number;
}

/**
 * Reads what the kernel says (BTF) of a function and of members of its structures; null: it is no such
 * description, or one of them is not in it.
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

  // What structures come first in the description, their members' names do too.
  const early = Buffer.alloc(windowSize);
  const readEarly = readAt(early, names.from);
  const text = Buffer.alloc(nameSize);
  const isNamed = (place: number, name: string) => {
    const isEarly = place + nameSize <= readEarly;
    const begin = isEarly ? place : 0;
    const end = isEarly ? place + nameSize : readAt(text, names.from + place);
    const bytes = isEarly ? early : text;
    return (
      begin + name.length < end &&
      bytes.toString('latin1', begin, begin + name.length + 1) === `${name}\0`
    );
  };
  /**
   * Distance of a member in bits; what a structure or union without a name holds is reached as if it stood here.
   * `tried`: where it was looked for in vain, or is being looked for.
   */
  function placeOf(
    { id: own, at, info }: Type,
    member: string,
    depth: number,
    tried: Set<number>,
  ): number | null {
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
          within.push(placeOf(type, member, depth - 1, tried));
        return true;
      });
      if (typeof within[0] === 'number') return place + within[0];
    }
    return null;
  }

  const offsets = new Map<string, number>();
  for (const [struct, member] of members) {
    const bits = placeOf(found.get(struct) as Type, member, deepest, new Set());
    if (bits === null || bits % 8 !== 0 || bits / 8 > farthest) return null;
    offsets.set(`${struct}.${member}`, bits / 8);
  }
  return {
    functionId: (found.get(functionName) as Type).id,
    offsetOf: (struct, member) => offsets.get(`${struct}.${member}`) as number,
    sizeOf: (struct) => (found.get(struct) as Type).size,
  };
}

/** A part of the description: where it begins and ends. */
interface Part {
  readonly from: number;
  readonly to: number;
}

/** Types and names; null: this is something else, or of a machine of the other byte order. */
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

/** Names by where they stand among all names, each of which stands there once; null: one does not. */
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
    // What is cut by the end of a window stands in the next one.
    at += got - nameSize;
  }
  return left.size === 0 ? places : null;
}

/**
 * Visits the types of these names, by where the names stand, or the one of that number (the first is 1), until
 * `visit` answers true. It ends early at a type of a kind that nobody knows.
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
