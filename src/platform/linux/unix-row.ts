import { type UnixSocket, type UnixType, unixFlag } from '../../model/socket.js';
import type { UnixState } from '../../model/state.js';
import { scan, scanDecimal, scanHex, skipBlanks } from './scan.js';
import { decodeText } from './text.js';

/**
 * Rows of /proc/net/unix: `Num: RefCount Protocol Flags Type St Inode Path`
 * (net/unix/af_unix.c unix_seq_show). Very old kernels have no Inode. The path is every byte after
 * one blank up to the line's end, so it may hold blanks; NUL bytes of abstract names show as `@`.
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

/** Whether the table whose first line this is has an Inode column. */
export function unixHasInode(header: string): boolean {
  return /\bInode\b/.test(header);
}

/** One row, or null where the line is not one: then it belongs to a path that holds a line break. */
export function parseUnixRow(
  bytes: Buffer,
  start: number,
  end: number,
  hasInode: boolean,
): UnixSocket | null {
  if (scanHex(bytes, skipBlanks(bytes, start, end), end) < 0) return null;
  if (bytes[scan.cursor] !== 58) return null;
  const refCount = scanHex(bytes, skipBlanks(bytes, scan.cursor + 1, end), end);
  const protocol = scanHex(bytes, skipBlanks(bytes, scan.cursor, end), end);
  const flags = scanHex(bytes, skipBlanks(bytes, scan.cursor, end), end);
  const type = scanHex(bytes, skipBlanks(bytes, scan.cursor, end), end);
  const state = scanHex(bytes, skipBlanks(bytes, scan.cursor, end), end);
  if (refCount < 0 || protocol < 0 || flags < 0 || type < 0 || state < 0) return null;
  let inode = 0;
  if (hasInode) {
    inode = scanDecimal(bytes, skipBlanks(bytes, scan.cursor, end), end);
    if (inode < 0) return null;
  }
  if (scan.cursor < end && bytes[scan.cursor] !== 32) return null;
  const pathAt = scan.cursor + 1;
  return {
    protocol: 'unix',
    family: 'unix',
    type: typeOf[type] ?? `UNKNOWN(${type})`,
    state:
      state === 1 && (flags & unixFlag.accepts) !== 0
        ? 'LISTENING'
        : (stateOf[state] ?? `UNKNOWN(${state})`),
    refCount,
    flags,
    path: pathAt < end ? decodeText(bytes.subarray(pathAt, end)) : null,
    inode: inode === 0 ? null : inode,
    owners: null,
    noOwner: null,
  };
}
