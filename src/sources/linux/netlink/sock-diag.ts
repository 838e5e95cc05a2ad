import type { InetFamily, InetProtocol } from '../../../model/protocol.ts';

/** The types of messages: <linux/netlink.h>, <linux/sock_diag.h>, <linux/inet_diag.h>. */
export const messageType = { error: 2, done: 3, tcpDiag: 18, sockDiagByFamily: 20 } as const;

/** A message's header, `struct nlmsghdr`: its length, type, flags, sequence number and port. */
export const headerSize = 16;

/** `struct inet_diag_msg` after the header. */
export const inetMessageSize = 72;

/** The length of the shortest message that is an Internet socket. */
export const leastInet = headerSize + inetMessageSize;

/** The kernel's numbers of families and protocols: <linux/socket.h>, <linux/in.h>. */
export const familyNumber: Readonly<Record<InetFamily, number>> = { inet: 2, inet6: 10 };
export const protocolNumber: Readonly<Record<Exclude<InetProtocol, 'sctp'>, number>> = {
  tcp: 6,
  udp: 17,
  udplite: 136,
  raw: 255,
};

/**
 * The attributes of a socket: <linux/inet_diag.h>, INET_DIAG_*. `shutdown`, `mark`, `cgroup` and, for IPv6 servers,
 * `v6only` are sent without being requested; `shutdown` of all that is a socket already, or still.
 */
export const attribute = {
  ...{ info: 2, congestion: 4, memory: 7, shutdown: 8, protocol: 10, v6only: 11 },
  ...{ mark: 15, cgroup: 21 },
} as const;

/** Offsets in a message, `struct inet_diag_msg` (<linux/inet_diag.h>). Ports and addresses are in network order. */
export const stateAt = 1;
export const timerAt = 2;
/** How often the timer has expired, for what it repeats. */
export const retriesAt = 3;
export const localPortAt = 4;
export const remotePortAt = 6;
export const localAt = 8;
export const remoteAt = 24;
/** The number of the interface that the socket is bound to; 0: none. */
export const deviceAt = 40;
export const cookieAt = 44;
/** Milliseconds until the timer expires. */
export const expiresAt = 52;
export const recvQueueAt = 56;
export const sendQueueAt = 60;
export const uidAt = 64;
export const inodeAt = 68;

/** Codes of states: <net/tcp_states.h>, some of which UNIX sockets use too. */
export const stateCode = {
  established: 1,
  synRecv: 3,
  timeWait: 6,
  close: 7,
  listen: 10,
  boundInactive: 13,
} as const;

/**
 * Bit sets of state codes: the states that /proc lists, which is all but TCP_BOUND_INACTIVE; ESTABLISHED, LISTEN and
 * TIME_WAIT alone; and TCP_BOUND_INACTIVE, which kernels before 6.8 do not know.
 */
export const shownStates = 0xffff_dfff;
export const establishedState = 1 << stateCode.established;
export const listenState = 1 << stateCode.listen;
export const timeWaitState = 1 << stateCode.timeWait;
export const boundState = 1 << stateCode.boundInactive;

/** Which sockets are requested. */
export interface InetRequest {
  readonly family: InetFamily;
  readonly protocol: keyof typeof protocolNumber;
  /** A bit set of state codes. */
  readonly states: number;
  /** The attributes to request, each 1 to 8. */
  readonly attributes: readonly number[];
  /** A program that selects sockets (`KernelFilter`); left out or null: all are requested. */
  readonly program?: Uint8Array | null;
  readonly sequence: number;
}

/** NLM_F_REQUEST | NLM_F_DUMP */
const dumpFlags = 0x301;

/** A bit set in one byte: INET_DIAG_* less one. */
function attributeBits(attributes: readonly number[]): number {
  return attributes.reduce((set, each) => set | (1 << (each - 1)), 0);
}

/** The attribute of a request that has its program. */
const bytecode = 1;

/** A dump request: its header, room for what follows, and the program that selects sockets, if any. */
export function messageOf(
  type: number,
  size: number,
  sequence: number,
  program: Uint8Array | null = null,
): Buffer {
  const attributeAt = headerSize + size;
  const length = program === null ? 0 : 4 + program.length;
  const message = Buffer.alloc(attributeAt + length);
  if (program !== null) {
    message.writeUInt16LE(length, attributeAt);
    message.writeUInt16LE(bytecode, attributeAt + 2);
    message.set(program, attributeAt + 4);
  }
  message.writeUInt32LE(message.length, 0);
  message.writeUInt16LE(type, 4);
  message.writeUInt16LE(dumpFlags, 6);
  message.writeUInt32LE(sequence, 8);
  return message;
}

/**
 * A request for the TCP sockets of both families in one walk through the kernel's table: `struct inet_diag_req`,
 * the older one of 60 bytes, whose family the kernel ignores. The walk waits for memory at each socket, of either
 * family, so two walks take longer.
 */
export function tcpRequest({
  states,
  attributes,
  sequence,
  program,
}: Omit<InetRequest, 'family' | 'protocol'>): Buffer {
  const message = messageOf(messageType.tcpDiag, 60, sequence, program);
  message.writeUInt8(attributeBits(attributes), 19);
  message.writeUInt32LE(states >>> 0, 68);
  return message;
}

/**
 * A request for all sockets of one table: `struct nlmsghdr`, then `struct inet_diag_req_v2` with an id of zeros (48
 * bytes). Numbers are in the machine's order, which is little-endian on all platforms that this program is built
 * for.
 */
export function inetRequest({
  family,
  protocol,
  states,
  attributes,
  sequence,
  program,
}: InetRequest): Buffer {
  const message = messageOf(messageType.sockDiagByFamily, 56, sequence, program);
  message.writeUInt8(familyNumber[family], 16);
  message.writeUInt8(protocolNumber[protocol] & 0xff, 17);
  message.writeUInt8(attributeBits(attributes), 18);
  message.writeUInt32LE(states >>> 0, 20);
  return message;
}
