import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, isFree, whoHolds } from '../../src/library/ports.ts';
import { because, reasonToSkip } from '../support/requirements.ts';

const reason = reasonToSkip({ platforms: ['linux'] });

/** What Node says of listening there. */
async function listens(at: number, host: string): Promise<boolean> {
  const trial = createServer();
  const isListening = await new Promise<boolean>((resolve) => {
    trial.once('error', () => resolve(false)).listen(at, host, () => resolve(true));
  });
  trial.close();
  return isListening;
}

describe.skipIf(reason !== null)(`questions about ports${because(reason)}`, () => {
  let server: Server;
  let port: number;
  beforeAll(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => server.close());

  it('return who has a port, and which connections use it', async () => {
    const client = connect(port, '127.0.0.1');
    const [accepted] = (await once(server, 'connection')) as [typeof client];
    const { holders, connections, warnings } = await whoHolds(port);
    expect(holders).toMatchObject([
      { protocol: 'tcp', state: 'LISTEN', local: { address: '127.0.0.1', port } },
    ]);
    expect(holders[0]?.owners?.map(({ pid }) => pid)).toEqual([process.pid]);
    expect(connections).toBe(1);
    expect(warnings.filter(({ code }) => code === 'malformed')).toEqual([]);
    client.destroy();
    accepted.destroy();
  });

  it.each<[string, string | undefined, boolean]>([
    ['any address', undefined, false],
    ['the same address', '127.0.0.1', false],
    ['any of IPv4', '0.0.0.0', false],
    ['another address', '127.0.0.2', true],
    ['IPv6', '::1', true],
    ['both of localhost', 'localhost', false],
    ['an IPv4 address in IPv6', '::ffff:127.0.0.1', false],
  ])('return whether it is free at %s', async (_, host, expected) => {
    expect(await isFree(port, host)).toBe(expected);
  });

  it('ask of one protocol', async () => {
    expect(await isFree(port, '127.0.0.1', { protocol: 'udp' })).toBe(true);
    const socket = createSocket('udp4').bind(port, '127.0.0.1');
    await once(socket, 'listening');
    expect(await isFree(port, '127.0.0.1', { protocol: 'udp' })).toBe(false);
    expect(await isFree(port, { host: '127.0.0.1', protocol: 'udp' })).toBe(false);
    expect(await isFree(port, { host: '127.0.0.2', protocol: 'udp' })).toBe(true);
    socket.close();
  });

  it.each([
    ['::', false],
    ['::', true],
    ['0.0.0.0', false],
    ['::1', false],
    ['127.0.0.1', false],
  ])('know where a server can listen beside one at %s, IPv6 alone: %s', async (host, ipv6Only) => {
    const other = createServer().listen({ host, ipv6Only, port: 0 });
    await once(other, 'listening');
    const { port: taken } = other.address() as AddressInfo;
    for (const asked of ['::', '0.0.0.0', '::1', '127.0.0.1', '127.9.8.7']) {
      const expected = await listens(taken, asked);
      expect(await isFree(taken, asked), asked).toBe(expected);
      const range = [taken, taken] as const;
      expect(await freePort({ range, host: asked }), asked).toBe(expected ? taken : null);
      expect((await whoHolds(taken, { host: asked })).holders, asked).toHaveLength(
        Number(!expected),
      );
    }
    other.close();
  });

  it.each([true, false])('know whether UDP over IPv6 takes IPv4: not if %s', async (ipv6Only) => {
    const socket = createSocket({ type: 'udp6', ipv6Only }).bind(0, '::');
    await once(socket, 'listening');
    const question = { protocol: 'udp', host: '127.0.0.1' } as const;
    expect(await isFree(socket.address().port, question)).toBe(ipv6Only);
    socket.close();
  });

  it.each([
    '127.0.0.1',
    '127.9.8.7',
    '::1',
    '192.0.2.77',
    '::ffff:192.0.2.77',
    '2001:db8::9',
    'fe80::1',
    'fe80::1%no-such-device',
    '224.0.0.1',
  ])('know whether a server can listen at %s', async (host) => {
    const free = (await freePort({ host: '127.0.0.1' })) as number;
    const expected = await listens(free, host);
    expect(await isFree(free, host)).toBe(expected);
    expect(await freePort({ range: [free, free], host })).toBe(expected ? free : null);
  });

  it('know other addresses for UDP, and none of other networks', async () => {
    const free = (await freePort({ protocol: 'udp' })) as number;
    expect(await isFree(free, '224.0.0.1', { protocol: 'udp' })).toBe(true);
    expect(await isFree(free, '192.0.2.77', { protocol: 'udp' })).toBe(false);
    expect(await isFree(free, '192.0.2.77', { netns: String(process.pid) })).toBe(true);
  });

  it('find one that is free, in a range or not at all', async () => {
    const free = await freePort();
    expect(free).toBeGreaterThanOrEqual(49_152);
    expect(free).toBeLessThanOrEqual(65_535);
    const other = createServer().listen(free as number);
    await once(other, 'listening');
    expect(await freePort({ range: [free as number, free as number] })).toBeNull();
    other.close();
    expect(await freePort({ range: [port, port], host: '127.0.0.2' })).toBe(port);
  });

  it('names the workloads of holders', async () => {
    const { holders } = await whoHolds(port, { workloads: true });
    expect(holders[0]).toHaveProperty('workload');
    expect((await whoHolds(port)).holders[0]).not.toHaveProperty('workload');
  });

  const mistake = (path: string) => expect.objectContaining({ code: 'usage', path });
  const odd = (value: unknown) => value as never;
  it.each<[string, () => Promise<unknown>, unknown]>([
    ['no port', () => whoHolds(0), mistake('port')],
    ['no number', () => whoHolds(Number.NaN), mistake('port')],
    ['a bigint', () => whoHolds(odd(80n)), mistake('port')],
    ['half a port', () => isFree(80.5), mistake('port')],
    ['a text', () => isFree(odd('80')), mistake('port')],
    ['a name', () => isFree(80, 'example.org'), mistake('host')],
    ['an IPv4 address in a zone', () => isFree(80, '127.0.0.1%lo'), mistake('host')],
    ['a zone without a name', () => isFree(80, '::1%'), mistake('host')],
    ['a host that is no text', () => isFree(80, odd(1n)), mistake('host')],
    ['options twice', () => isFree(80, odd({}), { protocol: 'udp' }), mistake('host')],
    ['a host for options', () => whoHolds(80, odd('::1')), mistake('options')],
    ['a host twice', () => isFree(80, '::', odd({ host: '::1' })), mistake('host')],
    ['a name among options', () => isFree(80, { host: 'example.org' }), mistake('host')],
    ['a list for options', () => isFree(80, odd([])), mistake('options')],
    ['a range from its end', () => freePort({ range: [9, 3] }), mistake('range')],
    ['a range of one', () => freePort({ range: odd([9]) }), mistake('range')],
    ['a range that is no list', () => freePort({ range: odd(9) }), mistake('range')],
    ['an option that there is not', () => whoHolds(80, odd({ hots: '::1' })), mistake('hots')],
    ["another question's option", () => whoHolds(80, odd({ which: 'all' })), mistake('which')],
    ['a protocol without ports', () => freePort({ protocol: odd('raw') }), mistake('protocol')],
    [
      'a source that there is not',
      () => isFree(80, '::', odd({ source: 'ss' })),
      mistake('source'),
    ],
    [
      'netlink of a captured machine',
      () => whoHolds(80, { source: 'netlink', procRoot: '/proc' }),
      mistake('source'),
    ],
    [
      'workloads where there is no list',
      () => freePort(odd({ workloads: true })),
      mistake('workloads'),
    ],
    ['options that are none', () => freePort(odd(9000)), mistake('options')],
    ['null for options', () => isFree(80, '::', odd(null)), mistake('options')],
    [
      'no such /proc',
      () => whoHolds(80, { procRoot: '/nowhere/to/be/found' }),
      expect.objectContaining({ code: 'unreadable' }),
    ],
  ])('refuse %s', async (_, question, error) => {
    await expect(question()).rejects.toThrow(error as Error);
  });
});

const python = '/usr/bin/python3';
const whyNot = reasonToSkip({ platforms: ['linux'], programs: [python], loopback: true });

/** Sockets that have a port until standard input ends, which Node cannot make, by what they are. */
const scripts = {
  bound: `
s = opened()
s.bind(('127.0.0.1', 0))
port = s.getsockname()[1]`,
  'connected from a port': `
server = listening()
s = opened()
s.bind(('127.0.0.1', 0))
s.connect(server.getsockname())
port = s.getsockname()[1]`,
  connected: `
server = listening()
s = opened()
s.connect(server.getsockname())
port = s.getsockname()[1]`,
  accepted: `
server = listening()
port = server.getsockname()[1]
client = socket.create_connection(('127.0.0.1', port))
s, _ = server.accept()
server.close()`,
  'in TIME_WAIT': `
server = listening()
port = server.getsockname()[1]
client = socket.create_connection(('127.0.0.1', port))
s, _ = server.accept()
server.close()
s.close()
client.recv(1)
client.close()`,
};

/** Starts a program with such a socket. */
async function holding(what: keyof typeof scripts, reuse: boolean) {
  const holder = spawn(
    python,
    [
      '-c',
      `import socket, sys
def opened():
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, ${Number(reuse)})
    return s
def listening():
    s = opened()
    s.bind(('127.0.0.1', 0))
    s.listen()
    return s
${scripts[what]}
print(port, flush=True)
sys.stdin.read()`,
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const [text] = await once(holder.stdout as Readable, 'data');
  return { port: Number(text), end: () => holder.stdin.end() };
}

describe.skipIf(whyNot !== null)(`a port without a listener${because(whyNot)}`, () => {
  const from = { source: 'proc' } as const;

  it('is not free if a socket is bound to it, which a trial finds where it is not listed', async () => {
    const { port, end } = await holding('bound', false);
    expect(await isFree(port, '127.0.0.1', from)).toBe(false);
    expect(await isFree(port, undefined, from)).toBe(false);
    expect(await isFree(port, '127.0.0.2', from)).toBe(true);
    expect(await freePort({ range: [port, port], host: '127.0.0.1', ...from })).toBeNull();
    expect((await whoHolds(port, from)).warnings).toMatchObject([
      { message: expect.stringContaining('only bound: not available: only netlink provides them') },
    ]);
    end();
  });

  // One that is only bound holds its port even if others could share it.
  const uses = Object.keys(scripts).filter((what) => what !== 'bound') as (keyof typeof scripts)[];
  it.each(uses.flatMap((what) => [true, false].map((reuse) => [what, reuse] as const)))(
    'is free if Node can listen there: %s, SO_REUSEADDR %s',
    async (what, reuse) => {
      const { port, end } = await holding(what, reuse);
      for (const host of ['127.0.0.1', '127.0.0.2', '0.0.0.0', '::', '::1']) {
        const expected = await listens(port, host);
        expect(await isFree(port, host), host).toBe(expected);
        expect(await freePort({ range: [port, port], host }), host).toBe(expected ? port : null);
      }
      end();
    },
  );
});
