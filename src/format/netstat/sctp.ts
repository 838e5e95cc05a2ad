import type { InetSocket } from '../../model/socket.js';
import type { FormatContext } from '../formatter.js';
import { hostText } from './address-cell.js';
import type { RowTail } from './inet.js';
import { left, right } from './pad.js';
import { stateCell } from './state-cell.js';

/**
 * SCTP rows: the first line has the ends' first addresses and the state, each further address has a
 * line of its own. Addresses are never cut, ports are always numbers. What -e, -p and -o add stands
 * on the last line.
 */
export function sctpRow(context: FormatContext, tail: RowTail): (socket: InetSocket) => string {
  const host = hostText(context.request, context.names);
  const state = stateCell(context.paint);
  const port = (number: number) => (number === 0 ? '*' : String(number));
  const blankState = left('', 11);
  return (socket) => {
    const { local, remote } = socket;
    const isEndpoint = socket.recvQueue === null;
    const queues = [socket.recvQueue, socket.sendQueue].map((n) =>
      right(n === null ? '' : `${n}`, 6),
    );
    const more = (address: string) => host({ address, port: 0, zone: null });
    const locals = (socket.localAlternates ?? []).map((address) =>
      isEndpoint ? `${more(address)}:${port(local.port)}` : more(address),
    );
    const remotes = (socket.remoteAlternates ?? []).map(more);
    const lines = [
      `sctp  ${queues.join(' ')} ${left(`${host(local)}:${port(local.port)}`, 23)} ` +
        `${left(isEndpoint ? '' : `${host(remote)}:${port(remote.port)}`, 23)} ${state(socket)}`,
    ];
    for (let i = 0; i < Math.max(locals.length, remotes.length); i++) {
      lines.push(
        `${' '.repeat(20)}${left(locals[i] ?? '', 23)} ${left(remotes[i] ?? '', 23)} ${blankState}`,
      );
    }
    return `${lines.join('\n')}${tail(socket)}\n`;
  };
}
