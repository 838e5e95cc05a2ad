import { describe, expect, it } from 'vitest';
import { peerFinder } from '../../../src/analysis/peers/peers.ts';
import { unknownWorkload } from '../../../src/model/socket/workload.ts';
import { inet, owner, unix } from '../../support/builders.ts';

const held = (pid: number, fd = 3) => ({ owners: [owner(pid, 'a', { fd })], inode: pid });
const client = inet('127.0.0.1:40000', '127.0.0.1:80', held(7));
const server = inet('127.0.0.1:80', '127.0.0.1:40000', held(8));

describe('the peer of an Internet socket', () => {
  const ask = inet('127.0.0.1:40001', '127.0.0.1:53', { protocol: 'udp', ...held(9) });
  const answers = (pid: number, fd: number) =>
    inet('127.0.0.1:53', '0.0.0.0', { protocol: 'udp', ...held(pid, fd), inode: fd });

  it('is the other for each of two', () => {
    const peerOf = peerFinder([client, server], null);
    expect(peerOf(client)).toEqual({ inode: 8, owners: server.owners, noOwner: null });
    expect(peerOf(server)).toEqual({ inode: 7, owners: client.owners, noOwner: null });
  });

  it('is null where it is elsewhere', () => {
    expect(peerFinder([client], null)(client)).toBeNull();
  });

  it.each(['none', 'denied', 'unknown'] as const)(
    'has the reason why it has no owner: %s',
    (noOwner) => {
      const other = { ...server, inode: null, owners: [], noOwner };
      expect(peerFinder([client, other], null)(client)).toEqual({
        inode: null,
        owners: [],
        noOwner,
      });
    },
  );

  it('has its workload, or the reason why there is none, where those were asked for', () => {
    const other = { ...server, ...unknownWorkload };
    expect(peerFinder([client, other], null)(client)).toEqual({
      ...{ inode: 8, owners: server.owners, noOwner: null },
      ...{ workload: null, noWorkload: 'unknown' },
    });
  });

  it('is a process where several of its sockets share the port', () => {
    const peerOf = peerFinder([ask, answers(8, 3), answers(8, 4)], null);
    expect(peerOf(ask)).toEqual({ inode: null, owners: [owner(8, 'a')], noOwner: null });
  });

  it('is null where the sockets of several processes share the port', () => {
    expect(peerFinder([ask, answers(8, 3), answers(9, 4)], null)(ask)).toBeNull();
    // One of the two is held by a further process.
    const shared = { ...answers(8, 4), owners: [owner(8, 'a', { fd: 4 }), owner(9, 'a')] };
    expect(peerFinder([ask, answers(8, 3), shared], null)(ask)).toBeNull();
    expect(peerFinder([ask, shared, answers(8, 3)], null)(ask)).toBeNull();
  });
});

describe('the peer of a UNIX socket', () => {
  const one = unix(null, held(1));
  const other = unix('/run/a', held(2));

  it.each<[string, ReadonlyMap<number, number> | null, unknown]>([
    [
      'the one with that inode',
      new Map([[1, 2]]),
      { inode: 2, owners: other.owners, noOwner: null },
    ],
    [
      'nobody where no process has it open',
      new Map([[1, 0]]),
      { inode: null, owners: [], noOwner: 'none' },
    ],
    [
      'unknown where it is not in the table',
      new Map([[1, 3]]),
      { inode: 3, owners: [], noOwner: 'unknown' },
    ],
    ['null where it has none', new Map([[2, 1]]), null],
    ['null if nothing reports it', null, null],
  ])('is %s', (_, unixPeers, expected) => {
    expect(peerFinder([one, other], unixPeers)(one)).toEqual(expected);
  });

  it('is null without an inode that identifies it', () => {
    const embryo = unix('/run/a', { inode: null });
    expect(peerFinder([embryo, one], new Map([[1, 0]]))(embryo)).toBeNull();
  });

  it('is no Internet socket of the same inode', () => {
    const peerOf = peerFinder(
      [one, inet('127.0.0.1:1', '127.0.0.1:2', held(2))],
      new Map([[1, 2]]),
    );
    expect(peerOf(one)).toEqual({ inode: 2, owners: [], noOwner: 'unknown' });
  });
});
