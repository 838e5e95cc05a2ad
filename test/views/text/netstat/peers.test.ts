import { describe, expect, it } from 'vitest';
import { inetHeader, inetRow } from '../../../../src/views/text/netstat/inet.ts';
import { unixHeader, unixRow } from '../../../../src/views/text/netstat/unix.ts';
import { inetSocket, owner, tcpInfo, unixSocket } from '../../../support/builders.ts';
import { contextWith } from '../support/render.ts';

const peer = { inode: 5, owners: [owner(812, 'nginx'), owner(9, 'b')], noOwner: null };
const none = { inode: null, owners: [], noOwner: 'none' } as const;

describe('what --peers shows', () => {
  it.each([
    [{}],
    [{ programs: true }],
    [{ timers: true }],
    [{ timers: true, tcpInfo: true }],
    [{ extend: 1, programs: true, timers: true, tcpInfo: true }],
  ])('stands behind all other columns under its name, one line a socket: %j', (flags) => {
    const context = contextWith({ ...flags, peers: true });
    const [, names = ''] = inetHeader(context).split('\n');
    const line = inetRow(context)(inetSocket({ peer, tcpInfo: tcpInfo() }));
    expect(line).toHaveLength(names.length + 1);
    expect(names.trimEnd().endsWith(' Peer')).toBe(true);
    expect(line.slice(names.indexOf(' Peer'))).toBe(' 812/nginx           \n');
  });

  it.each([[{}], [{ programs: true }]])('stands before the path of a UNIX socket: %j', (flags) => {
    const context = contextWith({ ...flags, peers: true });
    const [, names = ''] = unixHeader(context).split('\n');
    const line = unixRow(context)(unixSocket({ peer, path: '/run/a b' }));
    expect(line.slice(names.indexOf(' Peer'))).toBe(' 812/nginx            /run/a b\n');
    expect(line.indexOf('/run/a b')).toBe(names.indexOf('Path'));
  });

  it.each([[null], [none]])('is - if there are no owners: %j', (nobody) => {
    const context = contextWith({ peers: true });
    const ofInet = inetRow(context)(inetSocket({ peer: nobody }));
    const ofUnix = unixRow(context)(unixSocket({ peer: nobody }));
    for (const line of [ofInet, ofUnix]) expect(line).toMatch(/ - {19}/);
  });

  it('is cut to its column, as owners are, unless it is to be wide', () => {
    const long = { ...peer, owners: [owner(812, 'a-very-long-program-name')] };
    const text = (wide: boolean) =>
      inetRow(contextWith({ peers: true, wide }))(inetSocket({ peer: long }));
    expect(text(false)).toContain(' 812/a-very-long-pro \n');
    expect(text(true)).toContain(' 812/a-very-long-program-name\n');
  });
});
