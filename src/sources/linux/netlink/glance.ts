import type { Glance } from '../../../model/socket/glance.ts';
import { tcpStateOf } from '../sockets/states.ts';
import { timerKindOf } from '../sockets/timers.ts';
import { lengthOf, valueAt } from './attributes.ts';
import {
  attribute,
  headerSize,
  inetMessageSize,
  inodeAt,
  localPortAt,
  recvQueueAt,
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

/**
 * Returns a function that asks `wants` about a message of sock_diag, whose header must be complete. Numbers are in
 * the machine's order, little-endian; `bytes` must be aligned to a word, as each message is.
 */
export function glancer(
  wants: (glance: Glance) => boolean,
): (bytes: Buffer, at: number, end: number) => boolean {
  const glance: Glance = {
    ...{ state: 'ESTABLISHED', timer: 'off', retransmits: 0, probes: 0, recvQueue: 0 },
    ...{ localPort: 0, remotePort: 0, inode: 0, retransmitted: null },
    ...{ rtt: null, bytesSent: null, bytesRetransmitted: null },
  };
  const word = (bytes: Buffer, at: number): number =>
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24);
  const long = (bytes: Buffer, at: number): number =>
    (word(bytes, at + 4) >>> 0) * 0x1_0000_0000 + (word(bytes, at) >>> 0);
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
