import { readSync, writeSync } from 'node:fs';
import { errnoName } from '../errno-name.ts';
import type { Libc } from '../libc.ts';
import type { SockDiag, TableFile } from '../proc/proc.ts';
import { closeForeign } from '../threads/close-foreign.ts';
import { endsAnswer } from './datagrams.ts';

/** The longest time that the kernel may take for the next datagram of an answer, in milliseconds. */
const patience = 10_000;

/** The kernel refused, or broke off. `code` as in Node's own errors. */
export class NetlinkError extends Error {
  readonly code: string;
  constructor(code: string) {
    super(`sock_diag: ${code}`);
    this.name = 'NetlinkError';
    this.code = code;
  }
}

/** The error for a negated errno from a call or a message. */
export function failure(answer: number): NetlinkError {
  return new NetlinkError(errnoName(answer));
}

/** Opens sockets, and takes them back. */
export interface DiagSockets extends Pick<Libc, 'openSockDiag'>, Partial<Pick<Libc, 'readAhead'>> {
  /** Takes back a socket whose answer was read to the end, to close or reuse it; left out: it is closed. */
  keep?(descriptor: number): void;
}

/** Asks the kernel itself. */
export function sockDiag(sockets: DiagSockets): SockDiag {
  return (request, isBig) => openDiag(sockets, request, isBig);
}

function openDiag(sockets: DiagSockets, request: Uint8Array, isBig: boolean): TableFile {
  const fd = sockets.openSockDiag(patience);
  if (fd < 0) throw failure(fd);
  try {
    writeSync(fd, request);
  } catch (error) {
    closeForeign(fd);
    throw error;
  }
  const ahead = (isBig && sockets.readAhead?.(fd)) || null;
  let isSpent = false;
  return {
    /** At least a datagram, 0 at none: the reader knows the last message and asks for no more. */
    read(buffer, offset) {
      const got = ahead?.next(buffer.subarray(offset)) ?? null;
      if (got !== null && got < 0) throw failure(got);
      if (got !== null) return got;
      const length = readSync(fd, buffer, offset, buffer.length - offset, null);
      if (sockets.keep !== undefined) isSpent = endsAnswer(buffer, offset, offset + length);
      return length;
    },
    close() {
      ahead?.stop();
      if (isSpent && ahead === null && sockets.keep !== undefined) sockets.keep(fd);
      else closeForeign(fd);
    },
  };
}
