import { describe, expect, it } from 'vitest';
import { parseTcpInfo } from '../../../../src/sources/linux/netlink/tcp-info.ts';

/** `struct tcp_info` of a kernel whose record has so many bytes. */
function record(length: number): Buffer {
  const bytes = Buffer.alloc(240);
  bytes.set([1, 0, 2, 3, 0, 1 | 2 | 4 | 8, 0x97, 0], 0);
  const words: Readonly<Record<number, number>> = {
    ...{ 8: 204_000, 16: 1448, 24: 7, 32: 1, 36: 2, 44: 12, 52: 40, 60: 1500, 68: 36_125 },
    ...{ 72: 1_250, 76: 20, 80: 10, 100: 5, 144: 4096, 148: 30_001, 216: 3 },
  };
  for (const [at, value] of Object.entries(words)) bytes.writeUInt32LE(value, Number(at));
  const longs: Readonly<Record<number, bigint>> = {
    ...{ 104: 1_000_000n, 120: 9007199254740993n, 128: 77n, 160: 250_000n, 168: 1_500n },
    ...{ 176: 250n, 184: 0n, 200: 9007199254740995n, 208: 7240n },
  };
  for (const [at, value] of Object.entries(longs)) bytes.writeBigUInt64LE(value, Number(at));
  return bytes.subarray(0, length);
}

const whole = {
  ...{ rtt: 36.125, rttVar: 1.25, minRtt: 30.001, rto: 204, cwnd: 10, ssthresh: 20 },
  ...{ mss: 1448, pmtu: 1500, unacked: 7, lost: 1, retransmitting: 2, retransmitted: 5 },
  duplicates: 3,
  ...{ bytesSent: 9007199254740995n, bytesAcked: 9007199254740993n, bytesReceived: 77n },
  ...{ bytesRetransmitted: 7240n, notSent: 4096, deliveryRate: 250_000, pacingRate: 1_000_000 },
  ...{ busy: 1.5, rwndLimited: 0.25, sndbufLimited: 0, lastSent: 12, lastReceived: 40 },
  congestionControl: 'cubic',
  options: {
    ...{ timestamps: true, sack: true, ecn: true },
    ...{ sendWindowScale: 7, receiveWindowScale: 9 },
  },
};

describe('what the kernel knows of a connection', () => {
  it('is read to the last digit', () => {
    expect(parseTcpInfo(record(240), 'cubic')).toEqual(whole);
  });

  /** How long the record was when these fields came. */
  it.each([
    ['Linux 2.6', 104, { pacingRate: null, bytesAcked: null, bytesReceived: null }],
    ['Linux 4.1', 136, { notSent: null, minRtt: null }],
    ['Linux 4.6', 160, { deliveryRate: null, busy: null, rwndLimited: null, sndbufLimited: null }],
    ['Linux 4.10', 192, { bytesSent: null, bytesRetransmitted: null }],
  ])('lacks what %s did not report', (_, length, lacking) => {
    const read = parseTcpInfo(record(length), null);
    expect(read).toMatchObject(lacking);
    expect(read).toMatchObject({ rtt: 36.125, retransmitted: 5, congestionControl: null });
  });

  it('is all unknown where there is none of it', () => {
    const { congestionControl: _, ...rest } = parseTcpInfo(Buffer.alloc(0), 'bbr');
    expect(new Set(Object.values(rest))).toEqual(new Set([null]));
  });

  it.each<[string, number, number | bigint, object]>([
    ['no threshold yet', 76, 0x7fff_ffff, { ssthresh: null }],
    ['no round trip measured', 148, 0xffff_ffff, { minRtt: null }],
    ['no round trip yet', 68, 0, { rtt: null, rttVar: null }],
    ['no limit to the pace', 104, 2n ** 64n - 1n, { pacingRate: null }],
    ['no time of data before it is established', 0, 2, { lastSent: null, lastReceived: null }],
    ['no time of data while it is opened by both', 0, 3, { lastSent: null, lastReceived: null }],
    ['no options', 4, 0, { options: { timestamps: false, sack: false, ecn: false } }],
  ])('contains %s', (_, at, value, expected) => {
    const bytes = Buffer.from(record(240));
    if (typeof value === 'bigint') bytes.writeBigUInt64LE(value, at);
    else bytes.writeUInt32LE(value, at);
    expect(parseTcpInfo(bytes, null)).toMatchObject(expected);
  });

  it('has no window scales where none were agreed on', () => {
    const bytes = Buffer.from(record(240));
    bytes[5] = 1;
    expect(parseTcpInfo(bytes, null).options).toMatchObject({
      ...{ sendWindowScale: null, receiveWindowScale: null },
    });
  });
});
