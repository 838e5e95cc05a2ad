import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { NetstatError } from '../errors.ts';
import type { MetricFormat } from '../model/metric.ts';
import type { ServePlace } from '../model/serving.ts';
import type { Credentials } from './credentials.ts';
import { type Encoded, encoded, type Scrape } from './exposition.ts';
import { namesNoDomain } from './host-name.ts';
import { formatFor, takesGzip } from './negotiate.ts';
import { overdue, sharedReadings } from './shared-reading.ts';

/** What is served, and to whom. */
export interface ServerParts {
  readonly place: ServePlace;
  readonly version: string;
  /** null: nobody is asked who they are. */
  readonly credentials: Credentials | null;
  /** Whoever asks may call this machine what they like. */
  readonly anyone: boolean;
  /** How long a scrape waits for its reading, in milliseconds. */
  readonly timeout: number;
  /** Milliseconds since some moment. */
  elapsed(): number;
  /** What is served, in each format. */
  readonly contentTypes: Readonly<Record<MetricFormat, string>>;
  read(): Promise<Scrape>;
  /** One line of why a reading failed, for whoever asked. */
  failed(error: unknown): string;
  /** A reading takes longer than `timeout`, whoever waits for it. */
  late(): void;
  /** A scrape was answered, by a reading that was not late. */
  answered(): void;
  /** The server itself failed in something and goes on. */
  trouble(message: string): void;
}

/** A server that listens. */
export interface Serving {
  /** `http://127.0.0.1:9917` */
  readonly url: string;
  /** Ends it at once, whoever is connected. */
  close(): void;
}

/** How long clients may take, in milliseconds, and how much they may use. */
export interface Bounds {
  /** For all headers of a request. */
  readonly headers: number;
  /** To take an answer. */
  readonly answer: number;
  /** Before wrong credentials are answered. */
  readonly wrong: number;
  /** From one request to the next. */
  readonly idle: number;
  /** How often it is looked for who takes too long with headers. */
  readonly looks: number;
  readonly headerBytes: number;
  readonly connections: number;
}

export const usualBounds: Bounds = {
  headers: 5000,
  answer: 10_000,
  wrong: 250,
  // Prometheus asks once a minute by default.
  idle: 90_000,
  looks: 1000,
  headerBytes: 8192,
  connections: 64,
};

/** More would only be sent to be looked through. */
const mostHeaders = 64;

interface Answer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string | Buffer;
}

interface Reading {
  readonly exposition: Encoded;
  isLate(): boolean;
}

/** A client that is connected. */
interface Connection {
  /** When it came, asked for what not everybody gets, or was last answered. */
  since: number;
  /** It has asked and is being answered. */
  isBusy: boolean;
  /** The answer is one that not everybody gets. */
  isAdmitted: boolean;
}

const paths = ['/', '/metrics', '/healthz'];

/**
 * Listens and serves until it is closed.
 * @throws NetstatError where it cannot listen there
 */
export async function startServer(
  parts: ServerParts,
  bounds: Bounds = usualBounds,
): Promise<Serving> {
  const { credentials, elapsed } = parts;
  const connections = new Map<Socket, Connection>();
  const readings = sharedReadings(async (): Promise<Reading> => {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      parts.late();
    }, parts.timeout);
    try {
      return { exposition: encoded(await parts.read()), isLate: () => isLate };
    } finally {
      clearTimeout(timer);
    }
  }, elapsed);

  async function answer(request: IncomingMessage, connection: Connection): Promise<Answer> {
    const { method = '', headers } = request;
    const { host, path } = targetOf(request);
    if (method !== 'GET' && method !== 'HEAD') {
      return line(405, 'only GET and HEAD', { allow: 'GET, HEAD', connection: 'close' });
    }
    if (hasBody(request)) return line(413, 'a request has no body here', { connection: 'close' });
    if ((request.headersDistinct.host?.length ?? 0) > 1) {
      return line(400, 'more than one Host', { connection: 'close' });
    }
    if (credentials === null && !parts.anyone && !namesNoDomain(host)) {
      return line(421, 'asked by a name: ask by an address or as localhost, or see --serve-auth');
    }
    if (!paths.includes(path)) return line(404, 'nothing here; see /metrics');
    if (path === '/healthz') return line(200, 'ok');
    if (credentials?.admit(headers.authorization) === false) {
      // Who tries many is slow.
      if (headers.authorization !== undefined) await wait(bounds.wrong);
      return line(401, 'credentials are needed', {
        'www-authenticate': [...credentials.challenges],
      });
    }
    connection.isAdmitted = true;
    connection.since = elapsed();
    if (path === '/') return page(parts.version);
    const format = formatFor(headers.accept);
    const type = { 'content-type': parts.contentTypes[format], 'cache-control': 'no-store' };
    // Nothing is read for what is not shown.
    if (method === 'HEAD') return { status: 200, headers: type, body: '' };
    const limit = Math.min(parts.timeout, scraperLimit(headers) ?? parts.timeout);
    try {
      const reading = await readings.get(limit);
      if (reading === overdue) return line(503, `reading takes longer than ${limit / 1000} s`);
      const { exposition, isLate } = reading;
      const packable = takesGzip(flat(headers['accept-encoding']));
      const { body, isPacked } = exposition.bytes(format, packable);
      if (!isLate()) parts.answered();
      return {
        status: 200,
        headers: { ...type, ...(isPacked && { 'content-encoding': 'gzip' }) },
        body,
      };
    } catch (error) {
      return line(500, parts.failed(error));
    }
  }

  function serve(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    const connection = connections.get(socket);
    // Who asks again before the answer is there would have answers pile up.
    if (connection === undefined || connection.isBusy) {
      socket.destroy();
      return;
    }
    connection.isBusy = true;
    let deadline: ReturnType<typeof setTimeout> | undefined;
    response.once('close', () => {
      clearTimeout(deadline);
      connection.isBusy = false;
      connection.isAdmitted = false;
      connection.since = elapsed();
    });
    const send = ({ status, headers, body }: Answer) => {
      if (response.destroyed) return;
      deadline = setTimeout(() => socket.destroy(), bounds.answer);
      const isWanted = request.method !== 'HEAD';
      const size = isWanted ? { 'content-length': Buffer.byteLength(body) } : {};
      response.writeHead(status, { ...headers, ...size });
      response.end(isWanted ? body : undefined);
    };
    answer(request, connection)
      .then(send)
      .catch((error) => {
        parts.trouble(`internal error: ${error}`);
        socket.destroy();
      });
  }

  const server = createServer(
    {
      headersTimeout: bounds.headers,
      requestTimeout: bounds.headers,
      keepAliveTimeout: bounds.idle,
      connectionsCheckingInterval: bounds.looks,
      maxHeaderSize: bounds.headerBytes,
    },
    serve,
  );
  server.maxHeadersCount = mostHeaders;
  server.on('checkContinue', serve);
  server.on('connection', (socket: Socket) => {
    if (connections.size >= bounds.connections) {
      // Where nobody is asked who they are, those who are being answered have no right to stay.
      if (!makeRoom(connections, (one) => !one.isAdmitted) && credentials === null) {
        makeRoom(connections, () => true);
      }
    }
    if (connections.size >= bounds.connections) {
      socket.destroy();
      return;
    }
    connections.set(socket, { since: elapsed(), isBusy: false, isAdmitted: false });
    socket.once('close', () => connections.delete(socket));
  });

  await listen(server, parts.place);
  server.on('error', (error: NodeJS.ErrnoException) => {
    parts.trouble(`a connection could not be taken: ${error.code ?? error.message}`);
  });
  return {
    url: urlOf(server.address() as AddressInfo, parts.place),
    close() {
      server.close();
      for (const socket of connections.keys()) socket.destroy();
    },
  };
}

/** Ends the oldest connection of those that may be ended. @returns whether there was one */
function makeRoom(
  connections: Map<Socket, Connection>,
  mayEnd: (connection: Connection) => boolean,
): boolean {
  let oldest: Socket | null = null;
  let since = Number.POSITIVE_INFINITY;
  for (const [socket, connection] of connections) {
    if (!mayEnd(connection) || connection.since >= since) continue;
    oldest = socket;
    since = connection.since;
  }
  if (oldest === null) return false;
  connections.delete(oldest);
  oldest.destroy();
  return true;
}

type Server = ReturnType<typeof createServer>;

/** @throws NetstatError where it cannot listen there */
async function listen(server: Server, { address, port }: ServePlace): Promise<void> {
  if (address !== null) return listenAt(server, address, port);
  try {
    // Both families; where there is no IPv6, IPv4.
    await listenAt(server, '::', port);
  } catch (error) {
    const { code } = (error as NetstatError).cause as NodeJS.ErrnoException;
    if (code !== 'EAFNOSUPPORT' && code !== 'EADDRNOTAVAIL') throw error;
    await listenAt(server, '0.0.0.0', port);
  }
}

function listenAt(server: Server, address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException) => {
      server.off('listening', accept);
      reject(refusal(error, address, port));
    };
    const accept = () => {
      server.off('error', refuse);
      resolve();
    };
    server.once('error', refuse);
    server.once('listening', accept);
    server.listen({ host: address, port, exclusive: true });
  });
}

/** Why nobody can listen there, and what to do. */
function refusal(error: NodeJS.ErrnoException, address: string, port: number): NetstatError {
  const place = `${inUrl(address)}:${port}`;
  const { code = error.message } = error;
  const remedies: Readonly<Record<string, string>> = {
    EADDRINUSE: 'the port is in use',
    EACCES: 'not allowed: a port below 1024 takes root or CAP_NET_BIND_SERVICE',
    EADDRNOTAVAIL: 'this machine has no such address',
    EINVAL: 'a link-local address takes its interface: fe80::1%eth0',
    EAFNOSUPPORT: 'this machine has no such family of addresses',
  };
  const why = remedies[code] ?? `cannot listen: ${code}`;
  // `::1:9917` is an address by itself.
  const isUnclear = address.includes(':') && (code === 'EADDRNOTAVAIL' || code === 'EINVAL');
  const hint = isUnclear ? '; a port behind an address of IPv6 stands so: [ADDRESS]:PORT' : '';
  return new NetstatError('unreadable', `--serve ${place}: ${why}${hint}`, {
    path: place,
    cause: error,
  });
}

function urlOf({ address, port }: AddressInfo, place: ServePlace): string {
  return `http://${inUrl(place.address ?? address)}:${port}`;
}

function inUrl(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/**
 * Which of this server's pages is asked for, and by which name of the server. A whole address in place of a path
 * tells both (RFC 9112, 3.2.2).
 */
function targetOf({ url = '', headers }: IncomingMessage): {
  host: string | undefined;
  path: string;
} {
  const [, authority, rest] = /^https?:\/\/([^/?#]*)(.*)$/i.exec(url) ?? [];
  const [path = ''] = (rest === undefined ? url : rest || '/').split('?', 1);
  return { host: authority ?? headers.host, path };
}

/** A request says so beforehand. */
function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

/** Whatever a scraper says, it waits so long, in milliseconds. */
const leastLimit = 1000;

/** How long the scraper waits, less what the way takes; null: it does not say. In milliseconds. */
function scraperLimit(headers: IncomingMessage['headers']): number | null {
  const text = flat(headers['x-prometheus-scrape-timeout-seconds']) ?? '';
  const seconds = /^\d{1,9}(?:\.\d{1,9})?$/.test(text) ? Number(text) : 0;
  if (seconds <= 0) return null;
  return Math.max(leastLimit, Math.round(Math.max(seconds - 0.5, seconds / 2) * 1000));
}

function flat(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(',') : header;
}

function line(status: number, text: string, headers: OutgoingHttpHeaders = {}): Answer {
  const type = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };
  return { status, headers: { ...type, ...headers }, body: `${text}\n` };
}

function page(version: string): Answer {
  const body = `<!doctype html><title>tsnetstat</title><p>tsnetstat ${version}: <a href="/metrics">metrics</a>\n`;
  return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
}
