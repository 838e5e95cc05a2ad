import type { Glance } from '../../../model/glance.ts';
import type { PackedFacts } from '../../../model/packed/sockets.ts';
import type { InetSocket } from '../../../model/socket.ts';
import type { SockDiag } from '../proc/proc.ts';
import type { Collector } from './collector.ts';
import { largestDatagram } from './datagrams.ts';
import { failure, NetlinkError } from './diag-file.ts';
import type { FurtherWanted } from './further-facts.ts';
import { glancer } from './glance.ts';
import { inetMessageParser, inodeIn, type MessageFacts } from './inet-message.ts';
import { type DiagPack, messagePacker, mostMessages } from './message-packer.ts';
import {
  familyNumber,
  headerSize,
  type InetRequest,
  inetMessageSize,
  inetRequest,
  messageType,
  tcpRequest,
} from './sock-diag.ts';

/** NLM_F_DUMP_INTR: the list changed, so some sockets may be missing or repeated. */
const interrupted = 0x10;

/** The types of messages that are sockets: the kernel answers with the type of the request. */
const socketTypes: ReadonlySet<number> = new Set([
  messageType.tcpDiag,
  messageType.sockDiagByFamily,
]);

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

/** A buffer for what is read, which the collector also uses. */
function readBuffer(): Buffer {
  return Buffer.allocUnsafeSlow(2 * largestDatagram);
}

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
  const least = headerSize + inetMessageSize;
  const parse = inetMessageParser(request.protocol, request.family, facts);
  const wants =
    glance !== null
      ? glancer(request.family, glance)
      : isHeld === null
        ? undefined
        : (bytes: Buffer, at: number) => isHeld(inodeIn(bytes, at));
  return dumpOfRows(ask, inetRequest(request), { isBig, least, parse, wants });
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
  const bytes = spare ?? readBuffer();
  spare = null;
  let batch: T[] = [];
  const collector = {
    ...{ least, most: mostRows },
    begin: () => {
      batch = [];
    },
    add(at: number, end: number) {
      if (wants === undefined || wants(bytes, at, end)) batch.push(parse(bytes, at, end));
    },
    batch: () => batch,
  };
  return dumpOf(ask, request, isBig, bytes, collector, () => {
    spare = bytes;
  });
}

/** The same as columns of numbers, which the next batch reuses. `isBig`: as in `SockDiag`. */
export function packedDump(
  ask: SockDiag,
  request: InetRequest,
  facts: PackedFacts,
  wanted: FurtherWanted,
  isBig: boolean,
): Dump<DiagPack> {
  const bytes = readBuffer();
  const packer = messagePacker(request.protocol, request.family, facts, wanted, bytes);
  return dumpOf(ask, inetRequest(request), isBig, bytes, packer);
}

/** An answer with the TCP sockets of both families; `batches` has those of IPv4. */
export interface TcpDump extends Dump<DiagPack> {
  /** Complete at the end of the batches: the IPv6 sockets, which were kept. */
  readonly inet6: Iterable<DiagPack>;
}

/** As `packedDump`, for both tables of TCP at once. */
export function packedTcpDump(
  ask: SockDiag,
  request: Omit<InetRequest, 'family' | 'protocol'>,
  facts: PackedFacts,
  wanted: FurtherWanted,
  isBig: boolean,
): TcpDump {
  const bytes = readBuffer();
  const inet = messagePacker('tcp', 'inet', facts, wanted, bytes);
  const inet6 = messagePacker('tcp', 'inet6', facts, wanted, bytes);
  const kept: DiagPack[] = [];
  const most = mostMessages / 2;
  const dump = dumpOf(ask, tcpRequest(request), isBig, bytes, {
    ...{ least: inet.least, most },
    begin() {
      inet.begin();
      // All rows of the batch may be of IPv6.
      if (inet6.batch().length <= mostMessages - most) return;
      inet6.keepIn(kept);
      inet6.begin();
    },
    add(at, end) {
      if (bytes[at + headerSize] === familyNumber.inet6) inet6.add(at, end);
      else inet.add(at, end);
    },
    batch: inet.batch,
  });
  function* keptBatches(): Generator<DiagPack> {
    yield* kept;
    yield inet6.batch();
  }
  return { ...dump, inet6: keptBatches() };
}

function dumpOf<Batch extends { readonly length: number }>(
  ask: SockDiag,
  request: Uint8Array,
  isBig: boolean,
  bytes: Buffer,
  collector: Collector<Batch>,
  release: () => void = () => {},
): Dump<Batch> {
  const file = ask(request, isBig);
  // Messages are aligned to words, as the buffer is.
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  let isInterrupted = false;
  let isDone = false;
  /** The error that broke off the answer, after its last sockets. */
  let broken: NetlinkError | null = null;
  /** The number of bytes read, and the offset of the next message. */
  let got = 0;
  let at = 0;

  /** Reads complete messages, as many as make a batch. */
  function next(): Batch {
    if (at + headerSize > got) {
      got = file.read(bytes, 0);
      at = 0;
      if (got < headerSize) throw new NetlinkError('EBADMSG');
    }
    const { most } = collector;
    for (let added = 0; added < most && at + headerSize <= got; ) {
      const length = words[at >> 2] as number;
      const end = at + length;
      if (length < headerSize || end > got) throw new NetlinkError('EBADMSG');
      const typeAndFlags = words[(at >> 2) + 1] as number;
      const type = typeAndFlags & 0xffff;
      if (((typeAndFlags >>> 16) & interrupted) !== 0) isInterrupted = true;
      if (type === messageType.done) {
        isDone = true;
        // A kernel that lacks the list reports it here.
        const error = length >= headerSize + 4 ? bytes.readInt32LE(at + headerSize) : 0;
        if (error < 0) broken = failure(error);
      } else if (type === messageType.error) {
        isDone = true;
        broken = failure(bytes.readInt32LE(at + headerSize));
      } else if (socketTypes.has(type) && length >= collector.least) {
        collector.add(at, end);
        added++;
      }
      at += (length + 3) & ~3;
    }
    const batch = collector.batch();
    if (broken !== null && batch.length === 0) throw broken;
    return batch;
  }

  /** Begins a batch outside of the loop, for which V8 would optimize `next` anew when it first takes a rare branch. */
  function nextBatch(): Batch {
    collector.begin();
    return next();
  }

  function* all(first: Batch): Generator<Batch> {
    try {
      if (first.length > 0) yield first;
      while (!isDone) {
        const batch = nextBatch();
        if (batch.length > 0) yield batch;
      }
      if (broken !== null) throw broken;
    } finally {
      file.close();
      release();
    }
  }

  try {
    return { batches: all(nextBatch()), wasInterrupted: () => isInterrupted };
  } catch (error) {
    file.close();
    throw error;
  }
}
