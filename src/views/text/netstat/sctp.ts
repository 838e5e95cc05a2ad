import type { Endpoint } from '../../../model/address/endpoint.ts';
import type { InetSocket } from '../../../model/socket/socket.ts';
import type { ViewContext } from '../text-view.ts';
import { hostText } from './address-cell.ts';
import { left, right } from './pad.ts';
import type { RowTail } from './row-tail.ts';
import { stateCell } from './state-cell.ts';

/**
 * SCTP rows: the first line has the ends' first addresses and the state; each further address has a line of its
 * own. Addresses are never cut, ports are always numbers. The columns of -e, -p and -o are on the last line.
 */
export function sctpRow(context: ViewContext, tail: RowTail): (socket: InetSocket) => string {
  // netstat shows these host names only if none of hosts, ports and users is numeric.
  const { hosts, ports, users } = context.view.numeric;
  const host = hostText(
    { numeric: { hosts: hosts || ports || users, ports, users } },
    context.names,
  );
  const state = stateCell(context.paint);
  const port = (number: number) => (number === 0 ? '*' : String(number));
  const blankState = left('', 11);
  return (socket) => {
    const { local, remote } = socket;
    // An endpoint has no queues, as it has no peer.
    const ends = socket.recvQueue === null ? endpointEnds : associationEnds;
    const queues = [socket.recvQueue, socket.sendQueue].map((n) =>
      right(n === null ? '' : `${n}`, 6),
    );
    const withPort = (end: Endpoint) => `${host(end)}:${port(end.port)}`;
    const alone = (address: string) => host({ address, port: 0, zone: null });
    const locals = (socket.localAlternates ?? []).map((address) =>
      ends === endpointEnds ? withPort({ ...local, address }) : alone(address),
    );
    const remotes = (socket.remoteAlternates ?? []).map(alone);
    const lines = [
      `sctp  ${queues.join(' ')} ${ends(withPort(local), withPort(remote))} ${state(socket)}`,
    ];
    for (let i = 0; i < Math.max(locals.length, remotes.length); i++) {
      lines.push(`${' '.repeat(20)}${ends(locals[i] ?? '', remotes[i] ?? '')} ${blankState}`);
    }
    return `${lines.join('\n')}${tail(socket)}\n`;
  };
}

function endpointEnds(local: string): string {
  return left(local, 47);
}

function associationEnds(local: string, remote: string): string {
  return `${left(local, 23)} ${left(remote, 23)}`;
}
