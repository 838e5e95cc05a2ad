import type { UnixInfo } from '../../../model/socket/socket.ts';
import type { WarningSink } from '../../source.ts';
import { errnoOf, type Proc } from '../proc/proc.ts';
import { unixFile } from '../proc-files.ts';
import { refused, refusedWarning } from '../refused.ts';
import { interruptedDump } from '../warnings.ts';
import { attributeValue } from './attributes.ts';
import { dumpOfRows } from './row-dump.ts';
import { headerSize, stateCode } from './sock-diag.ts';
import { dropsIn, memoryIn } from './socket-info.ts';
import {
  leastUnixMessage,
  unixAttribute,
  unixMessageSize,
  unixRequest,
  unixShow,
  unixSource,
} from './unix-diag.ts';

/** What the kernel reports of UNIX sockets. */
export interface UnixInfos {
  /** null: it does not answer. */
  readonly byInode: ReadonlyMap<number, UnixInfo> | null;
  /** Why it does not, as it says; empty: it does, or could not be asked. */
  readonly errno: string;
}

/**
 * Asks the kernel for the queues of UNIX sockets and, `withMemory`, their memory. If the answer breaks off, the part
 * so far is returned, with a warning.
 */
export function unixInfo(proc: Proc, withMemory: boolean, warnings: WarningSink): UnixInfos {
  const ask = proc.sockDiag?.(unixFile, true) ?? null;
  if (ask === null) return { byInode: null, errno: '' };
  const infos = new Map<number, UnixInfo>();
  try {
    const request = unixRequest(unixShow.queues | (withMemory ? unixShow.memory : 0));
    const reading = { isBig: false, least: leastUnixMessage, parse: parseUnixInfo };
    const dump = dumpOfRows(ask, request, reading);
    for (const batch of dump.batches) {
      for (const { inode, info } of batch) if (inode !== 0) infos.set(inode, info);
    }
    if (dump.wasInterrupted()) warnings.warn(interruptedDump(unixSource));
  } catch (error) {
    const errno = errnoOf(error);
    // Any other error is a bug.
    if (errno === '') throw error;
    if (infos.size === 0) return { byInode: null, errno };
    warnings.warn(refusedWarning(unixSource, refused(unixSource, error)));
  }
  return { byInode: infos, errno: '' };
}

/**
 * Parses the message at an offset of a datagram: `struct unix_diag_msg` (<linux/unix_diag.h>), with at least
 * `leastUnixMessage` bytes there.
 */
export function parseUnixInfo(
  bytes: Buffer,
  at: number,
  end: number,
): { readonly inode: number; readonly info: UnixInfo } {
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
    inode: bytes.readUInt32LE(message + 4),
    info: {
      recvQueue: receiveQueue,
      sendQueue: isListening ? 0 : sendQueue,
      acceptQueue:
        isListening && receiveQueue !== null ? { length: receiveQueue, limit: sendQueue } : null,
      drops: dropsIn(memory),
      memory: memoryIn(memory),
      mark: null,
      cookie: bytes.readBigUInt64LE(message + 8),
      device: null,
    },
  };
}
