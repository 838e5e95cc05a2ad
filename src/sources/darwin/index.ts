import { isNetstatError, type NetstatError } from '../../errors.ts';
import type { Protocol, Socket } from '../../model/socket.ts';
import { ownersLast } from '../owners-last.ts';
import { sourceOfReaders } from '../readers.ts';
import type { Batches, PlatformHost, SocketQuery, Source, WarningSink } from '../source.ts';
import { parseGroups } from './groups.ts';
import { parseInetSockets } from './inet-sockets.ts';
import { parseInterfaces } from './interfaces.ts';
import { withOwners } from './owners.ts';
import { parseRoutes } from './routes.ts';
import { processRunner, type RunCommand } from './run-command.ts';
import type { Parsed } from './text.ts';
import { parseUnixSockets } from './unix-sockets.ts';
import { tellUntold } from './untold.ts';

type DarwinProtocol = Extract<Protocol, 'tcp' | 'udp' | 'unix'>;

/**
 * One netstat for each table. By protocol, not by family: `-f` would print dual-stack sockets twice, and ICMP,
 * multipath and divert sockets too.
 */
const tables = {
  tcp: { args: ['-anvl', '-p', 'tcp'], parse: parseInetSockets },
  udp: { args: ['-anvl', '-p', 'udp'], parse: parseInetSockets },
  unix: { args: ['-anv', '-f', 'unix'], parse: parseUnixSockets },
} as const satisfies Record<
  DarwinProtocol,
  {
    args: readonly string[];
    parse: (text: string, source: string, asked: { tcpInfo: boolean }) => Parsed<Socket>;
  }
>;
const protocols = Object.keys(tables) as DarwinProtocol[];

const batchSize = 512;

/**
 * macOS: everything comes from the system's netstat and ps, which report all users' sockets without privileges. The
 * process reported is the last that used a socket, not every one that holds it.
 */
export function darwinSource(
  host: PlatformHost,
  run: RunCommand = processRunner(host.env),
): Source {
  const netstat = <Row>(
    args: readonly string[],
    parse: (text: string, source: string) => Parsed<Row>,
  ): Asked<Row> => {
    const source = ['netstat', ...args].join(' ');
    return { source, parsed: run('netstat', args).then((text) => parse(text, source)) };
  };

  const sockets = (query: SocketQuery, warnings: WarningSink) => {
    const { protocols: wanted, families, tcpInfo = false } = query;
    return inBatches(
      () =>
        wanted.filter(isOffered).map((protocol) => {
          const { args, parse } = tables[protocol];
          return netstat<Socket>(args, (text, source) => parse(text, source, { tcpInfo }));
        }),
      warnings,
      ({ family }) => family === 'unix' || families.includes(family),
      (rows) => tellUntold(query, rows, warnings),
    );
  };

  return sourceOfReaders(
    { platform: 'darwin', protocols, facts: ['queues', 'datagramPeers', 'tcpInfo'] },
    {
      sockets: (query, warnings, begin) =>
        ownersLast(
          query,
          () => sockets(query, warnings),
          (found, owners) => withOwners(run, found, owners, warnings),
          begin,
        ),
      routes: ({ families }, warnings) =>
        inBatches(
          () => families.map((family) => netstat(['-rnl', '-f', family], parseRoutes)),
          warnings,
        ),
      interfaces: ({ families }, warnings) =>
        inBatches(
          () => [netstat(['-ibdnl'], (text, source) => parseInterfaces(text, source, families))],
          warnings,
        ),
      groups: ({ families }, warnings) =>
        inBatches(
          () => [netstat(['-gn'], parseGroups)],
          warnings,
          ({ family }) => families.includes(family),
        ),
    },
    host,
  );
}

function isOffered(protocol: Protocol): protocol is DarwinProtocol {
  return Object.hasOwn(tables, protocol);
}

/** A command, and how its output is parsed. */
interface Asked<Row> {
  readonly source: string;
  readonly parsed: Promise<Parsed<Row>>;
}

/**
 * Runs the commands concurrently, and yields their rows in the given order. If one of several fails or cannot be
 * parsed, there is a warning.
 * @throws NetstatError if all of them fail
 */
async function* inBatches<Row>(
  ask: () => readonly Asked<Row>[],
  sink: WarningSink,
  keep: (row: Row) => boolean = () => true,
  look: (rows: readonly Row[]) => void = () => {},
): Batches<Row> {
  const asked = ask();
  const answers = await Promise.allSettled(asked.map(({ parsed }) => parsed));
  const failures = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer] : []));
  for (const { reason } of failures) if (!isNetstatError(reason)) throw reason;
  if (failures.length > 0 && failures.length === asked.length) throw failures[0]?.reason;
  for (const [at, answer] of answers.entries()) {
    if (answer.status === 'rejected') {
      const { message } = answer.reason as NetstatError;
      sink.warn({ code: 'unreadable', message, source: asked[at]?.source ?? null });
      continue;
    }
    const { rows, warnings } = answer.value;
    for (const warning of warnings) sink.warn(warning);
    const kept = rows.filter(keep);
    look(kept);
    for (let at = 0; at < kept.length; at += batchSize) yield kept.slice(at, at + batchSize);
  }
}
