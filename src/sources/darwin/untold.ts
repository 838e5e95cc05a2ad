import type { Warning } from '../../model/snapshot.ts';
import type { Socket } from '../../model/socket.ts';
import { noTcpInfo } from '../../model/tcp-info.ts';
import type { SocketQuery } from '../source.ts';

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
  message: 'netstat: accept queues of servers: not told; netstat -anL tells them',
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
  message: 'netstat: bytes of connections: not told; macOS tells them from 15.1 on',
  source: 'netstat rxbytes',
};

/** Looks for facts that a table's rows lack. */
export interface UntoldFacts {
  look(row: Socket): void;
  /**
   * The warnings of facts that the rows lack if that leaves open whether a row is chosen (owners, which come later, may
   * do so too). Of missing bytes also if they are to be shown.
   */
  warnings(): Warning[];
}

export function untoldFacts(query: SocketQuery): UntoldFacts {
  const { isUndecided = () => false, keep } = query;
  const facts = [queues, bytes].map((fact) => ({ fact, decides: false, isShown: false }));
  return {
    look(row) {
      for (const one of facts) {
        const { lacks, told, hasColumn } = one.fact;
        if (one.decides || !lacks(row, query)) continue;
        one.decides = isUndecided(row) && !isUndecided(told(row));
        one.isShown ||= hasColumn && keep(row);
      }
    },
    warnings: () =>
      facts.flatMap(({ fact: { message, source }, decides, isShown }): Warning[] => {
        if (decides) return [{ code: 'unreadable', message, source }];
        return isShown ? [{ code: 'absent', message, source }] : [];
      }),
  };
}
