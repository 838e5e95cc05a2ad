/** What --socket-info tells of real sockets is what ss tells, or what it told a moment before or after. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SocketMemory } from '../../src/model/socket/info.ts';
import type { InetSocket, UnixSocket } from '../../src/model/socket/socket.ts';
import { skipReason, startZoo, type Zoo } from './zoo.ts';

const nobody = 65534;

/** How ss writes memory: `skmem:(r0,rb131072,t0,tb16384,f0,w0,o0,bl0,d0)`, `d` being the drops. */
const memoryWords = {
  receive: 'r',
  receiveLimit: 'rb',
  send: 't',
  sendLimit: 'tb',
  forward: 'f',
  queued: 'w',
  options: 'o',
  backlog: 'bl',
} as const satisfies Record<keyof SocketMemory, string>;

/** Each socket of ss by its cookie, which ss writes in hex. */
function readSs(text: string): ReadonlyMap<string, string> {
  return new Map(
    text
      .trim()
      .split('\n')
      .map((line) => [BigInt(`0x${/\bsk:([0-9a-f]+)/.exec(line)?.[1] ?? '0'}`).toString(), line]),
  );
}

/** It is what it was before and after; where that differs, it lies between. */
function expectBetween(
  value: number | null | undefined,
  bounds: readonly number[],
  what: string,
): void {
  expect(value, what).toBeGreaterThanOrEqual(Math.min(...bounds));
  expect(value, what).toBeLessThanOrEqual(Math.max(...bounds));
}

describe.skipIf(skipReason)(`the zoo's sockets beside ss ${skipReason ?? ''}`, () => {
  let zoo: Zoo;
  beforeAll(async () => {
    zoo = await startZoo('ordinary');
  });
  afterAll(() => zoo?.stop());

  it.each<[string, { uid?: number }]>([
    ['root', {}],
    ['an unprivileged user', { uid: nobody }],
  ])('%s', async (_, visit) => {
    const ss = async () => readSs((await zoo.run(['ss', '-tuanemOH'], visit)).stdout.toString());
    await zoo.renew();
    const before = await ss();
    const ours = await zoo.tsnetstat(['-tuan', '--socket-info', '--format', 'ndjson'], visit);
    const after = await ss();
    expect(ours.stderr).toBe('');
    const seen = { memory: 0, listeners: 0, timeWait: 0 };
    for (const line of ours.stdout.toString().trim().split('\n')) {
      const socket = JSON.parse(line) as InetSocket;
      const { cookie, memory, drops, acceptQueue, mark, state } = socket;
      expect(cookie).not.toBeNull();
      const theirs = [before, after].map((all) => all.get(String(cookie)));
      const [first, last] = theirs;
      if (first === undefined || last === undefined) continue;
      const among = (pattern: RegExp) =>
        theirs.map((text) => Number(pattern.exec(text ?? '')?.[1]));
      if (memory === null || memory === undefined) {
        expect(first).not.toContain('skmem:');
        expect(drops).toBeNull();
        if (state === 'TIME_WAIT') seen.timeWait++;
      } else {
        seen.memory++;
        for (const [name, word] of Object.entries(memoryWords)) {
          const value = memory[name as keyof SocketMemory];
          expectBetween(value, among(new RegExp(`[(,]${word}(\\d+)`)), `${name}: ${first}`);
        }
        // What a peer sends again is thrown away again.
        expectBetween(drops, among(/[(,]d(\d+)\)/), first);
      }
      if (state === 'LISTEN') {
        seen.listeners++;
        const [length, limit] = [2, 3].map((at) =>
          theirs.map((text) => Number(text?.trim().split(/\s+/)[at])),
        );
        expect(length).toContain(acceptQueue?.length);
        expect(limit).toContain(acceptQueue?.limit);
      } else expect(acceptQueue).toBeNull();
      if (visit.uid !== undefined) expect(mark).toBeNull();
      else expect(typeof mark).toBe('number');
    }
    expect(seen.memory).toBeGreaterThan(10);
    expect(seen.listeners).toBeGreaterThan(3);
    expect(seen.timeWait).toBeGreaterThan(0);
  });

  it('UNIX sockets: their queues and memory', async () => {
    const ss = async () => {
      const { stdout } = await zoo.run(['ss', '-xamOH']);
      const lines = stdout.toString().trim().split('\n');
      // A name, an inode, and the same of the other end.
      return new Map(lines.map((line) => [/ (\d+) +\S+ +\d+ +skmem/.exec(line)?.[1], line]));
    };
    const before = await ss();
    const ours = await zoo.tsnetstat(['-xan', '--socket-info', '--format', 'ndjson']);
    const after = await ss();
    expect(ours.stderr).toBe('');
    const seen = { listeners: 0, others: 0 };
    for (const line of ours.stdout.toString().trim().split('\n')) {
      const socket = JSON.parse(line) as UnixSocket;
      const theirs = [before, after].map((all) => all.get(String(socket.inode)));
      if (socket.inode === null || theirs.includes(undefined)) continue;
      const among = (pattern: RegExp) =>
        theirs.map((text) => Number(pattern.exec(text ?? '')?.[1]));
      const [received, sent] = [2, 3].map((at) =>
        theirs.map((text) => Number(text?.trim().split(/\s+/)[at])),
      );
      expect(received).toContain(socket.recvQueue);
      if (socket.state === 'LISTENING') {
        seen.listeners++;
        expect(sent).toContain(socket.acceptQueue?.limit);
      } else {
        seen.others++;
        expect(sent).toContain(socket.sendQueue);
      }
      expect(among(/[(,]rb(\d+)/)).toContain(socket.memory?.receiveLimit);
    }
    expect(seen.listeners).toBeGreaterThan(0);
    expect(seen.others).toBeGreaterThan(3);
  });

  it.each<[string, readonly string[]]>([
    ['chosen by', ['-an', 'recvq > 600', '--columns', 'proto,inode,recvq']],
    ['chosen by, of UNIX sockets alone', ['-xan', 'recvq > 600', '--columns', 'inode,recvq']],
    ['sorted by', ['-xan', '--sort', '-recvq', '--columns', 'inode,recvq']],
  ])('queues of UNIX sockets are those of ss: %s', async (_, args) => {
    const unread = `
import socket, subprocess, sys
held = [socket.socketpair(socket.AF_UNIX, kind) for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM)]
for here, _ in held:
    here.send(b'x' * 65001)
for arguments in (sys.argv[1:], ['ss', '-xaOH']):
    subprocess.run(arguments, check=True)
`;
    const { stdout, stderr } = await zoo.run([
      ...['/usr/bin/python3', '-c', unread, ...zoo.program, '-H', ...args],
    ]);
    expect(stderr.toString()).toBe('');
    const lines = stdout.toString().trim().split('\n');
    const ofSs = lines.filter((line) => /^u_/.test(line) && line.includes(' 65001 '));
    const ours = lines.filter((line) => /\b65001 *$/.test(line));
    expect(ours).toHaveLength(2);
    for (const line of ours) {
      const inode = /(\d+) +65001/.exec(line)?.[1];
      expect(ofSs.some((other) => other.split(/\s+/).includes(String(inode)))).toBe(true);
    }
  });

  it.each<[string, readonly string[], RegExp]>([
    ['drops of UDP', ['-uan', 'drops > 10'], / 127\.0\.0\.1:34570 /],
    ['accept queues', ['-tln', 'acceptq > 1'], / 127\.0\.0\.1:34571 /],
  ])('%s are chosen by from files, which have them, without a warning', async (_, args, row) => {
    const busy = `
import socket, subprocess, sys
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
udp.bind(('127.0.0.1', 34570))
for _ in range(100):
    udp.sendto(b'x' * 1000, ('127.0.0.1', 34570))
tcp = socket.socket()
tcp.bind(('127.0.0.1', 34571))
tcp.listen(8)
waiting = [socket.create_connection(('127.0.0.1', 34571)) for _ in range(3)]
subprocess.run(sys.argv[1:], check=True)
`;
    const { stdout, stderr } = await zoo.run([
      ...['/usr/bin/python3', '-c', busy, ...zoo.program, '--source', 'proc', ...args],
    ]);
    expect(stdout.toString()).toMatch(row);
    expect(stderr.toString()).toBe('');
  });

  /** Runs the arguments while there are servers with these marks (SO_MARK), each of TCP and UDP. */
  const marked = `
import socket, struct, subprocess, sys
held = []
for number, mark in enumerate([0, 1, 2, 3, 5, 7, 0x10001, 0xffffffff]):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        sock = socket.socket(socket.AF_INET, kind)
        sock.setsockopt(socket.SOL_SOCKET, 36, struct.pack('I', mark))
        sock.bind(('127.0.0.1', 34580 + number))
        if kind == socket.SOCK_STREAM:
            sock.listen()
        held.append(sock)
subprocess.run(sys.argv[1:], check=True)
`;

  it.each([
    ...['fwmark = 5', 'fwmark 0x1/0x3', 'fwmark = 1/3', 'fwmark != 0x01/0x03', 'fwmark = 0/0'],
    ...['fwmark = 5/3', 'fwmark = 0x80000000/0x80000000', 'not fwmark = 1/3 and sport < :34585'],
  ])('marks are chosen as ss chooses: %s', async (filter) => {
    const portsOf = async (...command: readonly string[]) => {
      const { stdout } = await zoo.run(['/usr/bin/python3', '-c', marked, ...command]);
      return [...stdout.toString().matchAll(/^(tcp|udp) .* 127\.0\.0\.1:(3458\d) /gm)]
        .map(([, protocol, port]) => `${protocol} ${port}`)
        .sort();
    };
    const theirs = await portsOf('ss', '-tuanH', ...filter.split(' '));
    expect(await portsOf(...zoo.program, '-tuan', filter)).toEqual(theirs);
    expect(theirs.length > 0).toBe(filter !== 'fwmark = 5/3');
  });

  /** Runs the program's arguments while one socket of each kind is there: bound, bound over IPv6, listening. */
  const beside = `
import socket, subprocess, sys
held = [socket.socket(family) for family in (socket.AF_INET, socket.AF_INET6, socket.AF_INET)]
held[0].bind(('127.0.0.1', 34567))
held[1].bind(('::1', 34567))
held[2].bind(('127.0.0.1', 34568))
held[2].listen(7)
sys.exit(subprocess.run(sys.argv[1:]).returncode)
`;

  it.each<[string, readonly string[], { uid?: number }, number]>([
    ['a mark that no socket has', ['mark = 77'], {}, 1],
    ['a mark that this user may not read', ['mark = 77'], { uid: nobody }, 2],
    ['a mark of what is not there', ['mark = 77 and sport = :1'], { uid: nobody }, 1],
    ['a cookie that no socket has', ['cookie = 1'], { uid: nobody }, 1],
    ['a cookie, of files', ['cookie = 1', '--source', 'proc'], {}, 2],
    [
      'a cookie of what is not there, of files',
      ['sport = :1 and cookie = 1', '--source', 'proc'],
      {},
      1,
    ],
    [
      'a round trip of what is not there, of files',
      ['dport = :1 and rtt > 0', '--source', 'proc'],
      {},
      1,
    ],
    [
      'a round trip of servers, of files',
      ['state listening and rtt > 0', '--source', 'proc'],
      {},
      1,
    ],
    ['a limit, of files', ['-l', 'acceptlimit > 99999', '--source', 'proc'], {}, 2],
    ['a queue, of files', ['-l', 'acceptq > 99999', '--source', 'proc'], {}, 1],
  ])('-q decides about %s', async (_, args, visit, expected) => {
    const { code, stderr } = await zoo.tsnetstat(['-taq', ...args], visit);
    expect(code).toBe(expected);
    expect(stderr !== '').toBe(expected === 2);
  });

  it.each([
    ['no option for it', ['-tan'], []],
    ['--bound-inactive', ['-tn', '--bound-inactive'], ['127.0.0.1:34567', '[::1]:34567']],
    ['-l', ['-ltn', '--bound-inactive'], ['127.0.0.1:34567', '[::1]:34567']],
    ['a state', ['-4', '-n', 'state', 'bound'], ['127.0.0.1:34567']],
  ])('sockets that are only bound: %s', async (_, args, expected) => {
    const { stdout, stderr } = await zoo.run([
      ...['/usr/bin/python3', '-c', beside, ...zoo.program],
      ...[...args, '-H', '--columns', 'src,state'],
    ]);
    expect(stderr.toString()).toBe('');
    const bound = stdout
      .toString()
      .split('\n')
      .filter((line) => / BOUND *$/.test(line));
    expect(bound.map((line) => line.split(' ')[0])).toEqual(expected);
  });

  it('a connection has as many bytes a second as its counts grew by', async () => {
    const pumping = `
import os, signal, socket, subprocess, sys, threading
server = socket.create_server(('127.0.0.1', 34569))
client = socket.create_connection(('127.0.0.1', 34569))
taker, _ = server.accept()
def pump():
    while True:
        client.sendall(b'x' * 1000)
        taker.recv(1 << 20)
threading.Thread(target=pump, daemon=True).start()
listing = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, text=True)
rounds = [listing.stdout.readline() for _ in range(3)]
listing.send_signal(signal.SIGKILL)
sys.stdout.writelines(rounds)
sys.stdout.flush()
os._exit(0)
`;
    const { stdout } = await zoo.run([
      ...['/usr/bin/python3', '-c', pumping, ...zoo.program],
      ...['-tn', '--tcp-info', '--interval', '1', '--format', 'ndjson', 'dport = :34569'],
    ]);
    const rounds = stdout
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as InetSocket & { takenAt: string });
    const [first, ...more] = rounds;
    expect(first?.rates).toBeNull();
    expect(more).toHaveLength(2);
    let most = 0;
    for (const [i, { rates, tcpInfo, takenAt }] of more.entries()) {
      const before = rounds[i];
      const seconds = (Date.parse(takenAt) - Date.parse(before?.takenAt ?? '')) / 1000;
      const sent = Number(tcpInfo?.bytesSent) - Number(before?.tcpInfo?.bytesSent);
      most = Math.max(most, sent);
      // What is printed is the machine's time, to the millisecond; what is measured is not.
      const apart = 0.1;
      expect(rates?.sent).toBeGreaterThanOrEqual(Math.floor(sent / (seconds + apart)));
      expect(rates?.sent).toBeLessThanOrEqual(Math.ceil(sent / (seconds - apart)));
    }
    // Who sends may have no processor for a round.
    expect(most).toBeGreaterThan(0);
  });
});
