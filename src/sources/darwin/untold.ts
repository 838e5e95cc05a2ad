import type { Socket } from '../../model/socket.ts';
import { noTcpInfo } from '../../model/tcp-info.ts';
import type { SocketQuery, WarningSink } from '../source.ts';

/** A fact that rows may be shown or chosen by, but netstat does not report. */
interface Untold {
  /** Whether a row lacks it; false if it was not asked for. */
  readonly lacks: (socket: Socket, query: SocketQuery) => boolean;
  /** Returns the row as if the fact were known. */
  readonly told: (socket: Socket) => Socket;
  /** It has a column, which is then empty. */
  readonly hasColumn: boolean;
  readonly message: string;
  readonly source: string;
}

const queues: Untold = {
  lacks: ({ protocol, state }) => protocol === 'tcp' && state === 'LISTEN',
  told: (socket) => ({ ...socket, recvQueue: 0, sendQueue: 0 }),
  hasColumn: false,
  message: 'netstat: accept queues of servers: not available; netstat -anL shows them',
  source: 'netstat -L',
};

const bytes: Untold = {
  lacks: (socket, { tcpInfo }) =>
    tcpInfo === true &&
    socket.protocol === 'tcp' &&
    socket.state !== 'LISTEN' &&
    socket.tcpInfo === null,
  told: (socket) =>
    socket.protocol === 'unix'
      ? socket
      : { ...socket, tcpInfo: { ...noTcpInfo, bytesReceived: 0n, bytesSent: 0n } },
  hasColumn: true,
  message: 'netstat: bytes of connections: not available; macOS reports them from 15.1 on',
  source: 'netstat rxbytes',
};

/**
 * Warns of facts that `rows` lack if that leaves open whether a row is chosen (owners, which come later, may do so
 * too). Warns of missing bytes also if they are to be shown.
 */
export function tellUntold(
  query: SocketQuery,
  rows: readonly Socket[],
  warnings: WarningSink,
): void {
  const { isUndecided = () => false, keep } = query;
  for (const { lacks, told, hasColumn, message, source } of [queues, bytes]) {
    const lacking = rows.filter((row) => lacks(row, query));
    if (lacking.some((row) => isUndecided(row) && !isUndecided(told(row)))) {
      warnings.warn({ code: 'unreadable', message, source });
    } else if (hasColumn && lacking.some(keep)) {
      warnings.warn({ code: 'absent', message, source });
    }
  }
}
