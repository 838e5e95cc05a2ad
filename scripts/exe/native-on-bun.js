/**
 * Replaces src/sources/native.ts in the executables: the part of koffi's interface that this program uses,
 * implemented with Bun's FFI (https://bun.com/docs/runtime/ffi). koffi itself is a native library, which a single
 * file would have to unpack into a folder and load from there; a program that may run as an administrator should
 * load nothing from a folder that others can write to.
 */

import { dlopen, ptr, read, toArrayBuffer } from 'bun:ffi';
import { existsSync } from 'node:fs';

/** Bun's names for the types in declarations. */
const types = {
  int: 'i32',
  'unsigned int': 'u32',
  long: 'i64',
  size_t: 'u64',
  uint16_t: 'u16',
  uint32_t: 'u32',
  void: 'void',
  'void *': 'ptr',
  'const void *': 'ptr',
};

/** The array that holds an output argument (`_Out_`, `_Inout_`). */
const places = {
  'uint32_t *': Uint32Array,
  'void **': BigUint64Array,
};

function known(table, name) {
  if (!Object.hasOwn(table, name)) throw new TypeError(`${name}: unsupported type`);
  return table[name];
}

/** A parameter such as `_Inout_ uint32_t *size` or `int`: its Bun type, and its array if it is an output. */
function parameterOf(text) {
  if (Object.hasOwn(types, text)) return { type: types[text], Place: null };
  const [, written, type] = /^(_Out_ |_Inout_ )?(.*?) ?\w+$/.exec(text);
  return written === undefined
    ? { type: known(types, type), Place: null }
    : { type: 'ptr', Place: known(places, type) };
}

/** Parses `uint32_t __stdcall Name(parameters)`; x64 has only one calling convention. */
function declarationOf(text) {
  const [, result, name, list] = /^(.*?) (?:__stdcall )?(\w+)\((.*)\)$/.exec(text);
  return { name, result, parameters: list === '' ? [] : list.split(', ').map(parameterOf) };
}

/** Bun takes pointers as numbers; a bigint from the program has at most 48 bits, or is no pointer. */
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

/** The names of the C library on this system's loader. */
const libcNames = [
  'libc.so.6',
  `libc.musl-${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}.so.1`,
];

/** A Windows library by its full path, as one beside the executable would be loaded first; null: libc. */
function pathOf(library) {
  if (library !== null) return `${process.env.SystemRoot}\\System32\\${library}`;
  return existsSync('/lib/libc.so.6') || existsSync('/lib64/libc.so.6') ? libcNames[0] : null;
}

function open(library, symbols) {
  const path = pathOf(library);
  if (path !== null) return dlopen(path, symbols);
  let failure;
  for (const name of libcNames) {
    try {
      return dlopen(name, symbols);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

function load(library) {
  if (library === null && errnoAddress === null) bindErrno();
  return {
    func(text) {
      const { name, result, parameters } = declarationOf(text);
      const { symbols } = open(library, {
        [name]: {
          args: parameters.map(({ type }) => type),
          returns: result === 'void *' ? 'u64' : known(types, result),
        },
      });
      return (...given) => call(symbols[name], parameters, given);
    },
  };
}

/** The value at an address: a `uint32_t`, or `length` bytes. */
function decode(address, type, length) {
  if (type === 'uint32_t' && length === undefined) return read.u32(Number(address));
  if (type === 'uint8_t') return new Uint8Array(toArrayBuffer(Number(address), 0, length));
  throw new TypeError(`${type}: unsupported type`);
}

/** The address of a buffer. */
const address = (buffer) => BigInt(ptr(buffer));

/** The function of the C library that returns the address of errno, which each thread has of its own. */
let errnoAddress = null;

/** Bound before any call that may fail: to open a library and look for its file changes errno. */
function bindErrno() {
  const { symbols } = open(null, { __errno_location: { args: [], returns: 'ptr' } });
  errnoAddress = symbols.__errno_location;
}

const errno = () => read.i32(errnoAddress());

/** The same interface as src/sources/native.ts. */
export const isNativeAtHand = true;

export function loadNative() {
  return { version: '3', load, decode, address, errno };
}
