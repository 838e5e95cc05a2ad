import { describe, expect, it } from 'vitest';
import type { Netns } from '../../../../src/model/machine/netns.ts';
import { allNumeric } from '../../../../src/model/request/view.ts';
import { inetHeader, inetRow } from '../../../../src/views/text/netstat/inet.ts';
import { unixHeader, unixRow } from '../../../../src/views/text/netstat/unix.ts';
import {
  counter,
  group,
  inetSocket,
  netInterface,
  route,
  unixSocket,
} from '../../../support/builders.ts';
import { contextWith } from '../support/render.ts';
import { shown } from './reports.ts';

const web: Netns = { inode: 4026532178, name: 'web', own: false };

describe('what --all-netns shows', () => {
  it.each([
    [{}],
    [{ programs: true }],
    [{ timers: true }],
    [{ extend: 1, programs: true, timers: true, tcpInfo: true, peers: true }],
  ])('stands behind all other columns under its name: %j', (flags) => {
    const context = contextWith({ ...flags, withNetns: true });
    const [, names = ''] = inetHeader(context).split('\n');
    const line = inetRow(context)(inetSocket({ netns: web }));
    expect(names.endsWith(' Netns')).toBe(true);
    expect(line.slice(names.indexOf(' Netns'))).toBe(' web\n');
  });

  it('stands before the path of a UNIX socket', () => {
    const context = contextWith({ withNetns: true, peers: true });
    const [, names = ''] = unixHeader(context).split('\n');
    const line = unixRow(context)(unixSocket({ netns: web, path: '/run/a b' }));
    expect(line.slice(names.indexOf(' Netns'))).toBe(' web          /run/a b\n');
  });

  it.each<[Netns | undefined, string]>([
    [{ ...web, name: null }, '4026532178'],
    [{ ...web, name: null, own: true }, '(own)'],
    [{ ...web, own: true }, 'web'],
    [{ inode: null, name: null, own: false }, '-'],
    [{ ...web, name: 'a\u001b[2Jb' }, 'a\\x1b[2Jb'],
    [undefined, '-'],
  ])('is a name, else a number: %j', (netns, text) => {
    const socket = inetSocket(netns === undefined ? {} : { netns });
    const line = inetRow(contextWith({ withNetns: true }))(socket);
    expect(line.endsWith(` ${text}\n`)).toBe(true);
  });
});

describe('the other reports with --all-netns', () => {
  const own: Netns = { inode: 1, name: null, own: true };
  const asked = { withNetns: true, numeric: allNumeric };

  it.each([0, 1, 2])('routes: behind all other columns, -e given %i times', async (extend) => {
    const rows = [
      route({ interface: 'eth0', netns: own }),
      route({ interface: 'a-longer-name', netns: web }),
      route({ family: 'inet6', destination: '::', interface: 'eth0', netns: web }),
    ];
    const flags = { ...asked, extend, families: ['inet', 'inet6'] as const };
    const lines = (await shown('routes', rows, { asked: flags })).split('\n');
    expect(lines.filter((line) => line.endsWith(' Netns'))).toHaveLength(2);
    const places = lines.map((line) => line.search(/ (?:Netns|\(own\)|web)$/));
    expect(places[1]).toBe(places[2]);
    expect(lines[3]).toMatch(/ web$/);
    expect(lines[6]).toMatch(/ web$/);
    // Without it nothing is there.
    const plain = await shown('routes', rows, { asked: { ...flags, withNetns: false } });
    expect(plain).not.toMatch(/Netns|web| $/m);
  });

  it('interfaces: by name within each namespace, in the order in which these come', async () => {
    const rows = [
      netInterface('lo', { netns: own }),
      netInterface('eth0', { netns: own }),
      netInterface('lo', { netns: web }),
      netInterface('eth1', { netns: web }),
    ];
    const lines = (await shown('interfaces', rows, { asked })).split('\n').slice(1, -1);
    expect(lines.map((line) => [line.split(' ')[0], line.split(/ +/).at(-1)])).toEqual([
      ['Iface', 'Netns'],
      ['eth0', '(own)'],
      ['lo', '(own)'],
      ['eth1', 'web'],
      ['lo', 'web'],
    ]);
    expect(new Set(lines.map((line) => line.lastIndexOf(' '))).size).toBe(1);
    const long = await shown('interfaces', rows, { asked: { ...asked, extend: 1 } });
    expect(long.match(/^\S+: .* {2}netns (?:\(own\)|web)$/gm)).toHaveLength(4);
  });

  it('groups', async () => {
    const rows = [
      { ...group('lo', '224.0.0.1', 1), netns: own },
      { ...group('lo', 'ff02::1', 1), netns: web },
    ];
    expect(await shown('groups', rows, { asked })).toBe(`IPv6/IPv4 Group Memberships
Interface       RefCnt Group                 Netns
--------------- ------ --------------------- ------------
lo              1      224.0.0.1             (own)
lo              1      ff02::1               web
`);
  });

  it('counters: those of each namespace apart', async () => {
    const of = (netns: Netns, group: string, value: number) => ({
      ...counter(group, 'In', value, { meaning: 'm' }),
      netns,
    });
    const rows = [of(own, 'Tcp', 1), of(own, 'Ip', 2), of(web, 'Tcp', 3), of(web, 'Ip', 4)];
    expect(await shown('statistics', rows, { asked })).toBe(`Ip: IPv4 packets, netns (own)
  In  2  m

Tcp: TCP over IPv4 and IPv6, netns (own)
  In  1  m

Ip: IPv4 packets, netns web
  In  4  m

Tcp: TCP over IPv4 and IPv6, netns web
  In  3  m
`);
  });
});
