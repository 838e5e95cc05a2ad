import { groupedBy } from '../../model/add-to.ts';
import { endText } from '../../model/address/text.ts';
import type { InetSocket, Socket } from '../../model/socket/socket.ts';
import { countText } from '../../text/counted.ts';
import type { Draft } from './check.ts';
import { sum } from './numbers.ts';
import { socketKey } from './socket-sets.ts';

/** Whether packets wait at a UDP server. */
export function hasUnread({ protocol, state, recvQueue }: Socket): boolean {
  return protocol === 'udp' && state === 'UNCONN' && (recvQueue ?? 0) > 0;
}

/**
 * UDP servers with at least `least` bytes unread in both looks, and no fewer in the second: a finding for each port.
 * `then`: the look before, by `socketKey`.
 */
export function unreadPackets(
  sockets: readonly InetSocket[],
  then: ReadonlyMap<string, Socket>,
  least: number,
  seconds: number,
): readonly Draft[] {
  const before = (socket: InetSocket) => unreadAt(then.get(socketKey(socket)));
  const stuck = sockets.filter(
    (one) => hasUnread(one) && before(one) >= least && unreadAt(one) >= before(one),
  );
  return [...groupedBy(stuck, ({ local }) => local.port).values()].map((servers) =>
    draftOf(servers, sum(servers.map(unreadAt)), sum(servers.map(before)), seconds),
  );
}

function unreadAt(socket: Socket | undefined): number {
  return socket?.recvQueue ?? 0;
}

function draftOf(
  servers: readonly InetSocket[],
  unread: number,
  unreadBefore: number,
  seconds: number,
): Draft {
  const { local } = servers[0] as InetSocket;
  return {
    severity: 'note',
    certainty: 'worth a look',
    title: `${endText(local)}: ${countText(unread)} bytes of UDP packets are not read, and no fewer than a second before`,
    observations: [
      `${countText(unread)} bytes wait to be read, with what the kernel needs to keep them; ${seconds.toFixed(1)} s before there were ${countText(unreadBefore)}.`,
    ],
    seen: { unread, unreadBefore, sockets: servers.length },
    sockets: servers,
    why: 'Nobody answers the clients until the program reads their packets, which takes a healthy server a moment. Once the receive buffer is full, further ones are lost.',
    remedy:
      'Find out why the program does not call recv(2): it may be stopped, blocked or busy (`ps -o pid,stat,wchan -p PIDS` shows T if it is stopped; `cat /proc/WORKER/stack`, `strace -p PIDS`), or receives more than it can read.',
    command: ['-uanp', 'sport', '=', `:${local.port}`],
  };
}
