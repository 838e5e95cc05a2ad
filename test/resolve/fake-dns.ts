import { createSocket } from 'node:dgram';
import { promises } from 'node:dns';
import { it } from 'vitest';
import { reasonToSkip } from '../support/requirements.ts';

/** What the server says to a PTR question: names, that there is no such name, or nothing at all. */
export type Reply = readonly string[] | 'nxdomain' | 'servfail' | 'silence';

const pointer = 12;
const internet = 1;
const responseCode = { names: 0, servfail: 2, nxdomain: 3 };

/** The first question of a query: its name, and the bytes it takes (RFC 1035 section 4.1.2). */
function question(query: Buffer): { name: string; bytes: Buffer } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.'), bytes: query.subarray(12, at + 5) };
}

/** A name as labels, each with its length before it; `\0` stands for a dot within a label. */
function encodeName(name: string): Buffer {
  const labels = name === '' ? [] : name.split('.');
  const parts = labels.map((label) => Buffer.from(label.replaceAll('\0', '.'), 'latin1'));
  return Buffer.concat([
    ...parts.flatMap((part) => [Buffer.from([part.length]), part]),
    Buffer.from([0]),
  ]);
}

function response(query: Buffer, reply: Exclude<Reply, 'silence'>): Buffer {
  const names = typeof reply === 'string' ? [] : reply;
  const code = responseCode[typeof reply === 'string' ? reply : 'names'];
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8180 | code, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(names.length, 6);
  const records = names.map((name) => {
    const data = encodeName(name);
    const fixed = Buffer.alloc(12);
    fixed.writeUInt16BE(0xc00c, 0);
    fixed.writeUInt16BE(pointer, 2);
    fixed.writeUInt16BE(internet, 4);
    fixed.writeUInt32BE(60, 6);
    fixed.writeUInt16BE(data.length, 10);
    return Buffer.concat([fixed, data]);
  });
  return Buffer.concat([header, question(query).bytes, ...records]);
}

/** Why no fake DNS server can be asked here; null where one can. */
export const withoutLoopback = reasonToSkip({
  platforms: ['linux', 'darwin', 'win32'],
  loopback: true,
});

/** `it` for the tests that ask one. */
export const itAsking = it.skipIf(withoutLoopback !== null);

export interface FakeDns extends AsyncDisposable {
  /** Every question that came, in order. */
  readonly asked: readonly string[];
  /** How often a resolver made for this server was cancelled. */
  readonly cancelled: () => number;
  /** Real resolvers that ask this server only; a `NamingHost`'s `resolver`. */
  resolver(timeoutMs: number): Promise<promises.Resolver>;
}

/** A DNS server on loopback; `answer` may take its time. */
export async function fakeDns(answer: (name: string) => Reply | Promise<Reply>): Promise<FakeDns> {
  const asked: string[] = [];
  let cancelled = 0;
  let closed = false;
  const socket = createSocket('udp4');
  socket.on('message', async (query, from) => {
    const { name } = question(query);
    asked.push(name);
    const reply = await answer(name);
    if (reply !== 'silence' && !closed) {
      socket.send(response(query, reply), from.port, from.address);
    }
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  return {
    asked,
    cancelled: () => cancelled,
    async resolver(timeout) {
      const resolver = new promises.Resolver({ timeout, tries: 1 });
      resolver.setServers([`127.0.0.1:${port}`]);
      const cancel = resolver.cancel.bind(resolver);
      resolver.cancel = () => {
        cancelled += 1;
        cancel();
      };
      return resolver;
    },
    [Symbol.asyncDispose]() {
      closed = true;
      return new Promise((resolve) => socket.close(() => resolve()));
    },
  };
}
