import type { InetProtocol } from '../../../model/protocol.ts';
import type { InetSocket } from '../../../model/socket/socket.ts';
import type { InetState } from '../../../model/socket/state.ts';
import type { Paint } from '../paint.ts';
import { left } from './pad.ts';

const width = 11;

/** netstat's spelling of a state: empty for datagram sockets without a peer, a code for raw ones. */
export function stateText(socket: Pick<InetSocket, 'protocol' | 'state'>): string {
  const { protocol, state } = socket;
  if (state === null) return '';
  if (protocol === 'raw') return rawCode(state);
  const borrowed = protocol === 'udp' || protocol === 'udplite';
  if (borrowed) return state === 'UNCONN' ? '' : state.startsWith('UNKNOWN') ? 'UNKNOWN' : state;
  return state === 'UNKNOWN(0)' ? '' : state;
}

function rawCode(state: InetState): string {
  if (state === 'ESTABLISHED') return '1';
  if (state === 'UNCONN') return '7';
  return /\d+/.exec(state)?.[0] ?? state;
}

/** The state padded to its column, followed by `behind`; each text is made once. */
export function stateCell(
  paint: Paint | null,
  behind = '',
): (socket: Pick<InetSocket, 'protocol' | 'state'>) => string {
  const known = new Map<InetProtocol, Map<InetState | null, string>>();
  return (socket) => {
    const { protocol, state } = socket;
    let cells = known.get(protocol);
    if (cells === undefined) {
      cells = new Map();
      known.set(protocol, cells);
    }
    let cell = cells.get(state);
    if (cell === undefined) {
      const text = left(stateText(socket), width);
      cell = (paint === null ? text : paint.state(state ?? '', text)) + behind;
      cells.set(state, cell);
    }
    return cell;
  };
}
