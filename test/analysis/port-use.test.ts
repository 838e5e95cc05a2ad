import { describe, expect, it } from 'vitest';
import { portSockets } from '../../src/analysis/port-use.ts';
import type { InetSocket } from '../../src/model/socket/socket.ts';
import { keepV6only } from '../../src/model/socket/v6only.ts';
import { inet, unix } from '../support/builders.ts';

const listening = (local: string, changes: Partial<InetSocket> = {}) =>
  inet(local, local.startsWith('[') ? '[::]:0' : '0.0.0.0', { state: 'LISTEN', ...changes });

describe('who is in the way of a socket at a place', () => {
  it.each<[string, string, string, boolean]>([
    ['the same address', '127.0.0.1:80', '127.0.0.1', true],
    ['another address', '127.0.0.1:80', '127.0.0.2', false],
    ['another port', '127.0.0.1:8080', '127.0.0.1', false],
    ['a port that begins alike', '127.0.0.1:8049', '127.0.0.1', false],
    ['any of IPv4', '0.0.0.0:80', '192.0.2.1', true],
    ['one of any', '192.0.2.1:80', '0.0.0.0', true],
    ['any of both families', '[::]:80', '192.0.2.1', true],
    ['one of both families', '192.0.2.1:80', '::', true],
    ['IPv6 of any IPv4', '[2001:db8::1]:80', '0.0.0.0', false],
    ['any IPv4 of IPv6', '0.0.0.0:80', '2001:db8::1', false],
    ['IPv4 in IPv6', '[::ffff:127.0.0.1]:80', '127.0.0.1', true],
    ["the other family's loopback", '[::1]:80', '127.0.0.1', false],
  ])('%s: %s, asked for %s', (_, local, address, expected) => {
    const socket = listening(local);
    const { holders } = portSockets([socket], { port: 80, address });
    expect(holders).toEqual(expected ? [socket] : []);
  });

  it.each<[string, number, string, boolean]>([
    ['IPv6 alone, of IPv4', 1, '192.0.2.1', false],
    ['IPv6 alone, of any IPv4', 1, '0.0.0.0', false],
    ['IPv6 alone, of IPv6', 1, '2001:db8::1', true],
    ['IPv6 alone, of both families', 1, '::', true],
    ['both families, of IPv4', 0, '192.0.2.1', true],
  ])('any address of %s', (_, v6only, address, expected) => {
    const socket = listening('[::]:80');
    keepV6only(socket, Buffer.of(v6only));
    const { holders } = portSockets([socket], { port: 80, address });
    expect(holders).toEqual(expected ? [socket] : []);
  });

  it('distinguishes servers, connections and remains of connections', () => {
    const server = listening('0.0.0.0:80');
    const bound = inet('127.0.0.1:80', '0.0.0.0', { state: 'BOUND' });
    const open = inet('127.0.0.1:80', '127.0.0.1:40000', { state: 'ESTABLISHED' });
    const over = inet('127.0.0.1:80', '127.0.0.1:40001', { state: 'TIME_WAIT' });
    const client = inet('127.0.0.1:40000', '127.0.0.1:80', { state: 'ESTABLISHED' });
    const sockets = [server, bound, open, over, client, unix('/run/80')];
    expect(portSockets(sockets, { port: 80, address: '::' })).toEqual({
      holders: [server, bound],
      connections: [open],
      timeWait: [over],
    });
  });

  it('a UDP socket with a peer is bound too; a raw one has no port', () => {
    const udp = inet('127.0.0.1:53', '127.0.0.1:40000', { protocol: 'udp', state: 'ESTABLISHED' });
    const raw = inet('0.0.0.0:53', '0.0.0.0', { protocol: 'raw', state: 'UNCONN' });
    expect(portSockets([udp, raw], { port: 53, address: '::' }).holders).toEqual([udp]);
  });
});
