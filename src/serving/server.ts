import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ListenAddress } from '../model/request/serving.ts';
import {
  type Answer,
  type AnswerParts,
  admittedAnswer,
  type EncodedScrape,
  notAdmitted,
  openAnswer,
} from './answer.ts';
import { encoded, type Scrape } from './exposition.ts';
import { listen, urlOf } from './listen.ts';
import { type SharedReadings, sharedReadings } from './shared-reading.ts';

/** What is served, and to whom. */
export interface ServerParts extends AnswerParts {
  readonly place: ListenAddress;
  /** Milliseconds since an arbitrary moment. */
  elapsed(): number;
  read(): Promise<Scrape>;
  /** Called when a reading takes longer than `timeout`, whether or not anybody waits for it. */
  late(): void;
  /** Called after an error of the server itself that does not stop it. */
  trouble(message: string): void;
}

/** A server that listens. */
export interface Serving {
  /** `http://127.0.0.1:9917` */
  readonly url: string;
  /** Closes it at once, even if clients are connected. */
  close(): void;
}

/** Limits on clients: times in milliseconds, and what they may use. */
export interface Bounds {
  /** To receive all headers of a request. */
  readonly headers: number;
  /** To send an answer. */
  readonly answer: number;
  /** The delay before an answer to wrong credentials. */
  readonly wrong: number;
  /** From one request to the next. */
  readonly idle: number;
  /** How often to check for clients that are too slow with their headers. */
  readonly looks: number;
  readonly headerBytes: number;
  readonly connections: number;
  /** Requests before the one before them is answered. */
  readonly tooEarly: number;
}

/** The bounds outside tests. */
export const usualBounds: Bounds = {
  headers: 5000,
  answer: 10_000,
  wrong: 250,
  // Prometheus asks once a minute by default.
  idle: 90_000,
  looks: 1000,
  headerBytes: 8192,
  connections: 64,
  tooEarly: 16,
};

/** A client that is connected. */
interface Connection {
  /** When it connected, was admitted, or was last answered. */
  since: number;
  /** A request of it is being answered. */
  isBusy: boolean;
  /** How many requests it has sent before that one was answered. They are not answered: it has to connect again. */
  tooEarly: number;
  /** Its request passed authentication, if that is required. */
  isAdmitted: boolean;
}

/** A server's parts, and who is connected. */
interface Service {
  readonly parts: ServerParts;
  readonly bounds: Bounds;
  readonly connections: Map<Socket, Connection>;
  readonly readings: SharedReadings<EncodedScrape>;
}

/**
 * Listens and serves until it is closed.
 * @throws NetstatError if it cannot listen there
 */
export async function startServer(parts: ServerParts, bounds: Bounds): Promise<Serving> {
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
  // Missing in Node's types. A client that ends its side after the request, as `nc -N` does, still gets its answer.
  Object.assign(server, { httpAllowHalfOpen: true });
  // Their bytes are limited. With a limit on their number the rest would be ignored silently: a second Host, a
  // body.
  server.maxHeadersCount = 0;
  server.on('checkContinue', serve);
  server.on('checkExpectation', serve);
  server.on('connect', (_, socket) => refuseTunnel(socket));
  server.on('connection', (socket: Socket) => admit(service, socket));
  await listen(server, parts.place);
  server.on('error', (error: NodeJS.ErrnoException) => {
    parts.trouble(`a connection could not be accepted: ${error.code ?? error.message}`);
  });
  return {
    url: urlOf(server.address() as AddressInfo, parts.place),
    close() {
      server.close();
      for (const socket of connections.keys()) socket.destroy();
    },
  };
}

/** Answers CONNECT, for which Node makes no response, and by default says nothing. */
function refuseTunnel(socket: Duplex): void {
  socket.on('error', () => socket.destroy());
  const head = [
    '405 Method Not Allowed',
    'Allow: GET, HEAD',
    'Content-Length: 0',
    'Connection: close',
  ];
  socket.end(`HTTP/1.1 ${head.join('\r\n')}\r\n\r\n`, () => socket.destroy());
}

async function readingOf({ read, late, timeout }: ServerParts): Promise<EncodedScrape> {
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

/** Accepts a client that connects, if there is room or room can be made. */
function admit({ parts, bounds, connections }: Service, socket: Socket): void {
  if (connections.size >= bounds.connections) {
    const isMade =
      makeRoom(connections, ({ isAdmitted }) => !isAdmitted) ||
      // A half-closed client may be waiting or gone; that is unknown until it is answered.
      makeRoom(connections, (_, { readableEnded }) => readableEnded);
    // Without authentication, clients that are being answered have no precedence either.
    if (!isMade && parts.credentials === null) makeRoom(connections, () => true);
  }
  if (connections.size >= bounds.connections) {
    socket.destroy();
    return;
  }
  connections.set(socket, {
    ...{ since: parts.elapsed(), isBusy: false, tooEarly: 0, isAdmitted: false },
  });
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

/** Answers a request. */
function exchange(service: Service, request: IncomingMessage, response: ServerResponse): void {
  const { parts, bounds, connections } = service;
  const { socket } = request;
  const connection = connections.get(socket);
  if (connection === undefined) {
    socket.destroy();
    return;
  }
  // Answers to pipelined requests would pile up: the first gets the connection's last answer.
  if (connection.isBusy || connection.tooEarly > 0) {
    connection.tooEarly++;
    if (connection.tooEarly > bounds.tooEarly) socket.destroy();
    return;
  }
  connection.isBusy = true;
  let deadline: ReturnType<typeof setTimeout> | undefined;
  response.once('close', () => {
    clearTimeout(deadline);
    connection.isBusy = false;
    connection.isAdmitted = false;
    connection.since = parts.elapsed();
    if (connection.tooEarly > 0) socket.destroySoon();
  });
  const send = ({ status, headers, body }: Answer) => {
    if (response.destroyed) return;
    deadline = setTimeout(() => socket.destroy(), bounds.answer);
    const isWanted = request.method !== 'HEAD';
    const size = isWanted ? { 'content-length': Buffer.byteLength(body) } : {};
    if (socket.readableEnded || connection.tooEarly > 0) response.shouldKeepAlive = false;
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
    // This slows down guessing.
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
