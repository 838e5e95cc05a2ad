import { describe, expect, it } from 'vitest';
import type { PackedSockets } from '../../../../src/model/packed/sockets.ts';
import { packIn, socketAt } from '../../../../src/model/packed/sockets.ts';
import type { InetSocket } from '../../../../src/model/socket/socket.ts';
import { diagReader } from '../../../../src/sources/linux/netlink/diag-reader.ts';
import { warningSink } from '../../../support/source-answers.ts';
import { type FakeMachine, failingBehind, fakeProc, systemError } from '../support/fake-proc.ts';
import { done, fakeKernel, inetBody, message } from './support.ts';

const row = (at: number, port: string, state: string, uid: number) =>
  `   ${at}: 010200C0:0050 097100CB:${port} ${state} 00000000:00000000 01:00000014 00000000  ${uid}        0 0 1 0000000000000000\n`;
const header =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n';
/** What `net/tcp` shows: handshakes from ports 5 and 6, and a connection from port 7. */
const file =
  header + row(0, '0005', '03', 1000) + row(1, '0006', '03', 33) + row(2, '0007', '01', 4);

const handshake = (port: number) =>
  message(
    20,
    inetBody({ state: 3, local: [[192, 0, 2, 1], 80], remote: [[203, 0, 113, 9], port] }),
  );

/** The users of handshakes at port 80, where nobody listens any more: of objects, and of packed rows. */
function usersOf(ports: readonly number[], files: FakeMachine['files']) {
  const read = (packed: { timers: false; users: true; connectedOnly: false } | null) => {
    const { ask } = fakeKernel((request) =>
      request.readUInt32LE(20) === 1 << 10 ? [done] : [...ports.map(handshake), done],
    );
    const fake = fakeProc({ files: files ?? {} });
    const query = {
      ...{ listeningOnly: false, timers: false, tcpInfo: false, socketInfo: false },
      ...{ receivers: false, devices: false, deviceName: String, boundSockets: false },
      ...{ cgroups: false, records: false, toFollow: false, packed, glance: null },
      ...{ families: ['inet'] as const, kept: new Map(), pattern: true, isHeld: null },
      ...{ isTaken: () => false, warnings: warningSink() },
    };
    const batches = diagReader('tcp', 'inet').open({ ...fake, sockDiag: () => ask }, query);
    return { batches, calls: fake.calls };
  };
  const objects = read(null);
  const users = ([...objects.batches].flat() as InetSocket[]).map(({ uid }) => uid);
  const packed: (number | null)[] = [];
  for (const batch of read({ timers: false, users: true, connectedOnly: false }).batches) {
    const pack = packIn(batch) as PackedSockets;
    for (let at = 0; at < pack.length; at++) packed.push(socketAt(pack, at).uid);
  }
  return { users, packed, calls: objects.calls };
}

describe('a handshake whose listener is closed', () => {
  it('has the user that the file shows, which is read once', () => {
    const { users, packed, calls } = usersOf([6, 5], { 'net/tcp': file });
    expect([users, packed]).toEqual([
      [33, 1000],
      [33, 1000],
    ]);
    expect(calls).toEqual(['open net/tcp']);
  });

  it.each<[string, FakeMachine['files']]>([
    ['the file has it no more', { 'net/tcp': header + row(0, '0005', '01', 1000) }],
    ['the file must not be read', { 'net/tcp': systemError('EACCES') }],
    ['reading the file fails', { 'net/tcp': failingBehind(header, systemError('EIO')) }],
  ])('has a user who is not known, and not root: %s', (_, files) => {
    const { users, packed } = usersOf([5], files);
    expect([users, packed]).toEqual([[null], [null]]);
  });
});
