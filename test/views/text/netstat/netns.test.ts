import { describe, expect, it } from 'vitest';
import type { Netns } from '../../../../src/model/netns.ts';
import { inetHeader, inetRow } from '../../../../src/views/text/netstat/inet.ts';
import { unixHeader, unixRow } from '../../../../src/views/text/netstat/unix.ts';
import { inetSocket, unixSocket } from '../../../support/builders.ts';
import { contextWith } from '../support/render.ts';

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
