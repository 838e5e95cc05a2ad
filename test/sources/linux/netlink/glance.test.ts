import { describe, expect, it } from 'vitest';
import type { Glance } from '../../../../src/model/socket/glance.ts';
import { glancer } from '../../../../src/sources/linux/netlink/glance.ts';
import { inetMessageParser } from '../../../../src/sources/linux/netlink/inet-message.ts';
import { attributeBytes, type InetBody, inetBody, message } from './support.ts';

const plain: InetBody = {
  state: 1,
  local: [[192, 0, 2, 1], 40112],
  remote: [[203, 0, 113, 9], 443],
  recvQueue: 5,
  inode: 24153,
};

function glanced(changes: Partial<InetBody>): Glance {
  const bytes = message(20, inetBody({ ...plain, ...changes }));
  let seen: Glance | null = null;
  glancer((glance) => {
    seen = { ...glance };
    return true;
  })(bytes, 0, bytes.length);
  return seen as unknown as Glance;
}

/** `struct tcp_info` with this many segments sent again in a row and in all, and probes. */
function info(row: number, total: number, length = 104, probes = 0) {
  const record = Buffer.alloc(length);
  record[2] = row;
  record[3] = probes;
  if (length >= 104) record.writeUInt32LE(total, 100);
  return attributeBytes(2, record);
}

describe('a glance at a message has the values of its row', () => {
  it.each<[string, Partial<InetBody>]>([
    ['a plain connection', {}],
    ['an inode of 32 bits', { inode: 0xffff_fff0 }],
    ['no inode', { inode: 0 }],
    ['a queue of 32 bits', { recvQueue: 0xffff_fff0 }],
    ['a listener', { state: 10, remote: [[0, 0, 0, 0], 0] }],
    ['a half-open connection', { state: 12 }],
    ['a state without a name', { state: 99 }],
    ['a timer that repeats, counted in the message', { timer: 1, retrans: 3 }],
    [
      'a timer that repeats, counted in the record',
      { timer: 1, retrans: 3, attributes: [info(4, 9)] },
    ],
    ['a probe', { timer: 4, retrans: 2 }],
    ['a keep-alive', { timer: 2, retrans: 5 }],
    ['a probe with a record', { timer: 4, retrans: 2, attributes: [info(0, 7, 104, 3)] }],
    ['a short record', { attributes: [info(2, 0, 40)] }],
    [
      'an attribute before the record',
      { attributes: [attributeBytes(15, Buffer.alloc(4)), info(1, 2)] },
    ],
  ])('%s', (_, changes) => {
    const bytes = message(20, inetBody({ ...plain, ...changes }));
    const row = inetMessageParser('tcp', 'inet', { tcpInfo: true })(bytes, 0, bytes.length);
    const { timer, retransmits, probes, ...rest } = glanced(changes);
    expect(rest).toMatchObject({
      state: row.state,
      recvQueue: row.recvQueue,
      localPort: row.local.port,
      remotePort: row.remote.port,
      inode: row.inode ?? 0,
      retransmitted: row.state === 'LISTEN' ? null : (row.tcpInfo?.retransmitted ?? null),
    });
    expect(timer).toBe(row.timer?.kind);
    expect(retransmits).toBe(row.timer?.retransmits);
    expect(probes).toBe(row.timer?.probes);
  });
});

describe('what a record contains besides', () => {
  /** `struct tcp_info` with a round-trip time in microseconds, bytes sent and bytes sent again. */
  function record(rtt: number, sent: bigint, again: bigint, length = 232) {
    const bytes = Buffer.alloc(length);
    bytes.writeUInt32LE(rtt, 68);
    if (length >= 208) bytes.writeBigUInt64LE(sent, 200);
    if (length >= 216) bytes.writeBigUInt64LE(again, 208);
    return { attributes: [attributeBytes(2, bytes)] };
  }

  it.each<[string, Partial<InetBody>, Partial<Glance>]>([
    ['nothing without a record', {}, { rtt: null, bytesSent: null, bytesRetransmitted: null }],
    [
      'the same as its row',
      record(1250, 2n ** 40n + 7n, 2n ** 33n),
      { rtt: 1.25, bytesSent: 2 ** 40 + 7, bytesRetransmitted: 2 ** 33 },
    ],
    ['no round trip that was not measured', record(0, 5n, 0n), { rtt: null, bytesSent: 5 }],
    [
      'less of an older kernel',
      record(10, 0n, 0n, 104),
      { rtt: 0.01, bytesSent: null, bytesRetransmitted: null },
    ],
    ['words of 32 bits', record(0xffff_ffff, 0xffff_ffffn, 0n), { bytesSent: 0xffff_ffff }],
  ])('%s', (_, body, expected) => {
    expect(glanced(body)).toMatchObject(expected);
    const bytes = message(20, inetBody({ ...plain, ...body }));
    const { tcpInfo } = inetMessageParser('tcp', 'inet', { tcpInfo: true })(bytes, 0, bytes.length);
    const { rtt, bytesSent, bytesRetransmitted } = glanced(body);
    expect(rtt).toBe(tcpInfo?.rtt ?? null);
    expect(bytesSent).toBe(asNumber(tcpInfo?.bytesSent));
    expect(bytesRetransmitted).toBe(asNumber(tcpInfo?.bytesRetransmitted));
  });
});

const asNumber = (value: bigint | null | undefined) => (value == null ? null : Number(value));
