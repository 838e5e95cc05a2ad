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
