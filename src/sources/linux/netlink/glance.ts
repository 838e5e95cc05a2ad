import type { InetFamily } from '../../../model/protocol.ts';
import type { Glance } from '../../../model/socket/glance.ts';
import { tcpStateOf } from '../sockets/states.ts';
import { timerKindOf } from '../sockets/timers.ts';
import { lengthOf, valueAt } from './attributes.ts';
import {
  attribute,
  headerSize,
  inetMessageSize,
  inodeAt,
  localAt,
  localPortAt,
  recvQueueAt,
  remoteAt,
  remotePortAt,
  retriesAt,
  stateAt,
  timerAt,
} from './sock-diag.ts';
import {
  bytesRetransmittedAt,
  bytesSentAt,
  probesAt,
  retransmittedAt,
  rttAt,
  timerExpiriesAt,
} from './tcp-info.ts';

/** The word before the IPv4 address in an IPv4-mapped address, as the machine reads it. */
const mappedWord = 0xffff_0000;

/**
 * Returns a function that asks `wants` about a message of sock_diag, whose header must be complete. Numbers are in
 * the machine's order, little-endian; `bytes` must be aligned to a word, as each message is.
 */
export function glancer(
  family: InetFamily,
  wants: (glance: Glance) => boolean,
): (bytes: Buffer, at: number, end: number) => boolean {
  const glance: Glance = {
    ...{ state: 'ESTABLISHED', timer: 'off', retransmits: 0, probes: 0, recvQueue: 0 },
    ...{ localPort: 0, remotePort: 0, inode: 0, retransmitted: null, path: 0 },
    ...{ rtt: null, bytesSent: null, bytesRetransmitted: null },
  };
  const word = (bytes: Buffer, at: number): number =>
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24);
  const long = (bytes: Buffer, at: number): number =>
    (word(bytes, at + 4) >>> 0) * 0x1_0000_0000 + (word(bytes, at) >>> 0);
  const addressHash = (bytes: Buffer, at: number): number => {
    if (family === 'inet') return word(bytes, at);
    const [a, b, c] = [word(bytes, at), word(bytes, at + 4), word(bytes, at + 8)] as const;
    const d = word(bytes, at + 12);
    if (a === 0 && b === 0 && c >>> 0 === mappedWord) return d;
    return mixed(mixed(mixed(a, b), c), d);
  };
  return (bytes, at, end) => {
    const message = at + headerSize;
    glance.state = tcpStateOf(bytes[message + stateAt] as number);
    const timer = bytes[message + timerAt] as number;
    glance.timer = timerKindOf(timer);
    glance.localPort =
      ((bytes[message + localPortAt] as number) << 8) |
      (bytes[message + localPortAt + 1] as number);
    glance.remotePort =
      ((bytes[message + remotePortAt] as number) << 8) |
      (bytes[message + remotePortAt + 1] as number);
    glance.inode = word(bytes, message + inodeAt) >>> 0;
    glance.recvQueue = word(bytes, message + recvQueueAt) >>> 0;
    const path = mixed(
      addressHash(bytes, message + localAt),
      addressHash(bytes, message + remoteAt),
    );
    glance.path = mixed(path, glance.remotePort);
    const info = valueAt(bytes, message + inetMessageSize, end, attribute.info);
    const length = info < 0 ? 0 : lengthOf(bytes, info);
    // The message has only the count of what the timer repeats; tcp_info has both.
    glance.retransmits =
      length > timerExpiriesAt
        ? (bytes[info + timerExpiriesAt] as number)
        : timer === 1
          ? (bytes[message + retriesAt] as number)
          : 0;
    glance.probes =
      length > probesAt
        ? (bytes[info + probesAt] as number)
        : timer === 2 || timer === 4
          ? (bytes[message + retriesAt] as number)
          : 0;
    glance.retransmitted =
      length >= retransmittedAt + 4 ? word(bytes, info + retransmittedAt) >>> 0 : null;
    const rtt = length >= rttAt + 4 ? word(bytes, info + rttAt) >>> 0 : 0;
    glance.rtt = rtt === 0 ? null : rtt / 1000;
    glance.bytesSent = length >= bytesSentAt + 8 ? long(bytes, info + bytesSentAt) : null;
    glance.bytesRetransmitted =
      length >= bytesRetransmittedAt + 8 ? long(bytes, info + bytesRetransmittedAt) : null;
    return wants(glance);
  };
}

/** Hashes two words into one, so that close values do not stay close. */
function mixed(one: number, other: number): number {
  const sum = Math.imul(one ^ (other + 0x9e37_79b9), 0x85eb_ca6b);
  return (sum ^ (sum >>> 15)) | 0;
}
