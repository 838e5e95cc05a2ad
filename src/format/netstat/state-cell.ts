import type { InetSocket } from '../../model/socket.js';
import type { InetState } from '../../model/state.js';
import type { Paint } from '../paint.js';
import { left } from './pad.js';

const width = 11;

/** netstat's spelling of a state: datagram sockets without a peer are blank, raw ones show a code. */
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

/** The state padded to its column; each text is made once. */
export function stateCell(paint: Paint | null): (socket: InetSocket) => string {
  const known = new Map<string, string>();
  return (socket) => {
    const key =
      socket.protocol === 'tcp' ? (socket.state ?? '') : `${socket.protocol} ${socket.state}`;
    let cell = known.get(key);
    if (cell === undefined) {
      const text = left(stateText(socket), width);
      cell = paint === null ? text : paint.state(socket.state ?? '', text);
      known.set(key, cell);
    }
    return cell;
  };
}
