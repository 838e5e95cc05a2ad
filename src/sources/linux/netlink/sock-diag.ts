import type { InetFamily, InetProtocol } from '../../../model/socket.ts';

/** What the kernel answers a request with: <linux/netlink.h>, <linux/sock_diag.h>, <linux/inet_diag.h>. */
export const messageType = { error: 2, done: 3, tcpDiag: 18, sockDiagByFamily: 20 } as const;

/** A message's header, `struct nlmsghdr`: its length, type, flags, sequence number and port. */
export const headerSize = 16;

/** `struct inet_diag_msg` after the header. */
export const inetMessageSize = 72;

/** The kernel's number for each family and protocol: <linux/socket.h>, <linux/in.h>. */
export const familyNumber: Readonly<Record<InetFamily, number>> = { inet: 2, inet6: 10 };
export const protocolNumber: Readonly<Record<Exclude<InetProtocol, 'sctp'>, number>> = {
  tcp: 6,
  udp: 17,
  udplite: 136,
  raw: 255,
};

/**
 * The attributes of a socket: <linux/inet_diag.h>, INET_DIAG_*. `mark`, `cgroup` and, of IPv6 servers, `v6only` come
 * without being asked for.
 */
export const attribute = {
  ...{ info: 2, congestion: 4, memory: 7, protocol: 10, v6only: 11, mark: 15, cgroup: 21 },
} as const;

/** Where `idiag_if` of a message stands: the number of the interface that the socket is bound to; 0: it is to none. */
export const deviceAt = 40;

/** Codes of states: <net/tcp_states.h>, from which UNIX sockets borrow. */
export const stateCode = {
  synRecv: 3,
  timeWait: 6,
  close: 7,
  listen: 10,
  boundInactive: 13,
} as const;

/**
 * States as a set of bits by code: those that /proc lists, which is all but TCP_BOUND_INACTIVE; LISTEN
 * alone; TIME_WAIT alone; and TCP_BOUND_INACTIVE, which kernels before 6.8 do not know.
 */
export const shownStates = 0xffff_dfff;
export const listenState = 1 << stateCode.listen;
export const timeWaitState = 1 << stateCode.timeWait;
export const boundState = 1 << stateCode.boundInactive;

/** What of sockets is asked for. */
export interface InetRequest {
  readonly family: InetFamily;
  readonly protocol: keyof typeof protocolNumber;
  /** A set of bits by the code of a state. */
  readonly states: number;
  /** Attributes to tell, each 1 to 8. */
  readonly attributes: readonly number[];
  readonly sequence: number;
}

/** NLM_F_REQUEST | NLM_F_DUMP */
const dumpFlags = 0x301;

/** As a set of bits in one byte: INET_DIAG_* less one. */
function attributeBits(attributes: readonly number[]): number {
  return attributes.reduce((set, each) => set | (1 << (each - 1)), 0);
}

/** A request for a list: its header, and room for what follows it. */
export function messageOf(type: number, size: number, sequence: number): Buffer {
  const message = Buffer.alloc(headerSize + size);
  message.writeUInt32LE(message.length, 0);
  message.writeUInt16LE(type, 4);
  message.writeUInt16LE(dumpFlags, 6);
  message.writeUInt32LE(sequence, 8);
  return message;
}

/**
 * A request for the TCP sockets of both families, in one walk through the kernel's table: `struct
 * inet_diag_req`, the older one of 60 bytes, of which the kernel heeds no family. That walk waits for
 * memory at each socket, of whichever family, so that two of them take longer.
 */
export function tcpRequest({
  states,
  attributes,
  sequence,
}: Pick<InetRequest, 'states' | 'attributes' | 'sequence'>): Buffer {
  const message = messageOf(messageType.tcpDiag, 60, sequence);
  message.writeUInt8(attributeBits(attributes), 19);
  message.writeUInt32LE(states >>> 0, 68);
  return message;
}

/**
 * A request for all sockets of one table: `struct nlmsghdr`, then `struct inet_diag_req_v2`, whose id
 * (48 bytes, all zero) is nobody's. Numbers are in the machine's order, which is little-endian on all
 * that this program is built for.
 */
export function inetRequest({
  family,
  protocol,
  states,
  attributes,
  sequence,
}: InetRequest): Buffer {
  const message = messageOf(messageType.sockDiagByFamily, 56, sequence);
  message.writeUInt8(familyNumber[family], 16);
  message.writeUInt8(protocolNumber[protocol] & 0xff, 17);
  message.writeUInt8(attributeBits(attributes), 18);
  message.writeUInt32LE(states >>> 0, 20);
  return message;
}
