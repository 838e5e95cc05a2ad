import { describe, expect, it } from 'vitest';
import type { InetSocket, Socket } from '../../../../src/model/socket/socket.ts';
import { inodeIndex } from '../../../../src/sources/linux/inode-index.ts';
import { repeatFilter } from '../../../../src/sources/linux/sockets/dedupe.ts';
import { keepRecord } from '../../../../src/sources/linux/sockets/kernel-record.ts';
import { inetSocket, unixSocket } from '../../../support/builders.ts';

const tcp = inetSocket({
  local: { address: '192.0.2.7', port: 443, zone: null },
  remote: { address: '198.51.100.23', port: 50123, zone: null },
  state: 'ESTABLISHED',
  inode: 7,
});
const unix = unixSocket({ inode: 7 });
const port = (socket: InetSocket, number: number): InetSocket => ({
  ...socket,
  remote: { ...socket.remote, port: number },
});
const turned = (socket: InetSocket): InetSocket => ({
  ...socket,
  local: socket.remote,
  remote: socket.local,
});
const sctp = { ...tcp, protocol: 'sctp', state: 'LISTEN' } as const;
const peer = { address: '198.51.100.24', port: 50123, zone: null };
const timeWait = { ...tcp, inode: null, state: 'TIME_WAIT' } as const;
/** The same with the number of the kernel's record. */
const recorded = (number: number) => {
  const socket: InetSocket = { ...timeWait };
  keepRecord(socket, number);
  return socket;
};

describe('repeatFilter', () => {
  it.each<[string, Socket, Socket, boolean]>([
    ['the same row', tcp, tcp, false],
    ['the same socket in another state', tcp, { ...tcp, state: 'CLOSE_WAIT' }, false],
    ['another inode', tcp, { ...tcp, inode: 8 }, true],
    ['another remote port', tcp, port(tcp, 9), true],
    ['another local port', tcp, { ...tcp, local: { ...tcp.local, port: 9 } }, true],
    ['the same ports the other way round', turned(tcp), tcp, true],
    ['TIME_WAIT by its ends', timeWait, { ...timeWait }, false],
    ['TIME_WAIT of another connection', timeWait, port(timeWait, 9), true],
    ['a connection that passed into TIME_WAIT', tcp, timeWait, true],
    ['TIME_WAIT of the same ends, as of two interfaces', recorded(5), recorded(6), true],
    ['the same record of TIME_WAIT', recorded(5), recorded(5), false],
    [
      'UDP without an inode',
      { ...timeWait, protocol: 'udp' },
      { ...timeWait, protocol: 'udp' },
      true,
    ],
    ['the same association of SCTP', sctp, { ...sctp }, false],
    ['the socket of another association', sctp, { ...sctp, inode: 8 }, true],
    ['the same port of another machine over SCTP', sctp, { ...sctp, remote: peer }, true],
    ['a UNIX socket by its name and inode', unix, { ...unix, refCount: 9 }, false],
    ['another name, which a line break may have made up', unix, { ...unix, path: '/other' }, true],
    ['UNIX sockets without one', { ...unix, inode: null }, { ...unix, inode: null }, true],
  ])('%s', (_, first, second, passes) => {
    const { isFirst } = repeatFilter();
    expect(isFirst(first)).toBe(true);
    expect(isFirst(second)).toBe(passes);
  });

  it('is not misled by a name that was made up to look like the other', () => {
    const filter = repeatFilter();
    // In the hashes of Java's strings, and of all that add up characters in a fixed base, these are the same.
    const names = ['/tmp/AaAa', '/tmp/BBBB', '/tmp/AaBB', '/tmp/BBAa'];
    expect(names.map((path) => filter.isFirst({ ...unix, path }))).toEqual(names.map(() => true));
    expect(filter.clashes).toBe(3);
  });

  it('knows the inodes of its rows, and no other filter does', () => {
    const filter = repeatFilter();
    filter.isFirst(tcp);
    expect([7, 8].map(filter.knows)).toEqual([true, false]);
    expect(repeatFilter().isFirst(tcp)).toBe(true);
  });

  it('learns the inodes of rows that nobody keeps, as many as it is told, and forgets none of its own', () => {
    const filter = repeatFilter();
    filter.isFirst(tcp);
    filter.learn(Uint32Array.of(7, 0, 8, 9), 3);
    expect([7, 0, 8, 9].map(filter.knows)).toEqual([true, false, true, false]);
    expect(filter.isFirst(tcp)).toBe(false);
  });

  it('knows an association of SCTP though another of its socket came since, in any namespace', () => {
    const known = new Set<string>();
    const filter = repeatFilter(inodeIndex(), known);
    const rows = [sctp, { ...sctp, remote: peer }, sctp];
    expect(rows.map(filter.isFirst)).toEqual([true, true, false]);
    expect(filter.knows(7)).toBe(true);
    expect(rows.map(repeatFilter(inodeIndex(), known).isFirst)).toEqual([false, false, false]);
  });

  it('of several namespaces knows the inodes of all, and of each its own connections without one', () => {
    const known = inodeIndex();
    const [one, other] = [repeatFilter(known), repeatFilter(known)];
    expect([tcp, timeWait].map(one.isFirst)).toEqual([true, true]);
    expect(other.knows(7)).toBe(true);
    expect([tcp, timeWait, timeWait].map(other.isFirst)).toEqual([false, true, false]);
  });
});
