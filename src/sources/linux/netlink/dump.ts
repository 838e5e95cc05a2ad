import type { Glance } from '../../../model/socket/glance.ts';
import type { InetSocket } from '../../../model/socket/socket.ts';
import type { SockDiag } from '../proc/proc.ts';
import type { BatchCollector } from './collector.ts';
import { aligned, endAt, flagsAt, typeAt, wordsOf } from './datagrams.ts';
import { failure, NetlinkError } from './diag-file.ts';
import { glancer } from './glance.ts';
import { inetMessageParser, inodeIn, type MessageFacts } from './inet-message.ts';
import { readSize } from './message-columns.ts';
import {
  headerSize,
  type InetRequest,
  inetMessageSize,
  inetRequest,
  messageType,
} from './sock-diag.ts';

/** NLM_F_DUMP_INTR: the list changed, so some sockets may be missing or repeated. */
const interrupted = 0x10;

/** The types of messages that are sockets: the kernel answers with the type of the request. */
const socketTypes: ReadonlySet<number> = new Set([
  messageType.tcpDiag,
  messageType.sockDiagByFamily,
]);

/** The length of the shortest message that is an Internet socket. */
export const leastInet = headerSize + inetMessageSize;

/** An answer in progress. */
export interface Dump<Batch = InetSocket[]> {
  /** Its sockets, some at a time; stopping early ends it. */
  readonly batches: Iterable<Batch>;
  /** Call at the end of the batches: whether the kernel says that some may be missing or repeated. */
  wasInterrupted(): boolean;
}

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

/**
 * Requests the sockets of one table. The start of the answer has arrived when this returns.
 * @throws an error with a `code` if the kernel refuses; from `batches`, if it breaks off
 */
export function inetDump(
  ask: SockDiag,
  request: InetRequest,
  { isBig = false, glance = null, isHeld = null, ...facts }: DumpOptions,
): Dump {
  const parse = inetMessageParser(request.protocol, request.family, facts);
  const wants =
    glance !== null
      ? glancer(request.family, glance)
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

/** Sends any dump request of sock_diag; throws as `inetDump` does. */
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

/** Whether a complete message begins there that is a socket. */
function isSocket(words: Uint32Array, at: number, got: number, least: number): boolean {
  if (at + headerSize > got) return false;
  const end = endAt(words, at);
  return end - at >= least && end <= got && socketTypes.has(typeAt(words, at));
}

/** Sends a request; `collector` makes the batches of what comes. Throws as `inetDump` does. */
export function dumpOf<Batch extends { readonly length: number }>(
  ask: SockDiag,
  request: Uint8Array,
  isBig: boolean,
  collector: BatchCollector<Batch>,
): Dump<Batch> {
  const { bytes, least } = collector;
  const file = asked();
  const words = wordsOf(bytes);
  let flags = 0;
  let isDone = false;
  /** The error that broke off the answer, after its last sockets. */
  let broken: unknown = null;
  /** The number of bytes read, and the offset of the next message. */
  let got = 0;
  let at = 0;

  function asked(): ReturnType<SockDiag> {
    try {
      return ask(request, isBig);
    } catch (error) {
      collector.release();
      throw error;
    }
  }

  /** Reads a batch. What it has before an error is still returned. */
  function next(): Batch {
    collector.begin();
    try {
      fill();
    } catch (error) {
      isDone = true;
      broken = error;
    }
    const batch = collector.batch();
    if (broken !== null && batch.length === 0) throw broken;
    return batch;
  }

  /** Reads complete messages, as many as make a batch. */
  function fill(): void {
    do {
      if (at + headerSize > got) {
        got = file.read(bytes, 0);
        at = 0;
        if (got < headerSize) throw new NetlinkError('EBADMSG');
      }
      do {
        at = collector.take(at, got);
        flags |= collector.flags();
      } while (isOther());
    } while (!isDone && at + headerSize > got && collector.hasRoom());
  }

  /** Reads the next message if it is not a socket; false: it is, or there is none. */
  function isOther(): boolean {
    if (at >= got || isDone || isSocket(words, at, got, least)) return false;
    if (at + headerSize > got) throw new NetlinkError('EBADMSG');
    const end = endAt(words, at);
    if (end - at < headerSize || end > got) throw new NetlinkError('EBADMSG');
    flags |= flagsAt(words, at);
    const type = typeAt(words, at);
    if (type === messageType.done) {
      isDone = true;
      // A kernel that lacks the list reports it here.
      const error = end - at >= headerSize + 4 ? bytes.readInt32LE(at + headerSize) : 0;
      if (error < 0) broken = failure(error);
    } else if (type === messageType.error) {
      isDone = true;
      if (end - at < headerSize + 4) throw new NetlinkError('EBADMSG');
      broken = failure(bytes.readInt32LE(at + headerSize));
    }
    at = aligned(end);
    return true;
  }

  function* all(first: Batch): Generator<Batch> {
    try {
      if (first.length > 0) yield first;
      while (!isDone) {
        const batch = next();
        if (batch.length > 0) yield batch;
      }
      if (broken !== null) throw broken;
    } finally {
      file.close();
      collector.release();
    }
  }

  try {
    return { batches: all(next()), wasInterrupted: () => (flags & interrupted) !== 0 };
  } catch (error) {
    file.close();
    collector.release();
    throw error;
  }
}
