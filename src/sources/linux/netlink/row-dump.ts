import type { Glance } from '../../../model/socket/glance.ts';
import type { InetSocket } from '../../../model/socket/socket.ts';
import type { SockDiag } from '../proc/proc.ts';
import { aligned, endAt, flagsAt, isSocket, wordsOf } from './datagrams.ts';
import { type Dump, dumpOf } from './dump.ts';
import { glancer } from './glance.ts';
import { inetMessageParser, inodeIn, type MessageFacts } from './inet-message.ts';
import { readSize } from './message-columns.ts';
import { type InetRequest, inetRequest, leastInet } from './sock-diag.ts';

/** How an answer is read. */
export interface DumpOptions extends MessageFacts {
  /** As in `SockDiag`. */
  readonly isBig?: boolean;
  /** For TCP, as in `SocketQuery`. */
  readonly glance?: ((glance: Glance) => boolean) | null;
  /** As in `TableQuery`. */
  readonly isHeld?: ((inode: number) => boolean) | null;
}

/**
 * The most rows in a batch: a datagram has up to four times as many, and objects that live so long enlarge V8's
 * young generation.
 */
const mostRows = 64;

/**
 * A buffer that is not in use: for hundreds of short answers, allocating new ones would take longer than reading.
 */
let spare: Buffer | null = null;

/** Requests the sockets of one table. Throws as `dumpOf` does. */
export function inetDump(
  ask: SockDiag,
  request: InetRequest,
  { isBig = false, glance = null, isHeld = null, ...facts }: DumpOptions,
): Dump<InetSocket[]> {
  const parse = inetMessageParser(request.protocol, request.family, facts);
  const wants =
    glance !== null
      ? glancer(glance)
      : isHeld === null
        ? undefined
        : (bytes: Buffer, at: number) => isHeld(inodeIn(bytes, at));
  return dumpOfRows(ask, inetRequest(request), { isBig, least: leastInet, parse, wants });
}

/** How the messages of an answer are read. */
export interface MessageReading<T> {
  /** As in `SockDiag`. */
  readonly isBig: boolean;
  /** A shorter message is not a socket. */
  readonly least: number;
  /** Parses the message at an offset of a datagram. */
  parse(bytes: Buffer, at: number, end: number): T;
  /** Which messages are parsed; left out: all. */
  readonly wants?: ((bytes: Buffer, at: number, end: number) => boolean) | undefined;
}

/** Sends any dump request of sock_diag; throws as `dumpOf` does. */
export function dumpOfRows<T>(
  ask: SockDiag,
  request: Uint8Array,
  { isBig, least, parse, wants }: MessageReading<T>,
): Dump<T[]> {
  const bytes = spare ?? Buffer.allocUnsafeSlow(readSize);
  spare = null;
  const words = wordsOf(bytes);
  let batch: T[] = [];
  let flags = 0;
  return dumpOf(ask, request, isBig, {
    bytes,
    least,
    begin() {
      batch = [];
    },
    take(from, got) {
      flags = 0;
      let at = from;
      for (let added = 0; added < mostRows && isSocket(words, at, got, least); added++) {
        flags |= flagsAt(words, at);
        const end = endAt(words, at);
        if (wants === undefined || wants(bytes, at, end)) batch.push(parse(bytes, at, end));
        at = aligned(end);
      }
      return at;
    },
    flags: () => flags,
    hasRoom: () => false,
    batch: () => batch,
    release() {
      spare = bytes;
    },
  });
}
