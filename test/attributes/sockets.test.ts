import { describe, expect, it } from 'vitest';
import { shown } from '../../src/attributes/attribute.ts';
import { pickColumns } from '../../src/attributes/index.ts';
import { noNames } from '../../src/model/report/names.ts';
import type { InetSocket, Socket } from '../../src/model/socket/socket.ts';
import { inetSocket } from '../support/builders.ts';
import { someNames, takenAt } from '../views/text/support/render.ts';
import { inetSockets, unixSockets } from '../views/text/support/rows.ts';

const plain = inetSocket();
const end = (address: string, port: number, zone: string | null = null) => ({
  local: { address, port, zone },
});

function cells(key: string, row: Socket) {
  const [column] = pickColumns('sockets', [key]);
  const context = { takenAt, previous: null };
  if (!column) throw new Error(key);
  return [
    column.value(row, { ...context, names: noNames }),
    shown(column, row, { ...context, names: noNames }),
    shown(column, row, { ...context, names: someNames }),
  ];
}

describe('a socket’s cell: as data, for eyes, for eyes with names', () => {
  it.each<[string, string, Partial<InetSocket>, unknown, unknown, unknown]>([
    ['TCP', 'proto', {}, 'tcp', 'tcp', 'tcp'],
    ['TCP over IPv6', 'proto', { family: 'inet6' }, 'tcp6', 'tcp6', 'tcp6'],
    [
      'both at once',
      'proto',
      { family: 'inet6', dualStack: true },
      ...(['tcp46', 'tcp46', 'tcp46'] as const),
    ],
    [
      'host and service',
      'src',
      end('192.0.2.7', 443),
      ...(['192.0.2.7:443', '192.0.2.7:443', 'web.example:https'] as const),
    ],
    ['any port', 'src', end('192.0.2.9', 0), '192.0.2.9:0', '192.0.2.9:*', '192.0.2.9:*'],
    ['any address', 'src', end('0.0.0.0', 22), '0.0.0.0:22', '0.0.0.0:22', '0.0.0.0:ssh'],
    ['IPv6 in brackets', 'src', end('::', 22), '[::]:22', '[::]:22', '[::]:ssh'],
    [
      'IPv4-mapped, which has no name of its own',
      'src',
      end('::ffff:192.0.2.7', 1),
      ...(['[::ffff:192.0.2.7]:1', '192.0.2.7:1', '192.0.2.7:1'] as const),
    ],
    [
      'a zone',
      'src',
      end('fe80::1', 5, 'eth0'),
      ...(['[fe80::1%eth0]:5', '[fe80::1%eth0]:5', '[fe80::1%eth0]:5'] as const),
    ],
    [
      'a cut address is nobody’s name',
      'local',
      { local: { address: '2001:db8::1', port: 5, zone: null, cut: true } },
      ...(['2001:db8::1…', '2001:db8::1…', '2001:db8::1…'] as const),
    ],
    ['port', 'lport', end('::', 22), '22', '22', 'ssh'],
    ['port 0', 'lport', end('::', 0), '0', '*', '*'],
    ['user', 'user', { uid: 1000 }, '1000', '1000', 'ada'],
    ['unknown user', 'user', { uid: null }, '', '-', '-'],
    ['queue', 'recvq', { recvQueue: 0 }, '0', '0', '0'],
    ['queue not reported', 'recvq', { recvQueue: null }, '', '-', '-'],
    ['state not reported', 'state', { state: null }, '', '-', '-'],
    [
      'timer',
      'timer',
      { timer: { kind: 'keepalive', expiresIn: 57120, retransmits: 1, probes: 2 } },
      ...(['keepalive', 'keepalive (57.12/1/2)', 'keepalive (57.12/1/2)'] as const),
    ],
    ['no timer', 'timer', { timer: null }, '', '-', '-'],
    ['owners not asked for', 'program', { owners: null }, '', '-', '-'],
    [
      'owner may be hidden',
      'program',
      { owners: [], noOwner: 'denied' },
      ...([[], '(denied)', '(denied)'] as const),
    ],
    ['no owner', 'program', { owners: [], noOwner: 'none' }, [], '-', '-'],
    [
      'a time',
      'created',
      { createdAt: '2026-02-28T11:59:58.500Z' },
      ...([
        '2026-02-28T11:59:58.500Z',
        '2026-02-28T11:59:58.500Z',
        '2026-02-28T11:59:58.500Z',
      ] as const),
    ],
    ['time not reported', 'created', { createdAt: null }, '', '-', '-'],
    ['time not asked for', 'created', {}, '', '-', '-'],
    [
      'the time between creation and reading',
      'age',
      { createdAt: '2026-02-28T11:59:58.500Z' },
      ...(['86401500', '86401500', '86401500'] as const),
    ],
    [
      'a clock that was put back',
      'age',
      { createdAt: '2026-03-01T12:00:01.000Z' },
      ...(['0', '0', '0'] as const),
    ],
    ['age not reported', 'age', { createdAt: null }, '', '-', '-'],
    ['reason', 'noowner', { owners: [], noOwner: 'kernel' }, 'kernel', 'kernel', 'kernel'],
  ])('%s (%s)', (_, key, change, value, bare, named) => {
    expect(cells(key, { ...plain, ...change })).toEqual([value, bare, named]);
  });

  it('has one entry an owner, in the same order, in each owner column', () => {
    const shared = inetSockets[1] as InetSocket;
    expect(cells('pid', shared)[0]).toEqual(['811', '812']);
    expect(cells('program', shared)[0]).toEqual(['nginx: master', 'nginx; worker']);
    expect(cells('fd', shared).slice(0, 2)).toEqual([
      ['6', ''],
      ['6', '-'],
    ]);
  });

  it.each([
    [0, '0', '-'],
    [0x10000, '65536', 'ACC'],
    [0x70000, '458752', 'ACC,W,N'],
  ])('UNIX flags %i', (flags, value, bare) => {
    const [row] = unixSockets;
    expect(cells('flags', { ...row, flags } as Socket).slice(0, 2)).toEqual([value, bare]);
  });
});
