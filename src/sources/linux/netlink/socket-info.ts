import type { SocketInfo, SocketMemory } from '../../../model/socket/info.ts';
import type { Writable } from '../../../model/writable.ts';

/** The fields of `struct inet_diag_msg`, and the values of attributes; null: missing. */
export interface SocketInfoParts {
  readonly isListening: boolean;
  /** `idiag_rqueue` and `idiag_wqueue`: for a listener, its accept queue and the queue's limit. */
  readonly receiveQueue: number;
  readonly sendQueue: number;
  /** INET_DIAG_SKMEMINFO: 32-bit words, indexed by SK_MEMINFO_* of <linux/sock_diag.h>. */
  readonly memory: Buffer | null;
  /** INET_DIAG_MARK */
  readonly mark: Buffer | null;
  readonly cookie: bigint;
  readonly device: string | null;
}

/** The offset of SK_MEMINFO_DROPS, the last word. */
const dropsAt = 32;

/** Builds the `SocketInfo` of a socket; an older kernel's record has no drops. */
export function socketInfoOf(parts: SocketInfoParts): SocketInfo {
  const { isListening, receiveQueue, sendQueue, memory, mark, cookie, device } = parts;
  return {
    acceptQueue: isListening ? { length: receiveQueue, limit: sendQueue } : null,
    drops: dropsIn(memory),
    memory: memoryIn(memory),
    mark: mark !== null && mark.length >= 4 ? mark.readUInt32LE(0) : null,
    cookie,
    device,
  };
}

/** Writes it into a row's object field by field: `...` or `Object.assign` would be slower. */
export function writeSocketInfo(socket: Partial<Writable<SocketInfo>>, info: SocketInfo): void {
  socket.acceptQueue = info.acceptQueue;
  socket.drops = info.drops;
  socket.memory = info.memory;
  socket.mark = info.mark;
  socket.cookie = info.cookie;
  socket.device = info.device;
}

/** The drops in the words of SK_MEMINFO_*; null: missing. */
export function dropsIn(words: Buffer | null): number | null {
  return words !== null && words.length >= dropsAt + 4 ? words.readUInt32LE(dropsAt) : null;
}

/** The memory in the words of SK_MEMINFO_*; null: missing. */
export function memoryIn(words: Buffer | null): SocketMemory | null {
  return words !== null && words.length >= dropsAt ? memoryOf(words) : null;
}

function memoryOf(words: Buffer): SocketMemory {
  const word = (index: number) => words.readUInt32LE(4 * index);
  return {
    receive: word(0),
    receiveLimit: word(1),
    send: word(2),
    sendLimit: word(3),
    forward: word(4),
    queued: word(5),
    options: word(6),
    backlog: word(7),
  };
}
