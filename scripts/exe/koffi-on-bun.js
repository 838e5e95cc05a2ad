/**
 * In the executable for Windows this stands for koffi: as much of koffi's interface as this program
 * uses, on Bun's own foreign functions (https://bun.com/docs/runtime/ffi). koffi itself is a native
 * library, which a single file would have to unpack into a folder and load from there; and from a
 * folder that others can write to, a program that may run as administrator must load nothing.
 */
import { dlopen, read, toArrayBuffer } from 'bun:ffi';

/** Bun's name for each type that a declaration may name. */
const types = {
  int: 'i32',
  uint16_t: 'u16',
  uint32_t: 'u32',
  void: 'void',
  'void *': 'ptr',
};

/** What lends an argument that is written to (`_Out_`, `_Inout_`) its place in memory. */
const places = {
  'uint32_t *': Uint32Array,
  'void **': BigUint64Array,
};

function known(table, name) {
  if (!Object.hasOwn(table, name)) throw new TypeError(`${name}: a type that is not provided for`);
  return table[name];
}

/** A parameter as `_Inout_ uint32_t *size`: Bun's type of it, and its place if it is written to. */
function parameterOf(text) {
  const [, written, type] = /^(_Out_ |_Inout_ )?(.*?) ?\w+$/.exec(text);
  return written === undefined
    ? { type: known(types, type), Place: null }
    : { type: 'ptr', Place: known(places, type) };
}

/** `uint32_t __stdcall Name(parameters)`; on x64 there is but one calling convention. */
function declarationOf(text) {
  const [, result, name, list] = /^(.*?) __stdcall (\w+)\((.*)\)$/.exec(text);
  return { name, result, parameters: list === '' ? [] : list.split(', ').map(parameterOf) };
}

/** A pointer that the program keeps as a bigint is one of 48 bits, or it is no pointer. */
const plain = (argument) => (typeof argument === 'bigint' ? Number(argument) : argument);

function call(native, parameters, given) {
  const written = [];
  const args = given.map((argument, i) => {
    const { Place } = parameters[i];
    if (Place === null) return plain(argument);
    const place = new Place(1);
    if (argument[0] !== null) place[0] = argument[0];
    written.push([argument, place]);
    return place;
  });
  const answer = native(...args);
  for (const [argument, [value]] of written) argument[0] = value === 0n ? null : value;
  return answer;
}

/** A library of Windows; by its whole path, or one beside the executable would go first. */
export function load(library) {
  const path = `${process.env.SystemRoot}\\System32\\${library}`;
  return {
    func(text) {
      const { name, result, parameters } = declarationOf(text);
      const { symbols } = dlopen(path, {
        [name]: {
          args: parameters.map(({ type }) => type),
          returns: result === 'void *' ? 'u64' : known(types, result),
        },
      });
      return (...given) => call(symbols[name], parameters, given);
    },
  };
}

/** What is at an address: a `uint32_t`, or with a length as many bytes. */
export function decode(address, type, length) {
  if (type === 'uint32_t' && length === undefined) return read.u32(Number(address));
  if (type === 'uint8_t') return new Uint8Array(toArrayBuffer(Number(address), 0, length));
  throw new TypeError(`${type}: a type that is not provided for`);
}
