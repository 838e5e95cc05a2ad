import type { NetstatError } from '../../errors.ts';
import { allOf } from '../../flow/all-of.ts';
import type { Protocol } from '../../model/protocol.ts';
import type { WarnedTable } from '../../model/report/snapshot.ts';
import { isOfFamilies } from '../../model/socket/classify.ts';
import type { Socket } from '../../model/socket/socket.ts';
import { sourceOfReaders } from '../readers.ts';
import type { Batches, PlatformHost, SocketQuery, Source, WarningSink } from '../source.ts';
import { parseGroups } from './groups.ts';
import { inTurn, type Table } from './in-turn.ts';
import { inetSocketParser } from './inet-sockets.ts';
import { parseInterfaces } from './interfaces.ts';
import { linesOf, type Output, wholeText } from './lines.ts';
import { ownerCompleter } from './owners.ts';
import { parseRoutes } from './routes.ts';
import { processRunner, type RunCommand } from './run-command.ts';
import type { LineParser, Parsed } from './text.ts';
import { unavailableFacts } from './unavailable-facts.ts';
import { unixSocketParser } from './unix-sockets.ts';

type DarwinProtocol = Extract<Protocol, 'tcp' | 'udp' | 'unix'>;

/**
 * One netstat for each table. By protocol, not by family: `-f` would print dual-stack sockets twice, and ICMP,
 * multipath and divert sockets too.
 */
const tables = {
  tcp: { args: ['-anvl', '-p', 'tcp'], parser: inetSocketParser, looksOnce: true },
  udp: { args: ['-anvl', '-p', 'udp'], parser: inetSocketParser, looksOnce: true },
  unix: { args: ['-anv', '-f', 'unix'], parser: unixSocketParser, looksOnce: false },
} as const satisfies Record<
  DarwinProtocol,
  {
    args: readonly string[];
    parser: (
      source: string,
      asked: { readonly tcpInfo: boolean; readonly unixQueues: boolean; readonly owners: boolean },
    ) => LineParser<Socket>;
    /** Whether netstat asks the kernel for all sockets before it prints the first; else for one type after the other. */
    looksOnce: boolean;
  }
>;
const protocols = Object.keys(tables) as DarwinProtocol[];

/**
 * macOS: everything comes from the system's netstat and ps, which report all users' sockets without privileges. The
 * process reported is the last that used a socket, not every one that holds it.
 */
export function darwinSource(
  host: PlatformHost,
  run: RunCommand = processRunner(host.env),
): Source {
  /** The rows of a listing that is parsed as a whole. */
  const listing = <Row>(
    args: readonly string[],
    parse: (text: string, source: string) => Parsed<Row>,
    { keep = () => true, about }: { keep?: (row: Row) => boolean; about?: WarnedTable } = {},
  ): Table<Row> => {
    const source = commandLine(args);
    async function* rows(sink: WarningSink) {
      const netstat = runNetstat(run, args);
      const parsed = parse(await wholeText(netstat.output), source);
      for (const warning of parsed.warnings) sink.warn(warning);
      yield parsed.rows.filter(keep);
      netstat.ended(parsed.rows.length > 0, sink);
    }
    return { source, rows, ...(about !== undefined && { about }) };
  };

  return sourceOfReaders(
    { platform: 'darwin', protocols, facts: ['queues', 'datagramPeers', 'tcpInfo'] },
    {
      sockets: (query, warnings) => sockets(run, query, warnings),
      routes: ({ families }, warnings) =>
        inTurn(
          families.map((family) =>
            listing(['-rnl', '-f', family], parseRoutes, { about: { family } }),
          ),
          warnings,
        ),
      interfaces: ({ families }, warnings) =>
        inTurn(
          [listing(['-ibdnl'], (text, source) => parseInterfaces(text, source, families))],
          warnings,
        ),
      groups: ({ families }, warnings) =>
        inTurn(
          [listing(['-gn'], parseGroups, { keep: ({ family }) => families.includes(family) })],
          warnings,
        ),
    },
    host,
  );
}

/** A netstat that is run, and what is done about a complaint of it. */
interface Netstat {
  readonly output: Output;
  /**
   * To be called behind its output. A complaint causes a warning: other rows may be missing.
   * @throws NetstatError the complaint, if there are no rows: they are not known, which is not the same as none
   */
  ended(hasRows: boolean, sink: WarningSink): void;
}

function runNetstat(run: RunCommand, args: readonly string[]): Netstat {
  let complaint: NetstatError | null = null;
  const complained = (said: NetstatError) => {
    complaint = said;
  };
  return {
    output: run('netstat', args, { complained }),
    ended(hasRows, sink) {
      if (complaint === null) return;
      if (!hasRows) throw complaint;
      const message = `${complaint.message}; rows may be missing`;
      sink.warn({ code: 'unreadable', message, source: commandLine(args) });
    },
  };
}

function commandLine(args: readonly string[]): string {
  return ['netstat', ...args].join(' ');
}

/** The sockets of all tables, as netstat prints them, with owners if the query asks for them. */
async function* sockets(
  run: RunCommand,
  query: SocketQuery,
  warnings: WarningSink,
): Batches<Socket> {
  const { owners } = query;
  const wanted = query.protocols.filter(isOffered).map((protocol): Table<Socket> => {
    const { args, looksOnce } = tables[protocol];
    const rows = (sink: WarningSink) => socketRows(run, protocol, query, sink);
    return {
      source: commandLine(args),
      about: { protocol },
      rows: owners === null || looksOnce ? rows : (sink) => atOnce(rows(sink)),
    };
  });
  const complete = owners === null ? null : ownerCompleter(run, owners, warnings);
  for await (const batch of inTurn(wanted, warnings)) {
    const kept = batch.filter(query.keep);
    yield complete === null ? kept : await complete(kept);
  }
}

function isOffered(protocol: Protocol): protocol is DarwinProtocol {
  return Object.hasOwn(tables, protocol);
}

/** The sockets of one table. */
async function* socketRows(
  run: RunCommand,
  protocol: DarwinProtocol,
  query: SocketQuery,
  sink: WarningSink,
): AsyncGenerator<readonly Socket[], void> {
  const { families, tcpInfo = false, unixQueues = false } = query;
  const { args, parser } = tables[protocol];
  const { row, warnings, areColumnsUnknown } = parser(commandLine(args), {
    ...{ tcpInfo, unixQueues },
    owners: query.owners !== null,
  });
  const unavailable = unavailableFacts(query);
  const netstat = runNetstat(run, args);
  let hasRows = false;
  for await (const lines of linesOf(netstat.output)) {
    const rows: Socket[] = [];
    for (const line of lines) {
      const socket = row(line);
      if (socket === null) continue;
      hasRows = true;
      if (!isOfFamilies(socket, families)) continue;
      unavailable.look(socket);
      rows.push(socket);
    }
    yield rows;
  }
  const lacking = unavailable.warnings(areColumnsUnknown?.() === true);
  for (const warning of [...warnings(), ...lacking]) sink.warn(warning);
  netstat.ended(hasRows, sink);
}

/** All rows in one batch. */
async function* atOnce<Row>(batches: Batches<Row>): AsyncGenerator<readonly Row[], void> {
  yield await allOf(batches);
}
