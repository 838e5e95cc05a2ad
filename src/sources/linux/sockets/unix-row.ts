import { type UnixSocket, type UnixType, unixFlag } from '../../../model/socket/socket.ts';
import type { UnixState } from '../../../model/socket/state.ts';
import { hex4, hex8, nibble, scan, scanHex, scanUnsigned, skipBlanks } from '../scan.ts';
import { decodeTextIn } from '../text.ts';

/**
 * Rows of /proc/net/unix: `Num: RefCount Protocol Flags Type St Inode Path` (net/unix/af_unix.c unix_seq_show).
 * Very old kernels have no Inode. The path is everything after one blank up to the end of the line, so it may
 * contain blanks. NUL bytes of abstract names are printed as `@`, but Linux before 2.6.28 and gVisor print those
 * after the first unchanged.
 */

/** <linux/net.h> enum sock_type */
const typeOf: readonly (UnixType | undefined)[] = [
  undefined,
  'STREAM',
  'DGRAM',
  'RAW',
  'RDM',
  'SEQPACKET',
];

/** <linux/net.h> socket_state */
const stateOf: readonly UnixState[] = [
  'FREE',
  'UNCONNECTED',
  'CONNECTING',
  'CONNECTED',
  'DISCONNECTING',
];

/** The type of a socket by its code, <linux/net.h> enum sock_type. */
export function unixTypeOf(code: number): UnixType {
  return typeOf[code] ?? `UNKNOWN(${code})`;
}

/** Whether the table with this header has an Inode column. */
export function unixHasInode(header: string): boolean {
  return /\bInode\b/.test(header);
}

const blank = 32;
const colon = 58;

/** The minimum width of Inode. */
const inodeWidth = 5;

/** The fields of the current row before its inode. */
const fields = { refCount: 0, flags: 0, type: 0, state: 0 };

/**
 * The width of Num in a row that has exactly the form in which the kernel prints it, `%pK: %08X %08X %08X %04X %02X
 * %5lu`; 0 for any other line. It is the same in all rows of a table.
 */
export function unixRowForm(
  bytes: Uint8Array,
  start: number,
  end: number,
  hasInode: boolean,
): number {
  const width = hexDigits(bytes, start, end);
  return width > 0 && isExact(bytes, start, end, hasInode, width) ? width : 0;
}

/**
 * Parses one row; null: the line is not a row, but part of a path with a line break. A `form` other than 0 is
 * required of it: see `unixRowForm`.
 */
export function parseUnixRow(
  bytes: Buffer,
  start: number,
  end: number,
  hasInode: boolean,
  form = 0,
): UnixSocket | null {
  if (form > 0) {
    if (!isExact(bytes, start, end, hasInode, form)) return null;
    scan.cursor = start + form + fieldsWidth;
  } else if (!readFields(bytes, start, end)) {
    return null;
  }
  const { refCount, flags, type, state } = fields;
  let inode = 0;
  if (hasInode) {
    inode = scanUnsigned(bytes, skipBlanks(bytes, scan.cursor, end), end);
    if (inode < 0) return null;
  }
  if (scan.cursor < end && bytes[scan.cursor] !== blank) return null;
  return {
    protocol: 'unix',
    family: 'unix',
    type: unixTypeOf(type),
    state:
      state === 1 && (flags & unixFlag.accepts) !== 0
        ? 'LISTENING'
        : (stateOf[state] ?? `UNKNOWN(${state})`),
    refCount,
    flags,
    path: unixPath(bytes, scan.cursor + 1, end),
    inode: inode === 0 ? null : inode,
    owners: null,
    noOwner: null,
  };
}

/** The width of `: %08X %08X %08X %04X %02X`, between Num and Inode. */
const fieldsWidth = 36;

/** Whether a line is a row in the kernel's exact form, with a Num of `width`; its fields are then read. */
function isExact(
  bytes: Uint8Array,
  start: number,
  end: number,
  hasInode: boolean,
  width: number,
): boolean {
  const at = start + width;
  if (
    at + fieldsWidth > end ||
    bytes[at] !== colon ||
    bytes[at + 1] !== blank ||
    bytes[at + 10] !== blank ||
    bytes[at + 19] !== blank ||
    bytes[at + 28] !== blank ||
    bytes[at + 33] !== blank ||
    hexDigits(bytes, start, at) !== width
  ) {
    return false;
  }
  fields.refCount = hex8(bytes, at + 2);
  const protocol = hex8(bytes, at + 11);
  fields.flags = hex8(bytes, at + 20);
  fields.type = hex4(bytes, at + 29);
  fields.state = (nibble(bytes[at + 34] as number) << 4) | nibble(bytes[at + 35] as number);
  if (
    fields.refCount < 0 ||
    protocol < 0 ||
    fields.flags < 0 ||
    fields.type < 0 ||
    fields.state < 0
  ) {
    return false;
  }
  const behind = hasInode ? inodeEnd(bytes, at + fieldsWidth, end) : at + fieldsWidth;
  return behind === end || bytes[behind] === blank;
}

/** The end of the ` %5lu` that begins at `at`; -1: none. */
function inodeEnd(bytes: Uint8Array, at: number, end: number): number {
  const column = at + 1;
  const digits = skipBlanks(bytes, column, end);
  if (bytes[at] !== blank || scanUnsigned(bytes, digits, end) < 0) return -1;
  const width = scan.cursor - column;
  const isPadded = digits > column;
  return width < inodeWidth || (isPadded && width > inodeWidth) ? -1 : scan.cursor;
}

/** The number of hexadecimal digits at `start`. */
function hexDigits(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && nibble(bytes[at] as number) >= 0) at++;
  return at - start;
}

/** Reads the fields in any widths; returns false if one is missing. */
function readFields(bytes: Uint8Array, start: number, end: number): boolean {
  if (scanHex(bytes, skipBlanks(bytes, start, end), end) < 0) return false;
  if (bytes[scan.cursor] !== colon) return false;
  fields.refCount = scanHex(bytes, skipBlanks(bytes, scan.cursor + 1, end), end);
  const protocol = scanHex(bytes, skipBlanks(bytes, scan.cursor, end), end);
  fields.flags = scanHex(bytes, skipBlanks(bytes, scan.cursor, end), end);
  fields.type = scanHex(bytes, skipBlanks(bytes, scan.cursor, end), end);
  fields.state = scanHex(bytes, skipBlanks(bytes, scan.cursor, end), end);
  const { refCount, flags, type, state } = fields;
  return refCount >= 0 && protocol >= 0 && flags >= 0 && type >= 0 && state >= 0;
}

/**
 * A name as the table shows it; null: none. Trailing NUL bytes are not part of it: they are padding of a program
 * that binds its whole `sockaddr_un`.
 */
export function unixPath(bytes: Buffer, start: number, end: number): string | null {
  let last = end;
  while (last > start && bytes[last - 1] === 0) last--;
  return last > start ? decodeTextIn(bytes, start, last) : null;
}
