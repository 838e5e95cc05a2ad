import { describe, expect, it } from 'vitest';
import { isListening } from '../../../src/model/socket/classify.ts';
import type { InetSocket } from '../../../src/model/socket/socket.ts';
import { inet } from '../../support/builders.ts';

describe('servers', () => {
  const udp = (local: string, changes: Partial<InetSocket> = {}) =>
    inet(local, '0.0.0.0:0', { protocol: 'udp', state: 'UNCONN', inode: null, ...changes });

  it.each<[string, InetSocket, boolean]>([
    ['a UDP socket with a port', udp('0.0.0.0:53'), true],
    ['one without (macOS)', udp('0.0.0.0:0'), false],
    ['one whose state is not reported (Windows)', udp('0.0.0.0:53', { state: null }), true],
    ['one without a port in a /proc, as netstat has it', udp('0.0.0.0:0', { inode: 7 }), true],
    ['a TCP socket that listens', inet('0.0.0.0:80', '0.0.0.0:0', { state: 'LISTEN' }), true],
    ['one that is closed (macOS)', inet('0.0.0.0:80', '0.0.0.0:0', { state: 'CLOSE' }), false],
  ])('%s', (_, socket, expected) => {
    expect(isListening(socket)).toBe(expected);
  });
});
