import { describe, expect, it } from 'vitest';
import type { Netns } from '../../src/model/machine/netns.ts';
import { keepDevice } from '../../src/model/socket/device.ts';
import type { ExposureKind, PublishedPort } from '../../src/model/socket/exposure.ts';
import { keepGoneAddress } from '../../src/model/socket/gone-address.ts';
import type { InetSocket, Socket } from '../../src/model/socket/socket.ts';

import { exposedCondition } from '../../src/select/exposed.ts';
import { inet, unix } from '../support/builders.ts';

const own: Netns = { inode: 1, name: null, own: true };
const container: Netns = { inode: 2, name: 'web', own: false };

const leading = (...hostAddresses: (string | null)[]): readonly PublishedPort[] =>
  hostAddresses.map((hostAddress) => ({
    ...{ protocol: 'tcp', hostAddress, hostPort: 8080, address: '172.17.0.2', port: 80 },
    workload: null,
  }));

const server = (
  netns: Netns,
  kind: ExposureKind,
  published: readonly PublishedPort[] = [],
): InetSocket => ({
  ...inet('0.0.0.0:80', '0.0.0.0:0'),
  ...{ state: 'LISTEN', netns, exposure: { kind, published, reason: null } },
});

describe('exposedCondition of the own network namespace', () => {
  const on = (index: number, name: string) => {
    const socket = inet('0.0.0.0:80', '0.0.0.0:0');
    keepDevice(socket, { index, name });
    return socket;
  };
  const zoned = (zone: string) => {
    const socket = inet('[fe80::1]:123', '[::]:0', { protocol: 'udp', state: 'UNCONN' });
    return { ...socket, local: { ...socket.local, zone } };
  };
  const gone = inet('192.0.2.1:80', '0.0.0.0:0');
  keepGoneAddress(gone);
  const unbound = { protocol: 'udp', state: 'UNCONN', inode: null } as const;
  it.each<[string, Socket, boolean]>([
    ['a UNIX socket', unix('/run/app', { state: 'LISTENING' }), false],
    ['a link-local address', zoned('en0'), true],
    ['a link-local address of loopback (macOS)', zoned('lo0'), false],
    ['a link-local address of loopback (Windows)', zoned('1'), false],
    ['UDP without a port (macOS)', inet('0.0.0.0:0', '0.0.0.0:0', unbound), false],
    ['any address', inet('0.0.0.0:80', '0.0.0.0:0'), true],
    ['loopback', inet('127.0.0.1:80', '0.0.0.0:0'), false],
    ['bound, not listening', inet('0.0.0.0:80', '0.0.0.0:0', { state: 'BOUND' }), false],
    ['closed (Windows)', inet('0.0.0.0:80', '0.0.0.0:0', { state: 'CLOSED' as never }), false],
    ['an address that the network does not have', gone, false],
    ['any address, by one interface', on(2, 'eth0'), true],
    ['any address, by the loopback interface', on(1, 'lo'), false],
    ['an interface that is called so', on(3, 'lo'), true],
  ])('%s', (_, socket, expected) => {
    const { test, needs } = exposedCondition(false);
    expect(test(socket)).toBe(expected);
    expect(needs).toEqual(['devices']);
  });
});

describe('exposedCondition of every network namespace', () => {
  const cases: readonly (readonly [string, InetSocket, boolean])[] = [
    ['a server of the own', server(own, 'host'), true],
    ['one of the own at an address that is gone', server(own, 'nowhere'), false],
    ['a forwarder of which no more is known', server(own, 'published'), true],
    [
      'a container that every address leads to',
      server(container, 'published', leading(null)),
      true,
    ],
    ['one that an address leads to', server(container, 'published', leading('192.0.2.1')), true],
    ['one that loopback leads to', server(container, 'published', leading('127.0.0.1')), false],
    ['one that loopback of IPv6 leads to', server(container, 'published', leading('::1')), false],
    ['one that more leads to', server(container, 'published', leading('::1', '192.0.2.1')), true],
    ['one that nothing leads to', server(container, 'internal'), false],
    ['one of which that is not known', server(container, 'unknown'), false],
  ];
  it.each(cases)('%s', (_, socket, expected) => {
    expect(exposedCondition(true).test(socket)).toBe(expected);
  });
});
