import type { InetSocket } from '../../../model/socket.ts';
import type { SockDiag } from '../proc/proc.ts';
import { largestDatagram } from '../reader/datagram-reads.ts';
import { failure, NetlinkError } from './diag-file.ts';
import { inetMessageParser, type MessageFacts } from './inet-message.ts';
import {
  headerSize,
  type InetRequest,
  inetMessageSize,
  inetRequest,
  messageType,
} from './sock-diag.ts';

/** NLM_F_DUMP_INTR: what is listed changed so that some may be missing or told twice. */
const interrupted = 0x10;

/** An answer that is under way. */
export interface Dump<T> {
  /** Its sockets, some hundreds at a time; leaving them early ends it. */
  readonly batches: Iterable<T[]>;
  /** Once they are at their end: the kernel says that some may be missing or told twice. */
  wasInterrupted(): boolean;
}

/** How an answer is read. */
export interface DumpOptions extends MessageFacts {
  /** As `SockDiag` has it. */
  readonly isBig?: boolean;
}

/**
 * Asks for the sockets of one table. The first of its answer is there when this returns.
 * @throws an error with a `code` where the kernel refuses; in `batches`, where it breaks off
 */
export function inetDump(
  ask: SockDiag,
  request: InetRequest,
  { isBig = false, ...facts }: DumpOptions,
): Dump<InetSocket> {
  const parse = inetMessageParser(request.protocol, request.family, facts);
  const least = headerSize + inetMessageSize;
  return dumpOf(ask, inetRequest(request), { isBig, least, parse });
}

/** How the messages of an answer are read. */
export interface MessageReading<T> {
  /** As `SockDiag` has it. */
  readonly isBig: boolean;
  /** A shorter message is no socket. */
  readonly least: number;
  /** Reads the message at a place of a datagram. */
  parse(bytes: Buffer, at: number, end: number): T;
}

/** Sends any request of sock_diag for a list; throws as `inetDump` does. */
export function dumpOf<T>(
  ask: SockDiag,
  request: Uint8Array,
  { isBig, least, parse }: MessageReading<T>,
): Dump<T> {
  const file = ask(request, isBig);
  const bytes = Buffer.allocUnsafeSlow(2 * largestDatagram);
  let isInterrupted = false;
  let isDone = false;
  /** What broke the answer off, after its last sockets. */
  let broken: NetlinkError | null = null;

  /** Reads whole messages. */
  function next(): T[] {
    const got = file.read(bytes, 0);
    const batch: T[] = [];
    for (let at = 0; at + headerSize <= got; ) {
      const length = bytes.readUInt32LE(at);
      const end = at + length;
      if (length < headerSize || end > got) throw new NetlinkError('EBADMSG');
      const type = bytes.readUInt16LE(at + 4);
      if ((bytes.readUInt16LE(at + 6) & interrupted) !== 0) isInterrupted = true;
      if (type === messageType.done) {
        isDone = true;
        // A kernel that has no such list says so here.
        const error = length >= headerSize + 4 ? bytes.readInt32LE(at + headerSize) : 0;
        if (error < 0) broken = failure(error);
      } else if (type === messageType.error) {
        isDone = true;
        broken = failure(bytes.readInt32LE(at + headerSize));
      } else if (type === messageType.sockDiagByFamily && length >= least) {
        batch.push(parse(bytes, at, end));
      }
      at += (length + 3) & ~3;
    }
    if (got < headerSize) throw new NetlinkError('EBADMSG');
    if (broken !== null && batch.length === 0) throw broken;
    return batch;
  }

  function* all(first: T[]): Generator<T[]> {
    try {
      if (first.length > 0) yield first;
      while (!isDone) {
        const batch = next();
        if (batch.length > 0) yield batch;
      }
      if (broken !== null) throw broken;
    } finally {
      file.close();
    }
  }

  try {
    return { batches: all(next()), wasInterrupted: () => isInterrupted };
  } catch (error) {
    file.close();
    throw error;
  }
}
