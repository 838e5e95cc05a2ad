import { describe, expect, it } from 'vitest';
import {
  deviceOf,
  isDeviceKnown,
  isOnLoopback,
  keepDevice,
  keptDevice,
  lackText,
} from '../../../src/model/socket/device.ts';
import type { Socket } from '../../../src/model/socket/socket.ts';
import { inet, unix } from '../../support/builders.ts';

const kept = (index: number, name: string) => {
  const socket = inet('0.0.0.0:80', '0.0.0.0:0');
  keepDevice(socket, { index, name });
  return socket;
};
const withDevice = (device: string | null, cookie: bigint | null = 1n) =>
  inet('0.0.0.0:80', '0.0.0.0:0', { device, cookie });

describe('the interface that a socket is bound to', () => {
  it.each<[string, Socket, string | null, boolean, boolean]>([
    ['kept beside the row', kept(2, 'eth0'), 'eth0', false, false],
    ['the loopback interface, whatever its name', kept(1, 'l0'), 'l0', true, false],
    ['another one that has its name', kept(4, 'lo'), 'lo', false, false],
    ['reported in the row', withDevice('eth0'), 'eth0', false, true],
    ['reported to be the loopback interface', withDevice('lo'), 'lo', true, true],
    ['reported to be none', withDevice(null), null, false, true],
    ['not reported', withDevice(null, null), null, false, false],
    ['not asked for', inet('0.0.0.0:80', '0.0.0.0:0'), null, false, false],
    ['none of UNIX sockets', unix('/run/a', {}), null, false, false],
  ])('%s', (_, socket, device, onLoopback, isTold) => {
    expect([deviceOf(socket), isOnLoopback(socket), isDeviceKnown(socket)]).toEqual([
      ...[device, onLoopback, isTold],
    ]);
  });

  it('goes with a copy of the row, and is no field of it', () => {
    const socket = { ...kept(2, 'eth0') };
    expect(keptDevice(socket)).toEqual({ index: 2, name: 'eth0' });
    expect(JSON.stringify(socket)).not.toContain('eth0');
  });
});

describe('what a server lacks that nothing arrives at', () => {
  const noAddress = 'this network does not have its address';
  it.each<[string, Socket, string]>([
    ['an address', withDevice(null), noAddress],
    ['an address, bound to an interface', kept(2, 'eth0'), noAddress],
    ['an address, bound to one with a number for a name', kept(2, '20'), noAddress],
    ['an interface', kept(5, '5'), 'the interface that it is bound to, number 5, is gone'],
    [
      'one that a row names',
      withDevice('5'),
      'the interface that it is bound to, number 5, is gone',
    ],
  ])('%s', (_, socket, expected) => {
    expect(lackText(socket)).toBe(expected);
  });
});
