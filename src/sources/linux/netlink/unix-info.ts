import type { UnixInfo } from '../../../model/socket/socket.ts';
import type { WarningSink } from '../../source.ts';
import { errnoOf, type Proc } from '../proc/proc.ts';
import { unixFile } from '../proc-files.ts';
import { refused, refusedWarning } from '../refused.ts';
import { interruptedDump } from '../warnings.ts';
import { attributeValue } from './attributes.ts';
import { keptMessages } from './kept-messages.ts';
import { dumpOfRows } from './row-dump.ts';
import { headerSize, stateCode } from './sock-diag.ts';
import { dropsIn, memoryIn } from './socket-info.ts';
import {
  leastUnixMessage,
  unixAttribute,
  unixInodeIn,
  unixMessageSize,
  unixRequest,
  unixShow,
  unixSource,
} from './unix-diag.ts';

/** What the kernel reports of UNIX sockets. */
export interface UnixInfos {
  /** What it reports of a socket, by its inode, null: nothing. `find` is null if it does not answer. */
  readonly find: ((inode: number) => UnixInfo | null) | null;
  /** Why it does not, as it says; empty: it does, or could not be asked. */
  readonly errno: string;
}

/**
 * Asks the kernel for the queues of UNIX sockets and, `withMemory`, their memory. If the answer breaks off, the part
 * so far is returned, with a warning.
 */
export function unixInfo(proc: Proc, withMemory: boolean, warnings: WarningSink): UnixInfos {
  const ask = proc.sockDiag?.(unixFile, true) ?? null;
  if (ask === null) return { find: null, errno: '' };
  const messages = keptMessages();
  const keep = (bytes: Buffer, at: number, end: number) => {
    const inode = unixInodeIn(bytes, at);
    if (inode !== 0) messages.keep(inode, bytes, at, end);
  };
  try {
    const request = unixRequest(unixShow.queues | (withMemory ? unixShow.memory : 0));
    const dump = dumpOfRows(ask, request, { isBig: false, least: leastUnixMessage, parse: keep });
    for (const _ of dump.batches) {
      // Each message is kept as it is read.
    }
    if (dump.wasInterrupted()) warnings.warn(interruptedDump(unixSource));
  } catch (error) {
    const errno = errnoOf(error);
    // Any other error is a bug.
    if (errno === '') throw error;
    if (messages.size === 0) return { find: null, errno };
    warnings.warn(refusedWarning(unixSource, refused(unixSource, error)));
  }
  return { find: (inode) => messages.find(inode, parseUnixInfo), errno: '' };
}

/**
 * Parses the message at an offset of a datagram: `struct unix_diag_msg` (<linux/unix_diag.h>), with at least
 * `leastUnixMessage` bytes there.
 */
export function parseUnixInfo(bytes: Buffer, at: number, end: number): UnixInfo {
  const message = at + headerSize;
  const first = message + unixMessageSize;
  const isListening = bytes[message + 2] === stateCode.listen;
  const queues = attributeValue(bytes, first, end, unixAttribute.queues);
  const hasQueues = queues !== null && queues.length >= 8;
  const [receiveQueue, sendQueue] = hasQueues
    ? [queues.readUInt32LE(0), queues.readUInt32LE(4)]
    : [null, null];
  const memory = attributeValue(bytes, first, end, unixAttribute.memory);
  return {
    recvQueue: receiveQueue,
    sendQueue: isListening ? 0 : sendQueue,
    acceptQueue:
      isListening && receiveQueue !== null ? { length: receiveQueue, limit: sendQueue } : null,
    drops: dropsIn(memory),
    memory: memoryIn(memory),
    mark: null,
    cookie: bytes.readBigUInt64LE(message + 8),
    device: null,
  };
}
