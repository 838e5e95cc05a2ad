import type { SockDiag } from '../../../../src/sources/linux/proc/proc.ts';

/** A message of netlink: header and body. */
export function message(type: number, body: Uint8Array, flags = 2): Buffer {
  const whole = Buffer.alloc(16 + ((body.length + 3) & ~3));
  whole.writeUInt32LE(16 + body.length, 0);
  whole.writeUInt16LE(type, 4);
  whole.writeUInt16LE(flags, 6);
  whole.set(body, 16);
  return whole;
}

/** An attribute: its type and value. */
export function attributeBytes(type: number, value: Uint8Array): Buffer {
  const whole = Buffer.alloc(4 + ((value.length + 3) & ~3));
  whole.writeUInt16LE(4 + value.length, 0);
  whole.writeUInt16LE(type, 2);
  whole.set(value, 4);
  return whole;
}

/** What `struct inet_diag_msg` says of a socket; what is left out is 0. */
export interface InetBody {
  readonly family?: number;
  readonly state: number;
  readonly timer?: number;
  readonly retrans?: number;
  readonly local: readonly [address: readonly number[], port: number];
  readonly remote: readonly [address: readonly number[], port: number];
  readonly expires?: number;
  readonly recvQueue?: number;
  readonly sendQueue?: number;
  readonly uid?: number;
  readonly inode?: number;
  readonly cookie?: bigint;
  /** The number of the interface that it is bound to. */
  readonly device?: number;
  readonly attributes?: readonly Buffer[];
}

/** The body of an answer. */
export function inetBody(socket: InetBody): Buffer {
  const body = Buffer.alloc(72);
  body[0] = socket.family ?? 2;
  body[1] = socket.state;
  body[2] = socket.timer ?? 0;
  body[3] = socket.retrans ?? 0;
  body.writeUInt16BE(socket.local[1], 4);
  body.writeUInt16BE(socket.remote[1], 6);
  body.set(socket.local[0], 8);
  body.set(socket.remote[0], 24);
  body.writeUInt32LE(socket.device ?? 0, 40);
  body.writeBigUInt64LE(socket.cookie ?? 0n, 44);
  body.writeUInt32LE(socket.expires ?? 0, 52);
  body.writeUInt32LE(socket.recvQueue ?? 0, 56);
  body.writeUInt32LE(socket.sendQueue ?? 0, 60);
  body.writeUInt32LE(socket.uid ?? 0, 64);
  body.writeUInt32LE(socket.inode ?? 0, 68);
  return Buffer.concat([body, ...(socket.attributes ?? [])]);
}

export const done = message(3, Buffer.alloc(4));

/** The end of an answer that an error broke off. */
export function doneWith(errno: number): Buffer {
  const body = Buffer.alloc(4);
  body.writeInt32LE(-errno, 0);
  return message(3, body);
}

/** The kernel's refusal with an error's number. */
export function refusal(errno: number): Buffer {
  const body = Buffer.alloc(20);
  body.writeInt32LE(-errno, 0);
  return message(2, body);
}

/** What a kernel in memory answers to each request: datagrams, or an error in place of one. */
export type Answers = (request: Buffer) => readonly (Buffer | Error)[];

/** A kernel in memory, and what was done with it. */
export function fakeKernel(answers: Answers) {
  const log = { requests: [] as Buffer[], opened: 0, closed: 0 };
  const ask: SockDiag = (request) => {
    log.opened++;
    log.requests.push(Buffer.from(request));
    const waiting = [...answers(Buffer.from(request))];
    return {
      read(buffer) {
        const next = waiting.shift() ?? Buffer.alloc(0);
        if (next instanceof Error) throw next;
        buffer.set(next);
        return next.length;
      },
      close: () => void log.closed++,
    };
  };
  return { ask, log };
}
