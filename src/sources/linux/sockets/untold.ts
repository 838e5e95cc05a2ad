import type { Fact } from '../../../model/facts.ts';
import type { Protocol, Socket } from '../../../model/socket.ts';
import type { SocketQuery, WarningSink } from '../../source.ts';
import { type ToldOf, untoldByFiles, untoldFacts, untoldMarks } from '../warnings.ts';

/** What a table was read by: netlink, its file in place of netlink, or its file, the only way there is. */
export type ReadBy = 'netlink' | 'file' | 'file alone';

/** Notes what was asked for of sockets, to be shown or to choose by, and was not told. */
export interface Untold {
  /**
   * Looks at rows of a table, and at those of them that were chosen. A row that a fact decides about is left out where
   * that is not told: that none is chosen says nothing then.
   */
  look(table: TableRead, rows: readonly Socket[], chosen: readonly Socket[]): void;
  /** Tells it, once all tables are read. */
  tell(proc: ToldOf, warnings: WarningSink): void;
}

interface TableRead {
  readonly protocol: Protocol;
  /** What was read, for messages. */
  readonly source: string;
  readonly by: ReadBy;
}

/** Nothing is noted yet. */
export function untoldOf(query: SocketQuery): Untold {
  const isUndecided = (socket: Socket) => query.isUndecided?.(socket) === true;
  const isWanted = (socket: Socket) => query.isWanted?.(socket) !== false;
  const isUnixAlone = query.protocols.every((protocol) => protocol === 'unix');
  const facts = new Map<string, readonly Fact[]>();
  const ofFiles = new Set<string>();
  const marks = new Set<string>();
  /** The mark alone is what is not known of it. */
  const lacksMark = (socket: Socket) =>
    socket.mark === null && isUndecided(socket) && !isUndecided({ ...socket, mark: 0 });

  return {
    look({ protocol, source, by }, rows, chosen) {
      const missed = factsOf(protocol, query);
      if (missed.length === 0) return;
      if (by === 'netlink') {
        if (!marks.has(source) && query.socketInfo && rows.some(lacksMark)) marks.add(source);
      } else if (by === 'file alone') {
        if (!ofFiles.has(source) && rows.some(isUndecided)) ofFiles.add(source);
      } else if (!facts.has(source)) {
        // Where others are listed too, that of UNIX sockets a cell is blank is no news.
        const isShown = isUnixAlone || missed.some((fact) => fact !== 'queues');
        const isMissed = (isShown && chosen.some(isWanted)) || missed.includes('boundSockets');
        if (isMissed || rows.some(isUndecided)) facts.set(source, missed);
      }
    },
    tell(proc, warnings) {
      if (facts.size > 0) warnings.warn(untoldFacts(proc, facts));
      if (ofFiles.size > 0) warnings.warn(untoldByFiles(proc, ofFiles));
      if (marks.size > 0) warnings.warn(untoldMarks(marks));
    },
  };
}

/** What only the kernel's own answer tells of the sockets of a protocol. */
function factsOf(protocol: Protocol, query: SocketQuery): readonly Fact[] {
  const isTcp = protocol === 'tcp';
  return [
    ...(isTcp && query.tcpInfo ? (['tcpInfo'] as const) : []),
    ...(query.socketInfo ? (['socketInfo'] as const) : []),
    ...(protocol === 'unix' && query.unixQueues ? (['queues'] as const) : []),
    ...(isTcp && query.boundSockets ? (['boundSockets'] as const) : []),
  ];
}
