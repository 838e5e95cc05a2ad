import { expect, test } from 'vitest';
import {
  keepPackedRow,
  keepRow,
  newPackedRow,
  newRow,
  settleRow,
} from '../../../src/analysis/rounds/kept-row.ts';
import { PackedRow } from '../../../src/model/packed/row.ts';
import type { InetSocket, Socket, Timer } from '../../../src/model/socket/socket.ts';
import { container, inet, owner, tcpInfo, unix } from '../../support/builders.ts';
import { packOf, tcpTable } from '../../support/packs.ts';

const timer = (changes: Partial<Timer> = {}): Timer => ({
  ...{ kind: 'off', expiresIn: 0, retransmits: 0, probes: 0 },
  ...changes,
});
const between = (local: string, remote: string, changes: Partial<InetSocket> = {}) =>
  inet(local, remote, { recvQueue: 0, inode: 7, uid: 33, timer: timer(), ...changes });
const connection = (changes: Partial<InetSocket> = {}) =>
  between('192.0.2.1:443', '198.51.100.1:40000', changes);

test.each<[string, Partial<InetSocket>]>([
  ['nothing', {}],
  ['its state', { state: 'CLOSE_WAIT' }],
  ['its receive queue', { recvQueue: 9 }],
  ['its send queue', { sendQueue: 9 }],
  ['its user', { uid: 0 }],
  ['its inode', { inode: null }],
  ['the kind of its timer', { timer: timer({ kind: 'on' }) }],
  ['the time of its timer', { timer: timer({ expiresIn: 200 }) }],
  ['what it has sent again', { timer: timer({ retransmits: 2 }) }],
  ['its probes', { timer: timer({ probes: 3 }) }],
])('a row that is kept shows %s as it is now, and is the same object', (_, changes) => {
  const first = connection();
  const kept = newRow(first);
  const now = connection(changes);
  keepRow(kept, now);
  expect(kept.socket).toEqual(now);
  expect(kept.socket).toBe(first);
});

test('a timer that rows share does not change with one of them', () => {
  const off = Object.freeze(timer());
  const [one, other] = [connection({ timer: off }), connection({ timer: off })];
  const kept = newRow(one);
  keepRow(kept, connection({ timer: timer({ kind: 'on' }) }));
  expect((kept.socket as InetSocket).timer?.kind).toBe('on');
  expect(other.timer).toEqual(timer());
});

const udp = { protocol: 'udp' } as const;

test.each<[string, Socket, Socket]>([
  ['has other owners', connection({ owners: [owner(1, 'a')] }), connection({ owners: [] })],
  ['has owners now', connection(), connection({ owners: [owner(1, 'a')] })],
  ['has none any more', connection({ owners: [owner(1, 'a')] }), connection()],
  ['has another record', connection({ tcpInfo: tcpInfo() }), connection({ tcpInfo: null })],
  ['has rates', connection(), connection({ rates: { sent: 1, received: 2 } })],
  ['has a workload', connection(), connection({ workload: container('web') })],
  ['is of another machine', connection(), connection({ host: 'b' })],
  ['has no timer', connection(), connection({ timer: null })],
  ['had no timer', connection({ timer: null }), connection()],
  ['has another protocol', connection(), connection(udp)],
  ['has another local port', connection(), between('192.0.2.1:444', '198.51.100.1:40000')],
  ['has another local address', connection(), between('192.0.2.2:443', '198.51.100.1:40000')],
  ['has another peer', connection(), between('192.0.2.1:443', '198.51.100.1:40001')],
  [
    'has another zone',
    connection({ local: { address: 'fe80::1', port: 443, zone: 'eth0' } }),
    connection({ local: { address: 'fe80::1', port: 443, zone: 'eth1' } }),
  ],
  ['is bound to another path', unix('/run/a'), unix('/run/b')],
])('a row that %s is replaced', (_, before, now) => {
  const copy = structuredClone(before);
  const kept = newRow(before);
  keepRow(kept, now);
  expect(kept.socket).toBe(now);
  expect(before).toEqual(copy);
});

test('a row that has gained and lost facts is bare again', () => {
  const kept = newRow(connection({ owners: [owner(1, 'a')] }));
  const bare = connection();
  keepRow(kept, bare);
  keepRow(kept, connection({ state: 'LAST_ACK' }));
  expect(kept.socket).toBe(bare);
  expect(bare.state).toBe('LAST_ACK');
});

const packed = (...ports: readonly number[]) =>
  packOf(
    tcpTable('inet'),
    ports.map((remotePort) => ({
      ...{ state: 1, local: [0, 0, 0, 1], remote: [0, 0, 0, 2], localPort: 80, remotePort },
      list: 0,
    })),
    [[]],
  );
const peerPort = (socket: Socket) => (socket as InetSocket).remote.port;

test('a row of a pack is shown where it is now, and as it was last once it is gone', () => {
  const kept = newPackedRow(packed(1), 0);
  const shown = kept.socket;
  expect(peerPort(shown)).toBe(1);
  const pack = packed(2, 3);
  keepPackedRow(kept, pack, 1);
  expect(kept.socket).toBe(shown);
  expect(peerPort(kept.socket)).toBe(3);
  settleRow(kept);
  pack.remotePorts.fill(9);
  expect(kept.socket).not.toBeInstanceOf(PackedRow);
  expect(peerPort(kept.socket)).toBe(3);
});

test('a row can come as an object, then packed, and then as an object', () => {
  const first = connection();
  const kept = newRow(first);
  keepPackedRow(kept, packed(1), 0);
  expect(peerPort(kept.socket)).toBe(1);
  const last = connection({ state: 'CLOSE_WAIT' });
  keepRow(kept, last);
  expect(kept.socket).toBe(last);
  expect(first.state).toBe('ESTABLISHED');
  settleRow(kept);
  expect(kept.socket).toBe(last);
});
