import { closeSync, readSync, writeSync } from 'node:fs';
import { getSystemErrorName } from 'node:util';
import type { SockDiag, TableFile } from '../proc/proc.ts';
import { endsAnswer } from '../reader/datagram-reads.ts';
import { startReading } from '../reader/read-thread.ts';
import type { Libc } from './libc.ts';

/** Milliseconds that the kernel may take for the next datagram of an answer. */
const patience = 10_000;

/** The kernel refused, or broke off: with the code of its error, as Node's own errors have it. */
export class NetlinkError extends Error {
  readonly code: string;
  constructor(code: string) {
    super(`sock_diag: ${code}`);
    this.name = 'NetlinkError';
    this.code = code;
  }
}

/** The error that a call or a message gave as a number below zero. */
export function failure(answer: number): NetlinkError {
  return new NetlinkError(getSystemErrorName(answer));
}

/** What makes sockets, and takes them back. */
export interface DiagSockets extends Pick<Libc, 'openSockDiag'> {
  /** Takes one whose answer was read to its end, to be closed or asked again; left out: it is closed. */
  keep?(descriptor: number): void;
}

/** The kernel itself. */
export function sockDiag(sockets: DiagSockets): SockDiag {
  return (request, isBig) => openDiag(sockets, request, isBig);
}

function openDiag(sockets: DiagSockets, request: Uint8Array, isBig: boolean): TableFile {
  const fd = sockets.openSockDiag(patience);
  if (fd < 0) throw failure(fd);
  try {
    writeSync(fd, request);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  const thread = isBig ? startReading({ fd, isDatagrams: true }) : null;
  let isSpent = false;
  return {
    /** A datagram at least, 0 at none: who reads knows the last message and asks for no more. */
    read(buffer, offset) {
      const got = thread?.read(buffer, offset) ?? null;
      if (got !== null) return got;
      // What a thread read and never handed over is gone.
      if (thread?.isLost) throw new NetlinkError('EIO');
      const length = readSync(fd, buffer, offset, buffer.length - offset, null);
      if (sockets.keep !== undefined) isSpent = endsAnswer(buffer, offset, offset + length);
      return length;
    },
    close() {
      thread?.stop();
      if (isSpent && thread === null && sockets.keep !== undefined) sockets.keep(fd);
      else closeSync(fd);
    },
  };
}
