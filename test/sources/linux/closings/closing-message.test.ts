import { describe, expect, it } from 'vitest';
import { keptDevice } from '../../../../src/model/socket/device.ts';
import { keptCookie } from '../../../../src/model/socket/identity.ts';
import { closingParser, groupsOf } from '../../../../src/sources/linux/closings/closing-message.ts';
import { attributeBytes, type InetBody, inetBody, message } from '../netlink/support.ts';

const local = [[192, 0, 2, 1], 443] as const;
const remote = [[198, 51, 100, 7], 40000] as const;

/** A record in which the given words of 64 bits stand at their places. */
function record(words: Readonly<Record<number, bigint>>): Buffer {
  const bytes = Buffer.alloc(280);
  for (const [at, value] of Object.entries(words)) bytes.writeBigUInt64LE(value, Number(at));
  bytes.writeUInt32LE(1500, 68);
  bytes.writeUInt32LE(3, 100);
  return bytes;
}

const of = (protocol: number) => attributeBytes(10, Buffer.of(protocol));

function parsed(body: InetBody, type = 20) {
  return closingParser()(message(type, inetBody(body), 0));
}

describe('what the kernel reports of a destroyed socket', () => {
  it('is its ends, its cookie and its last record; user, inode and queues are gone by then', () => {
    const info = attributeBytes(2, record({ 200: 70_000n, 128: 9n }));
    const closing = parsed({
      ...{ state: 7, local, remote, cookie: 77n, recvQueue: 1, sendQueue: 0xffff_ffff },
      // Whatever stands there, they are not told.
      ...{ uid: 33, inode: 12 },
      attributes: [of(6), info],
    });
    expect(closing?.socket).toEqual({
      protocol: 'tcp',
      family: 'inet',
      local: { address: '192.0.2.1', port: 443, zone: null },
      remote: { address: '198.51.100.7', port: 40000, zone: null },
      state: 'CLOSE',
      recvQueue: null,
      sendQueue: null,
      timer: null,
      uid: null,
      inode: null,
      owners: null,
      noOwner: null,
      [Symbol.for('tsnetstat.cookie')]: 77,
    });
    expect(keptCookie(closing?.socket as never)).toBe(77);
    expect(closing?.tcpInfo).toMatchObject({
      ...{ bytesSent: 70_000n, bytesReceived: 9n, rtt: 1.5, retransmitted: 3 },
      congestionControl: null,
    });
  });

  it('and the interface that it was bound to', () => {
    const bytes = message(
      20,
      inetBody({ state: 7, local, remote, device: 3, attributes: [of(6)] }),
    );
    const parse = closingParser();
    const deviceOfNext = (deviceName?: (index: number) => string) =>
      keptDevice(parse(bytes, deviceName)?.socket as never);
    expect(deviceOfNext((index) => `eth${index}`)).toEqual({ index: 3, name: 'eth3' });
    // Each place has names of its own.
    expect(deviceOfNext((index) => `veth${index}`)).toEqual({ index: 3, name: 'veth3' });
    expect(deviceOfNext()).toEqual({ index: 3, name: '3' });
  });

  it('a TCP socket without another end was closed too', () => {
    const none = [[0, 0, 0, 0], 0] as const;
    const closing = parsed({ state: 7, local, remote: none, attributes: [of(6)] });
    expect(closing).toMatchObject({ socket: { state: 'CLOSE' }, tcpInfo: null });
    const info = attributeBytes(2, record({ 200: 5n }));
    const withRecord = parsed({ state: 7, local, remote: none, attributes: [of(6), info] });
    expect(withRecord?.tcpInfo?.bytesSent).toBe(5n);
  });

  it('a connection that was disconnected first has no record any more', () => {
    const info = attributeBytes(2, record({ 200: 0n, 128: 0n }));
    const port0 = [remote[0], 0] as const;
    const closing = parsed({ state: 7, local, remote: port0, attributes: [of(6), info] });
    expect(closing).toMatchObject({ socket: { remote: { port: 0 } }, tcpInfo: null });
  });

  it('UDP keeps its state', () => {
    const socketIn = (state: number) =>
      parsed({ state, local, remote, attributes: [of(17)] })?.socket;
    expect([1, 7].map((state) => socketIn(state)?.state)).toEqual(['ESTABLISHED', 'UNCONN']);
    expect(socketIn(1)?.protocol).toBe('udp');
  });

  it('IPv6', () => {
    const any = new Array<number>(16).fill(0);
    const body = { family: 10, state: 7, local: [any, 53], remote: [any, 0] } as const;
    expect(parsed({ ...body, attributes: [of(17)] })?.socket).toMatchObject({
      family: 'inet6',
      local: { address: '::', port: 53 },
    });
  });

  it.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['a header alone', message(20, Buffer.alloc(0))],
    ['an answer to a request', message(2, Buffer.alloc(72))],
    [
      'an answer in the form of one',
      message(2, inetBody({ state: 7, local, remote, attributes: [of(6)] })),
    ],
    [
      'a message that says that it is shorter',
      Buffer.concat([
        message(20, Buffer.alloc(0)),
        inetBody({ state: 7, local, remote, attributes: [of(6)] }),
      ]),
    ],
    ['no word of the protocol', message(20, inetBody({ state: 7, local, remote }))],
    [
      'a protocol that was not asked for',
      message(20, inetBody({ state: 7, local, remote, attributes: [of(132)] })),
    ],
    [
      'a family that was not asked for',
      message(20, inetBody({ family: 1, state: 7, local, remote, attributes: [of(6)] })),
    ],
    [
      'a message that is longer than what came',
      message(20, inetBody({ state: 7, local, remote, attributes: [of(6)] })).subarray(0, 90),
    ],
  ])('%s is no close', (_, bytes) => {
    expect(closingParser()(bytes)).toBeNull();
  });

  it('its groups are those of the protocols and families that are asked for', () => {
    expect(groupsOf(['tcp', 'udp'], ['inet', 'inet6'])).toBe(0xf);
    expect(groupsOf(['tcp'], ['inet', 'inet6'])).toBe(0b101);
    expect(groupsOf(['udp'], ['inet6'])).toBe(0b1000);
    expect(groupsOf([], ['inet'])).toBe(0);
  });
});
