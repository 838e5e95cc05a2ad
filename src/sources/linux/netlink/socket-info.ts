import type { SocketInfo, SocketMemory } from '../../../model/socket-info.ts';

/** What `struct inet_diag_msg` itself says of it, and the values of attributes; null: not there. */
export interface SocketInfoParts {
  readonly isListening: boolean;
  /** `idiag_rqueue` and `idiag_wqueue`: of a listener, its accept queue and that queue's limit. */
  readonly receiveQueue: number;
  readonly sendQueue: number;
  /** INET_DIAG_SKMEMINFO: words of 32 bits, by SK_MEMINFO_* of <linux/sock_diag.h>. */
  readonly memory: Buffer | null;
  /** INET_DIAG_MARK */
  readonly mark: Buffer | null;
  readonly cookie: bigint;
  readonly device: string | null;
}

/** Where SK_MEMINFO_DROPS, the last of them, stands. */
const dropsAt = 32;

/** Puts together what the kernel tells of a socket; an older one's record has no drops. */
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

/** Writes it into a row's object, one by one: with `...` or `Object.assign` a row takes longer. */
export function writeSocketInfo(
  socket: { -readonly [Key in keyof SocketInfo]?: SocketInfo[Key] },
  info: SocketInfo,
): void {
  socket.acceptQueue = info.acceptQueue;
  socket.drops = info.drops;
  socket.memory = info.memory;
  socket.mark = info.mark;
  socket.cookie = info.cookie;
  socket.device = info.device;
}

/** What the words of SK_MEMINFO_* say of drops; null: they are not there. */
export function dropsIn(words: Buffer | null): number | null {
  return words !== null && words.length >= dropsAt + 4 ? words.readUInt32LE(dropsAt) : null;
}

/** The same of memory. */
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
