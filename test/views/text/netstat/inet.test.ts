import { describe, expect, it } from 'vitest';
import { noNames } from '../../../../src/model/report/names.ts';
import type { InetSocket } from '../../../../src/model/socket/socket.ts';
import { inetHeader, inetRow } from '../../../../src/views/text/netstat/inet.ts';
import { inetSocket } from '../../../support/builders.ts';
import type { Asked } from '../../../support/listing.ts';
import { contextWith } from '../support/render.ts';

const socket = inetSocket();

function row(changes: Partial<InetSocket>, asked: Partial<Asked> = {}): string {
  return inetRow(contextWith(asked))(inetSocket(changes));
}

describe('column names', () => {
  const base = 'Proto Recv-Q Send-Q Local Address           Foreign Address         State      ';
  it.each<[string, Partial<Asked>, string]>([
    ['none of -e -p -o', {}, ' '],
    ['-e', { extend: 1 }, ' User       Inode     '],
    ['-ee is -e', { extend: 2 }, ' User       Inode     '],
    ['-p', { programs: true }, ' PID/Program name    '],
    ['-o', { timers: true }, ' Timer'],
    [
      '-epo',
      { extend: 1, programs: true, timers: true },
      ' User       Inode      PID/Program name     Timer',
    ],
    ['--exposure', { exposure: true }, ' Exposure'],
    ['--exposure with --all-netns', { exposure: true, withNetns: true }, ' Netns        Exposure'],
  ])('%s', (_, asked, more) => {
    const [, line] = inetHeader(contextWith(asked)).split('\n');
    expect(line).toBe(`${base}${more}`.replace(/^(.*State {6}) $/, '$1'));
  });
});

describe('a row', () => {
  it.each<[string, Partial<InetSocket>, string]>([
    [
      'tcp',
      {},
      'tcp        0    128 127.0.0.1:631           0.0.0.0:*               LISTEN     \n',
    ],
    [
      'tcp6',
      { family: 'inet6' },
      'tcp6       0    128 127.0.0.1:631           0.0.0.0:*               LISTEN     \n',
    ],
    [
      'tcp6 with empty queues',
      { family: 'inet6', sendQueue: 0 },
      'tcp6       0      0 127.0.0.1:631           0.0.0.0:*               LISTEN     \n',
    ],
    [
      'of both families',
      { family: 'inet6', dualStack: true },
      'tcp46      0    128 127.0.0.1:631           0.0.0.0:*               LISTEN     \n',
    ],
    [
      'of both families with empty queues',
      { family: 'inet6', dualStack: true, sendQueue: 0 },
      'tcp46      0      0 127.0.0.1:631           0.0.0.0:*               LISTEN     \n',
    ],
    [
      'udplite6 is a letter wider',
      { protocol: 'udplite', family: 'inet6', state: 'UNCONN' },
      'udpl6      0    128 127.0.0.1:631           0.0.0.0:*                          \n',
    ],
    [
      'raw shows its code',
      { protocol: 'raw', state: 'UNCONN' },
      'raw        0    128 127.0.0.1:631           0.0.0.0:*               7          \n',
    ],
    [
      'wide queues push on',
      { recvQueue: 2147483647, sendQueue: 4294967295 },
      'tcp   2147483647 4294967295 127.0.0.1:631           0.0.0.0:*               LISTEN     \n',
    ],
    [
      'queues that are not reported',
      { recvQueue: null, sendQueue: null },
      'tcp        -      - 127.0.0.1:631           0.0.0.0:*               LISTEN     \n',
    ],
  ])('%s', (_, changes, text) => {
    expect(row(changes)).toBe(text);
  });

  const plain = 'tcp        0    128 127.0.0.1:631           0.0.0.0:*               LISTEN     ';
  it.each<[string, Partial<InetSocket>, Partial<Asked>, string]>([
    ['-e', {}, { extend: 1 }, ' 0          24153     '],
    [
      '-e without inode and uid',
      { inode: null, uid: null },
      { extend: 1 },
      ' 0          0         ',
    ],
    [
      '-e with the largest uid, as netstat has it',
      { uid: 4294967295 },
      { extend: 1 },
      ' -1         24153     ',
    ],
    ['-p', {}, { programs: true }, ' -                   '],
    ['-o', {}, { timers: true }, ' off (0.00/0/0)'],
    ['-o without a timer', { timer: null }, { timers: true }, ' '],
    [
      '-epo',
      {},
      { extend: 1, programs: true, timers: true },
      ' 0          24153      -                    off (0.00/0/0)',
    ],
  ])('%s', (_, changes, asked, more) => {
    expect(row(changes, asked)).toBe(`${plain}${more}\n`);
  });

  it('names users', () => {
    const names = { ...noNames, user: () => 'a-user-with-a-long-name' };
    const asked = {
      extend: 1,
      numeric: { hosts: true, ports: true, users: false },
    };
    expect(inetRow(contextWith(asked, { names }))(socket)).toBe(
      `${plain} a-user-with-a-long-name 24153     \n`,
    );
  });

  it('names a port by its protocol, also where rows share an end', () => {
    const names = {
      ...noNames,
      service: (_: number, protocol: string) => (protocol === 'tcp' ? 'login' : 'who'),
    };
    const make = inetRow(
      contextWith({ numeric: { hosts: true, ports: false, users: true } }, { names }),
    );
    const local = { address: '127.0.0.1', port: 513, zone: null };
    for (const [protocol, name] of [
      ['tcp', 'login'],
      ['udp', 'who'],
      ['tcp', 'login'],
    ] as const) {
      expect(make({ ...socket, protocol, local })).toContain(` 127.0.0.1:${name} `);
    }
  });

  it('fills the column of an address by bytes, as printf does', () => {
    const local = { address: 'fe80::1', port: 631, zone: '網' };
    expect(row({ local })).toContain(` fe80::1%網:631${' '.repeat(9)}0.0.0.0:*`);
  });

  it('is right for every one of thousands of ends', () => {
    const make = inetRow(contextWith({}));
    for (let port = 1; port < 5000; port++) {
      const text = make({ ...socket, remote: { ...socket.remote, address: '192.0.2.7', port } });
      expect(text).toContain(` ${`192.0.2.7:${port}`.padEnd(23)} LISTEN`);
    }
  });
});
