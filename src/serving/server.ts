import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { ServePlace } from '../model/serving.ts';
import {
  type Answer,
  type AnswerParts,
  admittedAnswer,
  notAdmitted,
  openAnswer,
  type Reading,
} from './answer.ts';
import { encoded, type Scrape } from './exposition.ts';
import { listen, urlOf } from './listen.ts';
import { type SharedReadings, sharedReadings } from './shared-reading.ts';

/** What is served, and to whom. */
export interface ServerParts extends AnswerParts {
  readonly place: ServePlace;
  /** Milliseconds since some moment. */
  elapsed(): number;
  read(): Promise<Scrape>;
  /** A reading takes longer than `timeout`, whoever waits for it. */
  late(): void;
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

/** A client that is connected. */
interface Connection {
  /** When it came, asked for what not everybody gets, or was last answered. */
  since: number;
  /** It has asked and is being answered. */
  isBusy: boolean;
  /** The answer is one that not everybody gets. */
  isAdmitted: boolean;
}

/** What serves, and who is connected. */
interface Service {
  readonly parts: ServerParts;
  readonly bounds: Bounds;
  readonly connections: Map<Socket, Connection>;
  readonly readings: SharedReadings<Reading>;
}

/**
 * Listens and serves until it is closed.
 * @throws NetstatError where it cannot listen there
 */
export async function startServer(
  parts: ServerParts,
  bounds: Bounds = usualBounds,
): Promise<Serving> {
  const connections = new Map<Socket, Connection>();
  const readings = sharedReadings(() => readingOf(parts), parts.elapsed);
  const service: Service = { parts, bounds, connections, readings };
  const serve = (request: IncomingMessage, response: ServerResponse) =>
    exchange(service, request, response);
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
  // Node's types lack it: who ends their side behind a request, as `nc -N` does, is answered all the same.
  Object.assign(server, { httpAllowHalfOpen: true });
  // Their bytes are bounded. A bound on how many there are would pass over the rest in silence: another Host, a body.
  server.maxHeadersCount = 0;
  server.on('checkContinue', serve);
  server.on('checkExpectation', serve);
  server.on('connection', (socket: Socket) => admit(service, socket));
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

async function readingOf({ read, late, timeout }: ServerParts): Promise<Reading> {
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    late();
  }, timeout);
  try {
    return { exposition: encoded(await read()), isLate: () => isLate };
  } finally {
    clearTimeout(timer);
  }
}

/** Takes a client that connects, where there is room or can be made. */
function admit({ parts, bounds, connections }: Service, socket: Socket): void {
  if (connections.size >= bounds.connections) {
    const isMade =
      makeRoom(connections, ({ isAdmitted }) => !isAdmitted) ||
      // Whether they wait or have left cannot be told before they are answered.
      makeRoom(connections, (_, { readableEnded }) => readableEnded);
    // Where nobody is asked who they are, those who are being answered have no right to stay.
    if (!isMade && parts.credentials === null) makeRoom(connections, () => true);
  }
  if (connections.size >= bounds.connections) {
    socket.destroy();
    return;
  }
  connections.set(socket, { since: parts.elapsed(), isBusy: false, isAdmitted: false });
  socket.once('close', () => connections.delete(socket));
}

/** Ends the oldest connection of those that may be ended. @returns whether there was one */
function makeRoom(
  connections: Map<Socket, Connection>,
  mayEnd: (connection: Connection, socket: Socket) => boolean,
): boolean {
  let oldest: Socket | null = null;
  let since = Number.POSITIVE_INFINITY;
  for (const [socket, connection] of connections) {
    if (!mayEnd(connection, socket) || connection.since >= since) continue;
    oldest = socket;
    since = connection.since;
  }
  if (oldest === null) return false;
  connections.delete(oldest);
  oldest.destroy();
  return true;
}

/** Takes a request, and sends its answer. */
function exchange(service: Service, request: IncomingMessage, response: ServerResponse): void {
  const { parts, bounds, connections } = service;
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
    connection.since = parts.elapsed();
  });
  const send = ({ status, headers, body }: Answer) => {
    if (response.destroyed) return;
    deadline = setTimeout(() => socket.destroy(), bounds.answer);
    const isWanted = request.method !== 'HEAD';
    const size = isWanted ? { 'content-length': Buffer.byteLength(body) } : {};
    if (socket.readableEnded) response.shouldKeepAlive = false;
    response.writeHead(status, { ...headers, ...size });
    response.end(isWanted ? body : undefined);
  };
  answerTo(service, request, connection)
    .then(send)
    .catch((error) => {
      parts.trouble(`internal error: ${error}`);
      socket.destroy();
    });
}

async function answerTo(
  { parts, bounds, readings }: Service,
  request: IncomingMessage,
  connection: Connection,
): Promise<Answer> {
  const open = openAnswer(request, parts);
  if (open !== null) return open;
  const { credentials, elapsed } = parts;
  const { authorization } = request.headers;
  if (credentials?.admit(authorization) === false) {
    // Who tries many is slow.
    if (authorization !== undefined) await wait(bounds.wrong);
    return notAdmitted(credentials);
  }
  connection.isAdmitted = true;
  connection.since = elapsed();
  return admittedAnswer(request, parts, readings);
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
