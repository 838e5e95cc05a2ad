import { describe, expect, it } from 'vitest';
import type { InetSocket, Socket } from '../../../../src/model/socket/socket.ts';
import { inLists, wantedOf } from '../../../../src/sources/linux/owners/wanted-sockets.ts';
import { inetSocket, unixSocket } from '../../../support/builders.ts';

const of = (
  protocol: 'tcp' | 'udp' | 'raw',
  inode: number | null,
  state: InetSocket['state'] = null,
) => inetSocket({ protocol, inode, state });
const listsOf = (...sockets: readonly Socket[]) => {
  const { lists } = wantedOf(sockets);
  return lists === undefined ? null : [...lists];
};

describe('wantedOf', () => {
  it('returns the inodes of sockets, each once', () => {
    expect([...wantedOf([of('udp', 5), of('udp', 6), of('udp', 5), of('udp', null)])]).toEqual([
      5, 6,
    ]);
  });

  it.each<[string, readonly Socket[], readonly string[] | null]>([
    ['servers', [of('tcp', 5, 'LISTEN'), of('udp', 6)], ['tcp', 'udp']],
    ['one list', [of('tcp', 5, 'LISTEN'), of('tcp', 6, 'LISTEN')], ['tcp']],
    ['UDP, connected too', [of('udp', 5, 'ESTABLISHED')], ['udp']],
    ['UNIX', [unixSocket({ inode: 7 })], ['unix']],
    ['a connection among them', [of('tcp', 5, 'LISTEN'), of('tcp', 6, 'ESTABLISHED')], null],
    ['raw', [of('udp', 5), of('raw', 6)], null],
    ['a connection without an inode', [of('udp', 5), of('tcp', null, 'TIME_WAIT')], ['udp']],
    ['none', [], []],
  ])('says which lists they are all in: %s', (_, sockets, lists) => {
    expect(listsOf(...sockets)).toEqual(lists);
  });
});

it('inLists makes a set that can be added to', () => {
  const wanted = inLists([1], new Set(['udp']));
  wanted.add(2);
  expect([[...wanted], wanted.lists]).toEqual([[1, 2], new Set(['udp'])]);
});
