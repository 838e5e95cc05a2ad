import { instanceOf, type ModuleMemory, pageSize } from '../../../flow/web-assembly.ts';
import type { Column } from '../../../model/packed/columns.ts';
import { wasm } from './row-bytes.wasm.ts';

/** Texts in the memory of the rows' writer, numbered in the order in which they were added. */
interface TextList {
  /** Of the table for cells; changes with `add`. */
  readonly address: number;
  readonly length: number;
  /** The length of the longest, in bytes. */
  readonly longest: number;
  add(text: string): void;
}

/** What writes rows (`row-bytes.as.ts`), and its memory: what is allocated stays until the end. */
export interface RowBytes {
  /** The kinds of cells. */
  readonly kinds: Readonly<Record<CellKind, number>>;
  /** Returns the address of so many bytes, which is a multiple of 8. */
  allocate(size: number): number;
  /** Copies the first `count` numbers of a column, or all. */
  put(address: number, numbers: Column | readonly number[], count?: number): void;
  /** Returns the address of a text in ASCII. */
  text(text: string): number;
  /** Returns the address of a table of texts for all codes of a byte, each made when a row first needs it. */
  textsByCode(textOf: (code: number) => string): number;
  textList(): TextList;
  /** Writes `length` rows of a description to an address, and returns the address after them. */
  write(description: number, length: number, to: number): number;
  /** The bytes between two addresses; valid until something is allocated. */
  bytes(from: number, to: number): Uint8Array;
  /** Gives the memory back. */
  release(): void;
}

const cellKinds = [
  ...(['text', 'signed', 'unsigned', 'timer'] as const),
  ...(['right', 'rightLong', 'rightFloat', 'milliseconds'] as const),
] as const;
export type CellKind = (typeof cellKinds)[number];

/** What the module exports: its memory, the numbers of the kinds, and a function. */
type Exports = Readonly<Record<CellKind, { readonly value: number }>> & {
  readonly memory: ModuleMemory;
  readonly write: RowBytes['write'];
};

/** An entry of a table of texts: an address and a length. */
const entrySize = 8;
/** As much as most listings need. */
const usualSize = 16 * pageSize;

/** An instance of the module, which one writer uses at a time. */
interface Instance {
  readonly exports: Exports;
  /** The texts of codes that have none yet, by the address of their table. */
  readonly asked: Map<number, (code: number) => void>;
}

/** An instance that is not in use: each round of -c would need one, and an engine is slow to take them back. */
let spare: Instance | null = null;

function takeInstance(): Instance | null {
  const taken = spare;
  spare = null;
  if (taken !== null) return taken;
  const asked: Instance['asked'] = new Map();
  const exports = instanceOf<Exports>(wasm, usualSize, {
    'row-bytes.as': { learn: (table: number, code: number) => asked.get(table)?.(code) },
  });
  return exports && { exports, asked };
}

/** Returns a writer with a memory of its own; null: this engine has no WebAssembly, or no memory for it. */
export function rowBytes(): RowBytes | null {
  const instance = takeInstance();
  if (instance === null) return null;
  const { asked, exports } = instance;
  asked.clear();
  const { allocate, addText, put, move, clear, bytes } = allocations(exports.memory);
  const enter = (table: number, code: number, text: Uint8Array) =>
    put(table + code * entrySize, [addText(text), text.length]);
  return {
    kinds: Object.fromEntries(cellKinds.map((kind) => [kind, exports[kind].value])) as Record<
      CellKind,
      number
    >,
    allocate,
    put,
    text: (text) => addText(Buffer.from(text)),
    textsByCode(textOf) {
      const table = allocate(256 * entrySize);
      clear(table, 256 * entrySize);
      asked.set(table, (code) => enter(table, code, Buffer.from(textOf(code))));
      return table;
    },
    textList: () => textList({ allocate, move, enter }),
    write: exports.write,
    bytes,
    release() {
      spare = instance;
    },
  };
}

/** What is allocated in a module's memory, which grows with it. */
interface Allocations extends Pick<RowBytes, 'allocate' | 'put' | 'bytes'> {
  /** Returns its address. */
  addText(text: Uint8Array): number;
  /** Copies bytes from one address to another. */
  move(from: number, to: number, size: number): void;
  /** Sets bytes to 0. */
  clear(address: number, size: number): void;
}

/** Nothing yet. */
function allocations(memory: ModuleMemory): Allocations {
  // The module's own data is in the first page.
  let used = pageSize;
  let all = new Uint8Array(memory.buffer);
  const allocate = (size: number): number => {
    const address = used;
    used = (address + size + 7) & ~7;
    const missing = used - all.length;
    if (missing > 0) {
      memory.grow(Math.ceil(missing / pageSize));
      all = new Uint8Array(memory.buffer);
    }
    return address;
  };
  return {
    allocate,
    put(address, numbers, count = numbers.length) {
      const column = Array.isArray(numbers) ? Uint32Array.from(numbers) : (numbers as Column);
      const { buffer, byteOffset, BYTES_PER_ELEMENT } = column;
      all.set(new Uint8Array(buffer, byteOffset, count * BYTES_PER_ELEMENT), address);
    },
    addText(text) {
      const address = allocate(text.length);
      all.set(text, address);
      return address;
    },
    move: (from, to, size) => all.copyWithin(to, from, from + size),
    clear: (address, size) => all.fill(0, address, address + size),
    bytes: (from, to) => all.subarray(from, to),
  };
}

/** An empty list; `enter` writes the address and the length of a text into a table. */
function textList({
  allocate,
  move,
  enter,
}: Pick<Allocations, 'allocate' | 'move'> & {
  enter(table: number, code: number, text: Uint8Array): void;
}): TextList {
  let room = 64;
  let table = allocate(room * entrySize);
  let length = 0;
  let longest = 0;
  return {
    get address() {
      return table;
    },
    get length() {
      return length;
    },
    get longest() {
      return longest;
    },
    add(text) {
      if (length === room) {
        const bigger = allocate(2 * room * entrySize);
        move(table, bigger, room * entrySize);
        table = bigger;
        room *= 2;
      }
      const bytes = Buffer.from(text);
      enter(table, length++, bytes);
      longest = Math.max(longest, bytes.length);
    },
  };
}
