import { describe, expect, it } from 'vitest';
import { rateMeter } from '../../src/analysis/connection-rates.ts';
import type { InetSocket, Socket } from '../../src/model/socket.ts';
import { inet, tcpInfo, unix } from '../support/builders.ts';

/** A connection that has sent and received so much. */
function counted(bytesSent: bigint | null, bytesReceived: bigint | null, inode: number | null = 7) {
  return inet('192.0.2.1:80', '198.51.100.7:40000', {
    inode,
    tcpInfo: tcpInfo({ bytesSent, bytesReceived }),
  });
}

/** The rates of the last of these rounds, each `seconds` after the one before. */
function measured(rounds: readonly (readonly Socket[])[], seconds = 2) {
  const meter = rateMeter();
  for (const [i, round] of rounds.entries()) meter(1000 * seconds * i)(round);
  return (rounds.at(-1) ?? []).map((socket) => (socket as InetSocket).rates);
}

describe('the rates of a connection', () => {
  it.each<[string, Socket[][], unknown[]]>([
    ['are not known in the first round', [[counted(5n, 5n)]], [null]],
    [
      'are bytes a second since the round before',
      [[counted(0n, 0n)], [counted(10n, 0n)], [counted(3010n, 4n)]],
      [{ sent: 1500, received: 2 }],
    ],
    [
      'are those of numbers with all digits',
      [[counted(2n ** 63n, 0n)], [counted(2n ** 63n + 10n, 0n)]],
      [{ sent: 5, received: 0 }],
    ],
    [
      'are not known where the kernel does not count',
      [[counted(null, 1n)], [counted(null, 3n)]],
      [{ sent: null, received: 1 }],
    ],
    ['are not known of a new connection', [[], [counted(5n, 5n)]], [null]],
    [
      'are not known of another connection between the same ends, by its inode',
      [[counted(5n, 5n, 7)], [counted(50n, 50n, 8)]],
      [null],
    ],
    [
      'are not known of another connection between the same ends, by its counts',
      [[counted(5n, 5n)], [counted(4n, 50n)]],
      [null],
    ],
    [
      'go on when a connection is accepted',
      [[counted(5n, 5n, null)], [counted(7n, 5n, 8)]],
      [{ sent: 1, received: 0 }],
    ],
    [
      'begin again after a round without the connection',
      [[counted(5n, 5n)], [], [counted(7n, 5n)]],
      [null],
    ],
    [
      'are null of what has no counts',
      [
        [inet('192.0.2.1:80', '0.0.0.0', { tcpInfo: null })],
        [inet('192.0.2.1:80', '0.0.0.0', { tcpInfo: null })],
      ],
      [null],
    ],
  ])('%s', (_, rounds, expected) => {
    expect(measured(rounds)).toEqual(expected);
  });

  it('are not known where no time went by, or the clock went back', () => {
    for (const seconds of [0, -1]) {
      expect(measured([[counted(0n, 0n)], [counted(9n, 9n)]], seconds)).toEqual([null]);
    }
  });

  it('do not change a UNIX socket', () => {
    const socket = unix('/run/a');
    measured([[socket]]);
    expect(socket).not.toHaveProperty('rates');
  });
});

it('connections of other namespaces with the same ends are others', () => {
  const place = (inode: number) => ({ inode, name: null, own: false });
  const round = (first: bigint, second: bigint) => [
    { ...counted(first, 0n), netns: place(1) },
    { ...counted(second, 0n), netns: place(2) },
  ];
  expect(measured([round(0n, 1000n), round(10n, 5000n)])).toEqual([
    { sent: 5, received: 0 },
    { sent: 2000, received: 0 },
  ]);
});

it('connections of other machines with the same ends and inodes are others', () => {
  const round = (first: bigint, second: bigint) => [
    { ...counted(first, 0n), host: 'a' },
    { ...counted(second, 0n), host: 'b' },
  ];
  expect(measured([round(0n, 1000n), round(10n, 5000n)])).toEqual([
    { sent: 5, received: 0 },
    { sent: 2000, received: 0 },
  ]);
});
