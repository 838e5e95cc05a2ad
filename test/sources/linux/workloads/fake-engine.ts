import { mkdirSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** What a fake engine does once it was asked. */
export type Answering = (connection: Socket, request: string) => void;

/** An engine that listens, what it was asked, and when nobody is connected any more. */
export interface FakeEngine {
  readonly socket: string;
  readonly requests: readonly string[];
  /** Ends when each connection that there was is closed by who asked. */
  allClosed(): Promise<unknown>;
}

/** Listens on a UNIX socket of a machine until the test ends. */
export async function fakeEngine(
  root: string,
  path: string,
  answer: Answering,
): Promise<FakeEngine> {
  const socket = join(root, path);
  mkdirSync(dirname(socket), { recursive: true });
  const requests: string[] = [];
  const connections: Socket[] = [];
  const closed: Promise<unknown>[] = [];
  const server = createServer({ allowHalfOpen: true }, (connection) => {
    connections.push(connection);
    closed.push(new Promise((resolve) => connection.once('close', resolve)));
    connection.on('error', () => {});
    // Where the other end is gone there is nothing to wait for.
    connection.on('end', () => connection.destroy());
    let request = '';
    const read = (piece: Buffer) => {
      request += piece;
      if (!request.includes('\r\n\r\n')) return;
      connection.off('data', read);
      connection.resume();
      requests.push(request);
      answer(connection, request);
    };
    connection.on('data', read);
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  onTestFinished(async () => {
    for (const connection of connections) connection.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { socket, requests, allClosed: () => Promise.all(closed) };
}

/** Answers with a body, as Docker does. */
export function answering(body: unknown, status = '200 OK', headers = ''): Answering {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const length = `Content-Length: ${Buffer.byteLength(text)}\r\n`;
  return (connection) =>
    connection.end(
      `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\n${length}${headers}\r\n${text}`,
    );
}

/** The same in chunks, as Podman does. */
export function answeringInChunks(body: unknown): Answering {
  const text = JSON.stringify(body);
  return (connection) => {
    connection.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
    for (const piece of text.match(/.{1,40}/gs) ?? []) {
      connection.write(`${Buffer.byteLength(piece).toString(16)}\r\n${piece}\r\n`);
    }
    connection.end('0\r\n\r\n');
  };
}
