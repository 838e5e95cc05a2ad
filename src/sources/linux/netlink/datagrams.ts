import { headerSize, messageType } from './sock-diag.ts';

/** The kernel's largest datagram (net/netlink/af_netlink.c, netlink_dump). */
export const largestDatagram = 32 * 1024;

/** The messages of a datagram in words, to which they are aligned, as `bytes` must be. */
export const wordsOf = (bytes: Uint8Array) =>
  new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2);

/** The end of the message at an offset, as its header says. */
export const endAt = (words: Uint32Array, at: number) => at + (words[at >> 2] as number);
/** Where the message after one with this end begins. */
export const aligned = (end: number) => (end + 3) & ~3;

/** The type and the flags of the message at an offset. */
export const typeAt = (words: Uint32Array, at: number) => (words[(at >> 2) + 1] as number) & 0xffff;
export const flagsAt = (words: Uint32Array, at: number) => (words[(at >> 2) + 1] as number) >>> 16;

/** The types of messages that are sockets: the kernel answers with the type of the request. */
const socketTypes: ReadonlySet<number> = new Set([
  messageType.tcpDiag,
  messageType.sockDiagByFamily,
]);

/** Whether a complete message of at least this length begins there that is a socket. */
export function isSocket(words: Uint32Array, at: number, got: number, least: number): boolean {
  if (at + headerSize > got) return false;
  const end = endAt(words, at);
  return end - at >= least && end <= got && socketTypes.has(typeAt(words, at));
}

/**
 * Whether an answer ends with these datagrams: one of their messages is NLMSG_DONE or NLMSG_ERROR, after which the
 * kernel sends nothing.
 */
export function endsAnswer(bytes: Uint8Array, first: number, end: number): boolean {
  const words = wordsOf(bytes);
  for (let at = first; at + headerSize <= end; ) {
    const type = typeAt(words, at);
    const next = endAt(words, at);
    if (type === messageType.done || type === messageType.error) return true;
    if (next - at < headerSize) return true;
    at = aligned(next);
  }
  return false;
}
