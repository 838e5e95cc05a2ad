import type { Warning } from '../../model/report/snapshot.ts';
import type { Socket } from '../../model/socket/socket.ts';
import { noTcpInfo } from '../../model/socket/tcp-info.ts';
import type { SocketQuery } from '../source.ts';

/** A fact that rows may be shown or chosen by, but netstat does not report. */
interface UnavailableFact {
  /** Whether a row lacks it; false if it was not asked for. */
  readonly lacks: (socket: Socket, query: SocketQuery) => boolean;
  /** Returns the row as if the fact were known. */
  readonly asKnown: (socket: Socket) => Socket;
  /** Whether it is worth a warning that its column is empty. */
  readonly isMissed: (query: SocketQuery) => boolean;
  readonly what: string;
  /** Why it is not there, or where else it is. */
  readonly why: string;
  /** Present if releases that `why` tells of report it in a column. */
  readonly hasColumn?: true;
  readonly source: string;
}

const queues: UnavailableFact = {
  lacks: ({ protocol, state }, { unixQueues }) =>
    (protocol === 'tcp' && state === 'LISTEN') || (unixQueues === true && state === 'LISTENING'),
  asKnown: (socket) => ({ ...socket, recvQueue: 0, sendQueue: 0 }),
  isMissed: () => false,
  what: 'accept queues of servers',
  why: 'netstat -anL shows them',
  source: 'netstat -L',
};

const bytes: UnavailableFact = {
  lacks: (socket, { tcpInfo }) =>
    tcpInfo === true &&
    socket.protocol === 'tcp' &&
    socket.state !== 'LISTEN' &&
    socket.tcpInfo === null,
  asKnown: (socket) =>
    socket.protocol === 'unix'
      ? socket
      : { ...socket, tcpInfo: { ...noTcpInfo, bytesReceived: 0n, bytesSent: 0n } },
  isMissed: () => true,
  what: 'bytes of connections',
  why: 'macOS reports them from 15.1 on',
  hasColumn: true,
  source: 'netstat rxbytes',
};

const unixSendQueues: UnavailableFact = {
  lacks: ({ protocol, state, sendQueue }, { unixQueues }) =>
    unixQueues === true && protocol === 'unix' && state !== 'LISTENING' && sendQueue === null,
  asKnown: (socket) => ({ ...socket, sendQueue: 0 }),
  isMissed: () => false,
  what: 'send queues of UNIX sockets',
  why: "the other end's receive queue has what was sent",
  source: 'netstat -f unix',
};

const references: UnavailableFact = {
  lacks: (socket) => socket.protocol === 'unix' && socket.refCount === null,
  asKnown: (socket) => (socket.protocol === 'unix' ? { ...socket, refCount: 0 } : socket),
  isMissed: () => false,
  what: 'reference counts of UNIX sockets',
  why: 'macOS reports them from 15.1 on',
  hasColumn: true,
  source: 'netstat usecnt',
};

/** Looks for facts that a table's rows lack. */
export interface LackedFacts {
  look(row: Socket): void;
  /**
   * The warnings of facts that the rows lack if that leaves open whether a row is chosen (owners, which come later, may
   * do so too). Of some also if they are to be shown. `areColumnsUnknown`: the table is of an unknown release.
   */
  warnings(areColumnsUnknown: boolean): Warning[];
}

/** Nothing found yet, for this query. */
export function unavailableFacts(query: SocketQuery): LackedFacts {
  const { isUndecided = () => false, keep } = query;
  const facts = [queues, bytes, unixSendQueues, references].map((fact) => {
    return { fact, isMissed: fact.isMissed(query), decides: false, isShown: false };
  });
  return {
    look(row) {
      for (const one of facts) {
        const { lacks, asKnown } = one.fact;
        if (one.decides || !lacks(row, query)) continue;
        one.decides = isUndecided(row) && !isUndecided(asKnown(row));
        one.isShown ||= one.isMissed && keep(row);
      }
    },
    warnings: (areColumnsUnknown) =>
      facts.flatMap(({ fact, decides, isShown }): Warning[] => {
        const { what, why, hasColumn = false, source } = fact;
        const reason = hasColumn && areColumnsUnknown ? 'its columns are unknown' : why;
        const message = `netstat: ${what}: not available; ${reason}`;
        if (decides) return [{ code: 'unreadable', message, source }];
        return isShown ? [{ code: 'absent', message, source }] : [];
      }),
  };
}
