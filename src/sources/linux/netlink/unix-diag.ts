import { attributeValue } from './attributes.ts';
import { headerSize, messageOf, messageType } from './sock-diag.ts';

/** The kernel's answer about UNIX sockets, in messages. */
export const unixSource = 'sock_diag (unix)';

/** `struct unix_diag_msg` after the header: <linux/unix_diag.h>. */
export const unixMessageSize = 16;

/** UDIAG_SHOW_* of a request. */
export const unixShow = { name: 1, peer: 4, queues: 16, memory: 32 } as const;

/** UNIX_DIAG_* of the answer. */
export const unixAttribute = { name: 0, peer: 2, queues: 4, memory: 5 } as const;

const unixFamily = 1;

/** The shortest message that contains a socket. */
export const leastUnixMessage = headerSize + unixMessageSize;

const anyState = 0xffff_ffff;

/**
 * A request for all UNIX sockets in some states (a bit set of state codes), with a sum of `unixShow` to report of each:
 * `struct nlmsghdr`, then `struct unix_diag_req`.
 */
export function unixRequest(show: number, states = anyState): Buffer {
  const message = messageOf(messageType.sockDiagByFamily, 24, 1);
  message.writeUInt8(unixFamily, headerSize);
  message.writeUInt32LE(states, headerSize + 4);
  message.writeUInt32LE(show, headerSize + 12);
  return message;
}

/** The inode in the message at an offset of a datagram; 0: none. */
export function unixInodeIn(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at + headerSize + 4);
}

/** A UNIX socket's inode, and its peer's. 0: no process has the peer open; null: no peer. */
export interface UnixPeer {
  readonly inode: number;
  readonly peer: number | null;
}

/** Parses the message at an offset of a datagram, which has at least `leastUnixMessage` bytes there. */
export function parseUnixPeer(bytes: Buffer, at: number, end: number): UnixPeer {
  const message = at + headerSize;
  const value = attributeValue(bytes, message + unixMessageSize, end, unixAttribute.peer);
  return {
    inode: unixInodeIn(bytes, at),
    peer: value === null || value.length < 4 ? null : value.readUInt32LE(0),
  };
}
