import { portSockets } from '../analysis/port-use.ts';
import { exitCode, isNetstatError, NetstatError, reworded } from '../errors.ts';
import { allOf } from '../flow/all-of.ts';
import { eventLoopTurn } from '../flow/event-loop.ts';
import type { Host } from '../host.ts';
import type { Warning } from '../model/report/snapshot.ts';
import { onlyVerbose } from '../model/report/warning-codes.ts';
import type { Listing } from '../model/request/listing.ts';
import type { ListenAddress } from '../model/request/serving.ts';
import type { Socket } from '../model/socket/socket.ts';
import type { Task } from '../options/index.ts';
import { measuring } from '../pipeline/measure.ts';
import { type Credentials, readCredentials } from '../serving/credentials.ts';
import { type Bounds, startServer, usualBounds } from '../serving/server.ts';
import type { Source, SourceFor } from '../sources/source.ts';
import { counted } from '../text/counted.ts';
import { sanitize } from '../text/sanitize.ts';
import { contentTypes, metricsText } from '../views/metrics/text.ts';
import { complain } from './complain.ts';
import { reportingResolver } from './reporting-resolver.ts';

/**
 * `--serve`: answers scrapes with the metrics of a reading, until it is ended.
 * @returns the exit code: being ended by a signal is success
 * @throws NetstatError for an invalid request, or if it cannot listen
 */
export async function serve(
  { listing, request }: Extract<Task, { kind: 'serve' }>,
  host: Host,
  sourceFor: SourceFor,
): Promise<number> {
  const { place, authFile, anyone, timeout } = request;
  const { version } = host;
  const credentials = authFile === null ? null : credentialsIn(authFile, host);
  const source = await sourceFor({ ...host, ...listing.target, pause: eventLoopTurn });
  const log = serviceLog(host, listing.view.verbose);
  const measure = await measuring(listing, request, {
    source,
    pause: eventLoopTurn,
    version,
    resolver: reportingResolver(listing.schedule.resolveTimeout, host),
    elapsed: () => host.elapsed(),
    mayAllFail: true,
  });
  source.check?.();
  const ended = host.ended();
  const room = await clientRoom(listing, host);
  const serving = await startServer(
    {
      ...{ place, version, credentials, anyone, timeout, contentTypes },
      elapsed: () => host.elapsed(),
      read: async () => {
        const { families, warnings } = await measure();
        log.missing(warnings);
        return (format) => [...metricsText(families, format)].join('');
      },
      failed(error) {
        const what = isNetstatError(error) ? error.summary : `internal error: ${error}`;
        log.failure(`reading failed: ${what}`);
        return `reading failed: ${sanitize(what)}`;
      },
      late: () => log.failure('a reading takes longer than --serve-timeout'),
      answered: log.answered,
      trouble: log.failure,
    },
    boundsIn(room),
  ).catch(async (error) => {
    throw (await holderOf(place, source, error)) ?? error;
  });
  complain(host, `serving metrics at ${serving.url}/metrics`);
  if (room < fewClients) complain(host, fewFilesText(room));
  await ended;
  serving.close();
  return exitCode.done;
}

/** Descriptors that a reading needs; each machine read with --on needs the pipes of its ssh besides. */
const descriptorsOfReading = 16;
const descriptorsOfMachine = 3;

/** With fewer clients than this at a time, a scraper may be dropped for others. */
const fewClients = 4;

/**
 * How many clients can be connected so that a reading has descriptors left; below 1, a reading may lack some whoever is
 * connected.
 */
async function clientRoom({ target }: Listing, host: Host): Promise<number> {
  const machines = target.machines?.names.length ?? 0;
  return (await host.descriptorRoom()) - descriptorsOfReading - machines * descriptorsOfMachine;
}

/** The warning that there is room for so few clients. */
function fewFilesText(room: number): string {
  const lack =
    room < 1
      ? 'readings may be incomplete or fail'
      : `at most ${counted(room, 'client')} can be connected`;
  return `warning: ${lack}, since few files can be opened; raise the limit (ulimit -n, LimitNOFILE= of a unit)`;
}

/** The server's limits: not more clients than there is room for, but always one. */
function boundsIn(room: number): Bounds {
  return { ...usualBounds, connections: Math.max(1, Math.min(usualBounds.connections, room)) };
}

/** Reads the credentials. @throws NetstatError if the file cannot be read, or if others can read it */
function credentialsIn(path: string, host: Host): Credentials {
  const file = host.readOwn(path, true);
  if (file === null) {
    throw new NetstatError('unreadable', `--serve-auth ${path}: there is no such file`, { path });
  }
  if (file.text === null) {
    throw new NetstatError('unreadable', `--serve-auth ${path}: not read: ${file.refusal}`, {
      path,
    });
  }
  return readCredentials(file.text, path);
}

/** Maximum number of remembered warnings: the names in them change over time. */
const maxRemembered = 200;

/**
 * A text without the numbers that change from reading to reading, such as PIDs. Those in names stay: `web1` and `web-2`
 * are two things.
 */
const unnumbered = (text: string) => text.replace(/(?<![\w-])\d+(?![\w-])/g, '#');

/**
 * The messages of the server. A failure is reported once, until a scrape is answered again; missing parts of a
 * reading are reported only once.
 */
function serviceLog(host: Host, verbose: boolean) {
  const failing = new Set<string>();
  const reported = new Set<string>();
  const reportOnce = (key: string, among: Set<string>, message: string) => {
    if (among.has(key) || among.size >= maxRemembered) return;
    among.add(key);
    complain(host, message);
  };
  return {
    failure: (message: string) => reportOnce(unnumbered(message), failing, message),
    answered: () => failing.clear(),
    missing(warnings: readonly Warning[]): void {
      for (const { code, message, source, host: machine } of warnings) {
        if (onlyVerbose.has(code) && !verbose) continue;
        const about = [code, machine, unnumbered(source ?? '')].join(' ');
        reportOnce(about, reported, `warning: ${message}`);
      }
    },
  };
}

/**
 * If the port is in use: the same error, naming the process that holds it. null: another error, or the process is
 * not known.
 */
async function holderOf(
  { address, port }: ListenAddress,
  source: Source,
  error: unknown,
): Promise<NetstatError | null> {
  const isInUse =
    isNetstatError(error) && (error.cause as { code?: unknown })?.code === 'EADDRINUSE';
  if (!isInUse) return null;
  let found: readonly Socket[];
  const warnings: Warning[] = [];
  try {
    const { batches } = source.read(
      {
        report: 'sockets',
        protocols: ['tcp'],
        families: ['inet', 'inet6'],
        listeningOnly: true,
        owners: { depth: 'first', details: false },
        keep: (socket) => socket.protocol !== 'unix' && socket.local.port === port,
      },
      { warn: (warning) => warnings.push(warning) },
    );
    found = await allOf(batches);
  } catch (failure) {
    if (!isNetstatError(failure)) throw failure;
    return null;
  }
  const { holders } = portSockets(found, { port, address: address ?? '::' });
  const [owner] = holders.flatMap(({ owners }) => owners ?? []);
  if (owner === undefined) return null;
  return reworded(
    error,
    `${error.summary} by ${owner.program ?? 'a process'} (PID ${owner.pid}); --serve ADDRESS:PORT is another place`,
  );
}
