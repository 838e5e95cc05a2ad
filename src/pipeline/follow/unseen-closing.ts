import { isTcpConnection } from '../../analysis/rounds/socket-changes.ts';
import type { Closing } from '../../model/report/socket-event.ts';
import { deviceOf } from '../../model/socket/device.ts';
import { keptCookie } from '../../model/socket/identity.ts';
import type { InetSocket } from '../../model/socket/socket.ts';
import { unknownWorkload } from '../../model/socket/workload.ts';
import type { ReadOptions } from '../read.ts';

/**
 * The states that a socket no round saw may have had, for filters by state: a TCP socket without a remote end may
 * have listened; a connection with a measured round-trip time was established.
 */
export function possibleForms({ socket, tcpInfo }: Closing): readonly InetSocket[] {
  if (socket.protocol !== 'tcp') return [socket];
  if (!isTcpConnection(socket)) return [socket, { ...socket, state: 'LISTEN' }];
  const rtt = tcpInfo?.rtt ?? null;
  return rtt === null ? [socket] : [socket, { ...socket, state: 'ESTABLISHED' }];
}

/** Fills in the fields that were asked for and that the kernel does not report for a closed socket. */
export function withAsked(closing: Closing, needs: ReadOptions['needs']): Closing {
  const { socket, tcpInfo } = closing;
  const cookie = keptCookie(socket);
  // Nothing else has seen the row yet.
  const row = socket as { -readonly [Key in keyof InetSocket]: InetSocket[Key] };
  if (needs.owners !== 'none') {
    row.owners = [];
    row.noOwner = 'unknown';
  }
  if (needs.tcpInfo) row.tcpInfo = tcpInfo;
  if (needs.rates) row.rates = null;
  if (needs.socketInfo) {
    const kept = cookie === null ? null : BigInt(cookie);
    const none = { acceptQueue: null, drops: null, memory: null, mark: null };
    Object.assign(row, none, { cookie: kept, device: deviceOf(socket) });
  }
  if (needs.peers) row.peer = null;
  if (needs.workloads) Object.assign(row, unknownWorkload);
  if (needs.exposure) row.exposure = null;
  return closing;
}
