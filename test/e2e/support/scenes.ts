import type { LastTraffic, SocketChange } from '../../../src/model/report/socket-event.ts';
import type { InetSocket } from '../../../src/model/socket/socket.ts';
import type { InetState } from '../../../src/model/socket/state.ts';
import type { TcpInfo } from '../../../src/model/socket/tcp-info.ts';
import { container, inet, owner, tcpInfo, unit } from '../../support/builders.ts';
import { diagnosed, followed, listed, type Scene, served } from './scene.ts';

const begun = '2026-01-31T09:12:44.000Z';

/** Of a connection that lost nothing. */
const lossless = (changes: Partial<TcpInfo> = {}): TcpInfo =>
  tcpInfo({ lost: 0, retransmitting: 0, retransmitted: 0, bytesRetransmitted: 0n, ...changes });
const sending = (rtt: number) =>
  lossless({ rtt, cwnd: 18, bytesSent: 300_000n, bytesReceived: 0n });

const serverOf = (pid: number) =>
  inet('0.0.0.0:8080', '0.0.0.0:0', { owners: [owner(pid, 'node')] });
const client = inet('192.0.2.10:8080', '198.51.100.7:40122', { owners: [owner(901, 'node')] });
/** The same, closed at the other end. */
const leftOpen: InetSocket = { ...client, state: 'CLOSE_WAIT', recvQueue: 1 };
/** As the kernel reports the close of a connection that no round saw. */
const unseen = inet('192.0.2.10:8080', '198.51.100.9:51020', {
  ...{ state: 'CLOSE', recvQueue: null, sendQueue: null, uid: null, inode: null },
});
const carried: LastTraffic = {
  ...{ bytesSent: 300_000n, bytesReceived: 812n, rtt: 36.125, retransmitted: 2 },
};
const carriedUnseen: LastTraffic = {
  ...{ bytesSent: 0n, bytesReceived: 74n, rtt: 0.31, retransmitted: 0 },
};

/** A change at this local time of day. */
function change(
  event: SocketChange['event'],
  time: string,
  socket: InetSocket,
  changes: Partial<SocketChange> = {},
): SocketChange {
  return {
    ...{ event, time: new Date(`2026-01-31T${time}`).toISOString(), knownBy: 'round', socket },
    ...{ seenFor: null, stateBefore: null, ownersBefore: null, traffic: null },
    ...changes,
  };
}

/** Connections to the service at port 7071. */
const connected = (count: number, address: string, state: InetState) =>
  Array.from({ length: count }, (_, number) =>
    inet('192.0.2.10:7071', `${address}:${40_000 + number}`, { state, tcpInfo: lossless() }),
  );

/**
 * The `text` blocks with output of a live machine, which no fixture holds: by page and command, the machine whose
 * output is shown.
 */
export const scenes: Readonly<Record<string, Readonly<Record<string, Scene>>>> = {
  'README.md': {
    'tsnetstat -tn --tcp-info': listed([
      inet('192.0.2.10:443', '203.0.113.9:40112', { tcpInfo: sending(0.146) }),
      inet('192.0.2.10:443', '198.51.100.7:61022', { tcpInfo: sending(0.114) }),
    ]),
    'tsnetstat --follow -tnp': followed([
      change('opened', '14:03:28.061', client),
      change('closed', '14:03:31.402', client, {
        ...{ knownBy: 'kernel', seenFor: 3341, traffic: carried },
      }),
    ]),
    'tsnetstat --diagnose -n': diagnosed({
      sockets: [
        inet('0.0.0.0:8080', '0.0.0.0:0', {
          ...{ recvQueue: 129, acceptQueue: { length: 129, limit: 128 } },
          timer: { kind: 'off', expiresIn: 0, retransmits: 0, probes: 0 },
          owners: [owner(811, 'node', { startedAt: begun })],
          workload: container('web'),
        }),
      ],
      overflows: [503, 544],
    }),
  },
  'docs/diagnose.md': {
    'tsnetstat --diagnose --port 7071': diagnosed({
      sockets: [
        inet('0.0.0.0:7071', '0.0.0.0:0', {
          acceptQueue: { length: 0, limit: 511 },
          owners: [owner(4711, 'node', { uid: 1000, startedAt: begun })],
          workload: unit('app.service'),
        }),
        ...connected(8, '192.0.2.7', 'ESTABLISHED'),
        ...connected(2, '192.0.2.9', 'ESTABLISHED'),
        ...connected(2, '192.0.2.9', 'TIME_WAIT'),
      ],
    }),
  },
  'docs/follow.md': {
    'tsnetstat --follow -tnp': followed([
      change('opened', '14:03:26.044', serverOf(901)),
      change('opened', '14:03:28.061', client),
      change('state', '14:03:31.090', leftOpen, { stateBefore: 'ESTABLISHED' }),
      change('closed', '14:03:31.402', leftOpen, {
        ...{ knownBy: 'kernel', seenFor: 3341, traffic: carried },
      }),
      change('closed', '14:03:32.377', unseen, { knownBy: 'kernel', traffic: carriedUnseen }),
      change('owner', '14:03:35.118', serverOf(917), { ownersBefore: [owner(901, 'node')] }),
    ]),
  },
  'docs/serve.md': { 'tsnetstat --serve': served },
};
