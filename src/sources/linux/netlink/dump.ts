import type { SockDiag, TableFile } from '../proc/proc.ts';
import type { BatchCollector, Sized } from './collector.ts';
import { aligned, endAt, flagsAt, isSocket, typeAt, wordsOf } from './datagrams.ts';
import { failure, NetlinkError } from './diag-file.ts';
import { headerSize, messageType } from './sock-diag.ts';

/** NLM_F_DUMP_INTR: the list changed, so some sockets may be missing or repeated. */
const interrupted = 0x10;

/** An answer in progress. */
export interface Dump<Batch> {
  /** Its sockets, some at a time; stopping early ends it. */
  readonly batches: Iterable<Batch>;
  /** Call at the end of the batches: whether the kernel says that some may be missing or repeated. */
  wasInterrupted(): boolean;
}

/** Where reading an answer is. */
interface Progress<Batch extends Sized> {
  readonly file: TableFile;
  readonly collector: BatchCollector<Batch>;
  /** The collector's bytes. */
  readonly words: Uint32Array;
  /** The number of bytes read, and the offset of the next message. */
  got: number;
  at: number;
  /** All flags so far. */
  flags: number;
  /** Nothing more is read. */
  isDone: boolean;
  /** The error that broke off the answer, after its last sockets. */
  broken: unknown;
}

/**
 * Sends a request; `collector` makes the batches of what comes. The start of the answer has arrived when this returns.
 * @throws an error with a `code` if the kernel refuses; from `batches`, if it breaks off
 */
export function dumpOf<Batch extends Sized>(
  ask: SockDiag,
  request: Uint8Array,
  isBig: boolean,
  collector: BatchCollector<Batch>,
): Dump<Batch> {
  let file: TableFile;
  try {
    file = ask(request, isBig);
  } catch (error) {
    collector.release();
    throw error;
  }
  const words = wordsOf(collector.bytes);
  const progress: Progress<Batch> = {
    ...{ file, collector, words },
    ...{ got: 0, at: 0, flags: 0, isDone: false, broken: null },
  };
  try {
    return {
      batches: batchesFrom(nextBatch(progress), progress),
      wasInterrupted: () => (progress.flags & interrupted) !== 0,
    };
  } catch (error) {
    end(progress);
    throw error;
  }
}

function end<Batch extends Sized>({ file, collector }: Progress<Batch>): void {
  file.close();
  collector.release();
}

function* batchesFrom<Batch extends Sized>(
  first: Batch,
  progress: Progress<Batch>,
): Generator<Batch> {
  try {
    if (first.length > 0) yield first;
    while (!progress.isDone) {
      const batch = nextBatch(progress);
      if (batch.length > 0) yield batch;
    }
    if (progress.broken !== null) throw progress.broken;
  } finally {
    end(progress);
  }
}

/** Reads a batch. What it has before an error is still returned. */
function nextBatch<Batch extends Sized>(progress: Progress<Batch>): Batch {
  const { collector } = progress;
  collector.begin();
  try {
    fill(progress);
  } catch (error) {
    progress.isDone = true;
    progress.broken = error;
  }
  const batch = collector.batch();
  if (progress.broken !== null && batch.length === 0) throw progress.broken;
  return batch;
}

/** Reads complete messages, as many as make a batch. */
function fill<Batch extends Sized>(progress: Progress<Batch>): void {
  const { file, collector } = progress;
  do {
    if (progress.at + headerSize > progress.got) {
      progress.got = file.read(collector.bytes, 0);
      progress.at = 0;
      if (progress.got < headerSize) throw new NetlinkError('EBADMSG');
    }
    do {
      progress.at = collector.take(progress.at, progress.got);
      progress.flags |= collector.flags();
    } while (passedOther(progress));
  } while (!progress.isDone && progress.at + headerSize > progress.got && collector.hasRoom());
}

/** Reads the next message if it is not a socket; false: it is, or there is none. */
function passedOther<Batch extends Sized>(progress: Progress<Batch>): boolean {
  const { collector, words, at, got } = progress;
  if (at >= got || progress.isDone || isSocket(words, at, got, collector.least)) return false;
  if (at + headerSize > got) throw new NetlinkError('EBADMSG');
  const messageEnd = endAt(words, at);
  if (messageEnd - at < headerSize || messageEnd > got) throw new NetlinkError('EBADMSG');
  progress.flags |= flagsAt(words, at);
  const type = typeAt(words, at);
  const hasNumber = messageEnd - at >= headerSize + 4;
  const number = hasNumber ? collector.bytes.readInt32LE(at + headerSize) : null;
  if (type === messageType.done) {
    progress.isDone = true;
    // A kernel that lacks the list reports it here.
    if (number !== null && number < 0) progress.broken = failure(number);
  } else if (type === messageType.error) {
    progress.isDone = true;
    if (number === null) throw new NetlinkError('EBADMSG');
    progress.broken = failure(number);
  }
  progress.at = aligned(messageEnd);
  return true;
}
