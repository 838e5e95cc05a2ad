import { readSync } from 'node:fs';
import type { Read } from './kernel-reads.ts';

/** The kernel's largest datagram (net/netlink/af_netlink.c, netlink_dump). */
export const largestDatagram = 32 * 1024;

/** The size of a message's header, which has its length and type (<linux/netlink.h>). */
const header = 16;
const lastTypes: ReadonlySet<number> = new Set([2, 3]);

/**
 * Whether an answer ends with these datagrams: one of their messages is NLMSG_DONE or NLMSG_ERROR, after which the
 * kernel sends nothing.
 */
export function endsAnswer(bytes: Uint8Array, first: number, end: number): boolean {
  // Messages are aligned to words, and so is the buffer.
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2);
  for (let at = first; at + header <= end; ) {
    const length = words[at >> 2] as number;
    const type = (words[(at >> 2) + 1] as number) & 0xffff;
    if (lastTypes.has(type) || length < header) return true;
    at += (length + 3) & ~3;
  }
  return false;
}

/**
 * Reads an answer from a netlink socket, one datagram at a time: 0 at its end, and if the buffer has no room for
 * another one. The part of a datagram that does not fit into a read is lost.
 */
export function datagramReads(fd: number): Read {
  let ended = false;
  return (buffer, offset) => {
    const room = buffer.length - offset;
    if (ended || room < largestDatagram) return 0;
    const got = readSync(fd, buffer, offset, room, null);
    ended = got === 0 || endsAnswer(buffer, offset, offset + got);
    return got;
  };
}
