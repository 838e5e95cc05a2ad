import { expect, test } from 'vitest';
import { isWithinMachine, localServers } from '../../src/analysis/server-end.ts';
import type { Netns } from '../../src/model/machine/netns.ts';
import type { InetSocket } from '../../src/model/socket/socket.ts';
import { inet } from '../support/builders.ts';

const listener = inet('127.0.0.1:50051', '0.0.0.0:0');
const accepted = (port: number) => inet('127.0.0.1:50051', `127.0.0.1:${port}`);
const opened = (port: number) => inet(`127.0.0.1:${port}`, '127.0.0.1:50051');
const tunnel: Netns = { inode: 9, name: 'tunnel', own: false };

/** For each connection the port of its server. */
function serverPorts(sockets: readonly InetSocket[]): readonly number[] {
  const isHere = localServers(sockets);
  return sockets
    .filter(({ remote }) => remote.port !== 0)
    .map((socket) => (isHere(socket) ? socket.local.port : socket.remote.port));
}

test.each<[string, readonly InetSocket[], readonly number[]]>([
  ['the lower port, if nothing else is known', [opened(40_000)], [40_000]],
  ['where a socket listens', [listener, accepted(40_000)], [50_051]],
  ['so for the other end on the same machine', [listener, opened(40_000)], [50_051]],
  [
    'both ends of many on one machine',
    [listener, accepted(40_000), opened(40_000), accepted(60_000), opened(60_000)],
    [50_051, 50_051, 50_051, 50_051],
  ],
  ['the port that more have', [accepted(40_000), accepted(60_000)], [50_051, 50_051]],
  [
    'the remote port of many hosts',
    [
      inet('192.0.2.1:40000', '198.51.100.1:50051'),
      inet('192.0.2.1:40000', '198.51.100.2:50051'),
      inet('192.0.2.1:40001', '198.51.100.3:50051'),
    ],
    [50_051, 50_051, 50_051],
  ],
  [
    'not a client’s port that a busier server’s client has too',
    [
      ...[50_001, 50_002, 51_112].map((port) => inet('192.0.2.1:443', `198.51.100.1:${port}`)),
      inet('192.0.2.1:5432', '198.51.100.2:51112'),
    ],
    [443, 443, 443, 5432],
  ],
  [
    'that of NFS, whose clients have low ports',
    [inet('192.0.2.1:790', '192.0.2.9:2049'), inet('192.0.2.1:801', '192.0.2.9:2049')],
    [2049, 2049],
  ],
  [
    'that of NFS at the server',
    [inet('192.0.2.9:2049', '0.0.0.0:0'), inet('192.0.2.9:2049', '192.0.2.1:790')],
    [2049],
  ],
  [
    'a listener of another protocol counts for nothing',
    [inet('127.0.0.1:50051', '0.0.0.0:0', { protocol: 'udp' }), opened(40_000)],
    [40_000],
  ],
  [
    'nor does one in another network',
    [inet('127.0.0.1:50051', '0.0.0.0:0', { netns: tunnel }), opened(40_000)],
    [40_000],
  ],
  [
    'nor a socket that is only bound',
    [inet('127.0.0.1:50051', '0.0.0.0:0', { state: 'BOUND' }), opened(40_000)],
    [40_000],
  ],
])('the server of a connection: %s', (_, sockets, expected) => {
  expect(serverPorts(sockets)).toEqual(expected);
});

test.each([
  ['127.0.0.1:40000', '127.0.0.2:80', true],
  ['[::1]:40000', '[::1]:80', true],
  ['192.0.2.1:40000', '192.0.2.1:80', true],
  ['[::ffff:192.0.2.1]:40000', '192.0.2.1:80', true],
  ['192.0.2.1:40000', '192.0.2.2:80', false],
])(
  'whether the other end of a connection is on this machine: %s, %s',
  (local, remote, expected) => {
    expect(isWithinMachine(inet(local, remote))).toBe(expected);
  },
);
