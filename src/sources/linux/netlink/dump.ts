import type { PackedFacts, PackedSockets } from '../../../model/packed-sockets.ts';
import type { InetSocket } from '../../../model/socket.ts';
import type { SockDiag } from '../proc/proc.ts';
import { largestDatagram } from '../reader/datagram-reads.ts';
import type { Collector } from './collector.ts';
import { failure, NetlinkError } from './diag-file.ts';
import { inetMessageParser } from './inet-message.ts';
import { messagePacker } from './message-packer.ts';
import {
  headerSize,
  type InetRequest,
  inetMessageSize,
  inetRequest,
  messageType,
} from './sock-diag.ts';

/** NLM_F_DUMP_INTR: what is listed changed so that some may be missing or told twice. */
const interrupted = 0x10;

/** A shorter message is no socket. */
const least = headerSize + inetMessageSize;

/** An answer that is under way. */
export interface Dump<Batch = InetSocket[]> {
  /** Its sockets, some hundreds at a time; leaving them early ends it. */
  readonly batches: Iterable<Batch>;
  /** Once they are at their end: the kernel says that some may be missing or told twice. */
  wasInterrupted(): boolean;
}

/** How an answer is read. */
export interface DumpOptions {
  /** As `SockDiag` has it. */
  readonly isBig?: boolean;
  /** The attributes of TCP's record are asked for, and to be told. */
  readonly tcpInfo?: boolean;
}

/** What was read, for a collector to look at. */
function readBuffer(): Buffer {
  return Buffer.allocUnsafeSlow(2 * largestDatagram);
}

/**
 * Asks for the sockets of one table. The first of its answer is there when this returns.
 * @throws an error with a `code` where the kernel refuses; in `batches`, where it breaks off
 */
export function inetDump(
  ask: SockDiag,
  request: InetRequest,
  { isBig = false, tcpInfo = false }: DumpOptions,
): Dump {
  const bytes = readBuffer();
  const parse = inetMessageParser(request.protocol, request.family, tcpInfo);
  let batch: InetSocket[] = [];
  return dumpOf(ask, request, isBig, bytes, {
    begin: () => {
      batch = [];
    },
    add: (at, end) => void batch.push(parse(bytes, at, end)),
    batch: () => batch,
  });
}

/** The same as columns of numbers, which the next batch uses anew. */
export function packedDump(
  ask: SockDiag,
  request: InetRequest,
  facts: PackedFacts,
  { isBig = false, tcpInfo = false }: DumpOptions,
): Dump<PackedSockets> {
  const bytes = readBuffer();
  const packer = messagePacker(request.protocol, request.family, facts, tcpInfo, bytes);
  return dumpOf(ask, request, isBig, bytes, packer);
}

function dumpOf<Batch extends { readonly length: number }>(
  ask: SockDiag,
  request: InetRequest,
  isBig: boolean,
  bytes: Buffer,
  collector: Collector<Batch>,
): Dump<Batch> {
  const file = ask(inetRequest(request), isBig);
  let isInterrupted = false;
  let isDone = false;
  /** What broke the answer off, after its last sockets. */
  let broken: NetlinkError | null = null;

  /** Reads whole messages. */
  function next(): Batch {
    const got = file.read(bytes, 0);
    collector.begin();
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
        collector.add(at, end);
      }
      at += (length + 3) & ~3;
    }
    if (got < headerSize) throw new NetlinkError('EBADMSG');
    const batch = collector.batch();
    if (broken !== null && batch.length === 0) throw broken;
    return batch;
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
    }
  }

  try {
    return { batches: all(next()), wasInterrupted: () => isInterrupted };
  } catch (error) {
    file.close();
    throw error;
  }
}
