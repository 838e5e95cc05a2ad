import { header, infoOf, kind } from './btf-format.ts';
import { bytesOfWords } from './words.ts';

/** The type of a member, as far as the kernel compares it with its own. */
type MemberType =
  | 'int'
  | 'unsigned int'
  | 'unsigned char'
  | 'unsigned long'
  | 'pointer'
  /** An array of a structure. */
  | { readonly each: string }
  /** A structure within this one. */
  | { readonly whole: string };

/** Structures with the members that are used; a structure comes after those that it contains. */
export type Structures = Readonly<Record<string, Readonly<Record<string, MemberType>>>>;

/** BTF of structures, and of functions whose parameters are left open. */
export interface OwnTypes {
  /** The ID and the size in bytes of each structure. */
  readonly structures: ReadonlyMap<string, { readonly id: number; readonly size: number }>;
  readonly functionIds: readonly number[];
  /** Returns the offset of a text among the names, adding it if necessary. */
  placeOf(text: string): number;
  /** Returns the BTF with all these texts. */
  finish(): Buffer;
}

/** The encoding of an integer: the flag for signed; the lower bits are its width. */
const signed = 1 << 24;
const linkage = { static: 0, global: 1 } as const;

/**
 * Describes structures in which every member has the offset 0, and a program of so many functions; the kernel calls
 * the first, and shows its name.
 */
export function ownTypes(structures: Structures, name: string, functions: number): OwnTypes {
  const places = new Map([['', 0]]);
  let names = '\0';
  const types: number[] = [];
  let count = 0;

  function placeOf(text: string): number {
    let place = places.get(text);
    if (place === undefined) {
      place = names.length;
      places.set(text, place);
      names += `${text}\0`;
    }
    return place;
  }
  /** Adds a type. Returns its ID. */
  function add(name: string, info: number, sizeOrType: number, behind: readonly number[] = []) {
    types.push(placeOf(name), info, sizeOrType, ...behind);
    return ++count;
  }
  const integer = (name: string, size: number, encoding = 0) =>
    add(name, infoOf(kind.int, 0), size, [encoding | (size * 8)]);

  const plain = {
    int: { id: integer('int', 4, signed), size: 4 },
    'unsigned char': { id: integer('unsigned char', 1), size: 1 },
    'unsigned int': { id: integer('unsigned int', 4), size: 4 },
    'unsigned long': { id: integer('unsigned long', 8), size: 8 },
    // To an unknown type.
    pointer: { id: add('', infoOf(kind.pointer, 0), 0), size: 8 },
  };
  const known = new Map<string, { readonly id: number; readonly size: number }>();
  const typeOf = (member: MemberType) => {
    if (typeof member === 'string') return plain[member];
    if ('whole' in member) return known.get(member.whole) as { id: number; size: number };
    const each = known.get(member.each) as { id: number; size: number };
    const array = [each.id, plain['unsigned int'].id, 1];
    return { id: add('', infoOf(kind.array, 0), 0, array), size: each.size };
  };
  for (const [name, members] of Object.entries(structures)) {
    const list = Object.entries(members).map(([member, type]) => ({ member, ...typeOf(type) }));
    const size = Math.max(...list.map((one) => one.size));
    const behind = list.flatMap(({ member, id }) => [placeOf(member), id, 0]);
    known.set(name, { id: add(name, infoOf(kind.struct, list.length), size, behind), size });
  }
  const prototype = add('', infoOf(kind.prototype, 0), plain.int.id);

  return {
    structures: known,
    functionIds: Array.from({ length: functions }, (_, at) =>
      add(name, infoOf(kind.function, at === 0 ? linkage.global : linkage.static), prototype),
    ),
    placeOf,
    finish() {
      const text = Buffer.from(names, 'latin1');
      const size = types.length * 4;
      const begin = [
        header.magic | (header.version << 16),
        header.size,
        0,
        size,
        size,
        text.length,
      ];
      return Buffer.concat([bytesOfWords(begin), bytesOfWords(types), text]);
    },
  };
}
