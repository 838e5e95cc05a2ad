import { isUnixAlone, type Protocol } from '../../../model/protocol.ts';
import type { Fact } from '../../../model/report/facts.ts';
import type { Socket } from '../../../model/socket/socket.ts';
import type { SocketQuery, WarningSink } from '../../source.ts';
import {
  type LackingProc,
  unavailableFacts,
  unavailableInFiles,
  unavailableMarks,
} from '../warnings.ts';

/** How a table was read: over netlink, from its file instead of netlink, or from its file as the only way. */
export type ReadBy = 'netlink' | 'file' | 'file alone';

/** Records facts that were asked for, to show or to select by, but are not known. */
export interface UnavailableFacts {
  /**
   * Looks at the rows of a table, and at the selected ones. A row is left out if the fact that decides is not
   * known: that no row was selected then means nothing.
   */
  look(table: TableRead, rows: readonly Socket[], chosen: readonly Socket[]): void;
  /** Warns about it, once all tables are read. */
  warn(proc: LackingProc, warnings: WarningSink): void;
}

interface TableRead {
  readonly protocol: Protocol;
  /** What was read, for messages. */
  readonly source: string;
  readonly by: ReadBy;
  /** Why it was not read over netlink, as the kernel says; empty or left out: it was, or could not be asked. */
  readonly errno?: string;
}

/** Nothing recorded yet, for this query. */
export function unavailableFactsOf(query: SocketQuery): UnavailableFacts {
  const isUndecided = (socket: Socket) => query.isUndecided?.(socket) === true;
  const isWanted = (socket: Socket) => query.isWanted?.(socket) !== false;
  const ofUnix = isUnixAlone(query.protocols);
  const facts = new Map<string, readonly Fact[]>();
  /** Rows may be missing since one of these facts decides about them. */
  let mayLackRows = false;
  /** Why the kernel did not answer, for the first table. */
  let why = '';
  const ofFiles = new Set<string>();
  const marks = new Set<string>();
  /** Whether the mark is all that is missing to decide about the socket. */
  const lacksMark = (socket: Socket) =>
    socket.protocol !== 'unix' &&
    socket.mark === null &&
    isUndecided(socket) &&
    !isUndecided({ ...socket, mark: 0 });

  return {
    look({ protocol, source, by, errno = '' }, rows, chosen) {
      const missed = factsOf(protocol, query);
      if (missed.length === 0) return;
      if (by === 'netlink') {
        if (!marks.has(source) && query.socketInfo && rows.some(lacksMark)) marks.add(source);
      } else if (by === 'file alone') {
        if (!ofFiles.has(source) && rows.some(isUndecided)) ofFiles.add(source);
      } else if (!mayLackRows || !facts.has(source)) {
        const decides = missed.includes('boundSockets') || rows.some(isUndecided);
        // In a list with other sockets, an empty queue of UNIX sockets is not worth a warning.
        const isShown = ofUnix || missed.some((fact) => fact !== 'queues');
        const lacksServers = protocol === 'unix' && query.unixServers === true;
        if (decides || lacksServers || (isShown && chosen.some(isWanted)))
          facts.set(source, missed);
        mayLackRows ||= decides;
        why ||= errno;
      }
    },
    warn(proc, warnings) {
      if (facts.size > 0) warnings.warn(unavailableFacts(proc, facts, mayLackRows, why));
      if (ofFiles.size > 0) warnings.warn(unavailableInFiles(proc, ofFiles));
      if (marks.size > 0) warnings.warn(unavailableMarks(marks));
    },
  };
}

/** The facts about a protocol's sockets that only the kernel's own answer has. */
function factsOf(protocol: Protocol, query: SocketQuery): readonly Fact[] {
  const isTcp = protocol === 'tcp';
  return [
    ...(isTcp && query.tcpInfo ? (['tcpInfo'] as const) : []),
    ...(query.socketInfo ? (['socketInfo'] as const) : []),
    ...(protocol === 'unix' && query.unixQueues ? (['queues'] as const) : []),
    ...(isTcp && query.boundSockets ? (['boundSockets'] as const) : []),
  ];
}
