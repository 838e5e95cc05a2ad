import type { TcpInfo, TcpOptions } from '../../../model/socket/tcp-info.ts';
import { lengthOf, valueAt } from './attributes.ts';
import { attribute } from './sock-diag.ts';

/** `tcpi_snd_ssthresh` of a connection without any loss so far. */
const noThreshold = 0x7fff_ffff;

/** tcpi_state of a connection that is not established yet: TCP_SYN_SENT, TCP_SYN_RECV (<net/tcp_states.h>). */
const opening: readonly number[] = [2, 3];

/** tcpi_options: <linux/tcp.h>. */
const option = { timestamps: 1, sack: 2, scaled: 4, ecn: 8 } as const;

/**
 * Offsets in the record that others need too. `tcpi_retransmits`: how often the timer expired in a row. `tcpi_probes`:
 * unanswered probes in a row.
 */
export const timerExpiriesAt = 2;
export const probesAt = 3;
export const rttAt = 68;
export const retransmittedAt = 100;
export const bytesSentAt = 200;
export const bytesRetransmittedAt = 208;

/** The length of the record up to the last field that is read. */
export const tcpInfoBytes = 220;

/** Parses `struct tcp_info` (<linux/tcp.h>). An older kernel's record is shorter and lacks the last fields. */
export function parseTcpInfo(bytes: Buffer, congestionControl: string | null): TcpInfo {
  const word = (at: number) => (at + 4 <= bytes.length ? bytes.readUInt32LE(at) : null);
  const long = (at: number) => (at + 8 <= bytes.length ? bytes.readBigUInt64LE(at) : null);
  const ofMicroseconds = (value: number | bigint | null) =>
    value === null ? null : Number(value) / 1000;
  const rate = (value: bigint | null) =>
    value === null || value > BigInt(Number.MAX_SAFE_INTEGER) ? null : Number(value);
  const ssthresh = word(76);
  const minRtt = word(148);
  // 0: no round trip was measured yet, and the variation is only an initial value.
  const rtt = word(rttAt) || null;
  // The kernel notes the times from when a connection is established on: until then it tells its own uptime.
  const isOpening = opening.includes(bytes[0] ?? 0);
  return {
    rtt: ofMicroseconds(rtt),
    rttVar: rtt === null ? null : ofMicroseconds(word(72)),
    // All bits set: not measured yet.
    minRtt: minRtt === 0xffff_ffff ? null : ofMicroseconds(minRtt),
    rto: ofMicroseconds(word(8)),
    cwnd: word(80),
    ssthresh: ssthresh !== null && ssthresh >= noThreshold ? null : ssthresh,
    mss: word(16),
    pmtu: word(60),
    unacked: word(24),
    lost: word(32),
    retransmitting: word(36),
    retransmitted: word(retransmittedAt),
    duplicates: word(216),
    bytesSent: long(bytesSentAt),
    bytesAcked: long(120),
    bytesReceived: long(128),
    bytesRetransmitted: long(bytesRetransmittedAt),
    notSent: word(144),
    deliveryRate: rate(long(160)),
    pacingRate: rate(long(104)),
    busy: ofMicroseconds(long(168)),
    rwndLimited: ofMicroseconds(long(176)),
    sndbufLimited: ofMicroseconds(long(184)),
    lastSent: isOpening ? null : word(44),
    lastReceived: isOpening ? null : word(52),
    congestionControl,
    options: optionsOf(bytes),
  };
}

function optionsOf(bytes: Buffer): TcpOptions | null {
  if (bytes.length < 7) return null;
  const set = bytes[5] as number;
  const scales = bytes[6] as number;
  const isScaled = (set & option.scaled) !== 0;
  return {
    timestamps: (set & option.timestamps) !== 0,
    sack: (set & option.sack) !== 0,
    ecn: (set & option.ecn) !== 0,
    sendWindowScale: isScaled ? scales & 0xf : null,
    receiveWindowScale: isScaled ? scales >> 4 : null,
  };
}

/** The name of a connection's congestion control, from the attributes of its message; null: not reported. */
export function congestionOf(bytes: Buffer, first: number, end: number): string | null {
  const at = valueAt(bytes, first, end, attribute.congestion);
  if (at < 0) return null;
  return bytes.toString('latin1', at, at + lengthOf(bytes, at)).replace(/\0.*$/s, '');
}
