import { describe, expect, it } from 'vitest';
import type { Socket } from '../../../src/model/socket/socket.ts';
import { darwinSource } from '../../../src/sources/darwin/index.ts';
import type { SocketQuery } from '../../../src/sources/source.ts';
import { asNumbers } from '../../support/as-numbers.ts';
import { answer, socketQuery, warningSink } from '../../support/source-answers.ts';
import { fixture, host, machine, parseInetSockets, parseUnixSockets, releases } from './helpers.ts';

const families = ['inet', 'inet6'] as const;
const withDetails = { depth: 'all', details: true } as const;

it('has a fixture for every layout', () => {
  expect(releases).toEqual(['10.13', '12.7', '15.0', '15.6', '26.0', '26.3']);
});

describe.each(releases)('macOS %s', (release) => {
  const expected = JSON.parse(fixture(release, 'expected.json'));

  it.each(['tcp', 'udp', 'unix'] as const)('%s sockets with their owners', async (protocol) => {
    const sink = warningSink();
    const { run } = machine(release);
    const source = darwinSource(host, run);
    const query = socketQuery({ protocols: [protocol], owners: withDetails });
    expect(await answer(source, query, sink)).toEqual(expected[protocol]);
    expect(sink.warnings).toEqual(expected.warnings.sockets);
  });

  it('IPv4 alone: also IPv6 sockets that take both, as Apple’s -f inet lists them', async () => {
    const source = darwinSource(host, machine(release).run);
    const query = socketQuery({ protocols: ['tcp', 'udp'], families: ['inet'] });
    const all: Socket[] = [...expected.tcp, ...expected.udp];
    const ends = (sockets: readonly Socket[]) =>
      sockets.map((one) => one.protocol !== 'unix' && [one.family, one.local, one.remote]);
    const ipv4 = all.filter((one) => one.family === 'inet' || 'dualStack' in one);
    expect(ipv4.some(({ family }) => family === 'inet6')).toBe(true);
    expect(ends(await answer(source, query))).toEqual(ends(ipv4));
  });

  it.each(['routes', 'interfaces', 'groups'] as const)('%s', async (report) => {
    const sink = warningSink();
    const source = darwinSource(host, machine(release).run);
    const rows = await answer(source, { report, families }, sink);
    expect(asNumbers(rows)).toEqual(expected[report]);
    expect(sink.warnings.map(({ code }) => code)).toEqual(expected.warnings[report]);
  });

  it('finds the same sockets in a listing of every section', () => {
    const all = fixture(release, 'all.txt');
    const inet = parseInetSockets(all, 'all');
    const parts = ['tcp.txt', 'udp.txt'].flatMap(
      (file) => parseInetSockets(fixture(release, file), 'part').rows,
    );
    expect(inet).toEqual({ rows: parts, warnings: [] });
    expect(parseUnixSockets(all, 'all')).toEqual(
      parseUnixSockets(fixture(release, 'unix.txt'), 'part'),
    );
  });
});

describe('a filter by what servers do not report', () => {
  const untold = ['netstat: accept queues of servers: not available; netstat -anL shows them'];
  it.each<[string, (socket: Socket) => boolean, string[]]>([
    ['asks for their queues', ({ recvQueue }) => recvQueue === null, untold],
    ['asks for something else', () => false, []],
    ['asks for owners, which come later', () => true, []],
  ])('%s', async (_, isUndecided, messages) => {
    const sink = warningSink();
    const query = socketQuery({ protocols: ['tcp', 'udp'], keep: () => false, isUndecided });
    expect(await answer(darwinSource(host, machine('15.6').run), query, sink)).toEqual([]);
    expect(sink.warnings.map(({ message }) => message)).toEqual(messages);
  });
});

describe('the bytes of connections, which macOS reports from 15.1 on', () => {
  const untold = 'netstat: bytes of connections: not available; macOS reports them from 15.1 on';
  const asksForBytes = (socket: Socket) =>
    socket.protocol === 'tcp' && socket.state !== 'LISTEN' && socket.tcpInfo === null;

  it.each<[string, Partial<SocketQuery>, string, readonly string[]]>([
    ['are missed where they are shown', {}, '12.7', ['absent']],
    ['are not missing if they are reported', {}, '15.6', []],
    ['are not missed where nothing is shown', { keep: () => false }, '12.7', []],
    ['are not missed by servers', { keep: ({ state }) => state === 'LISTEN' }, '12.7', []],
    ['are not missed where they are not asked for', { tcpInfo: false }, '12.7', []],
    [
      'are missed where they decide',
      { keep: () => false, isUndecided: asksForBytes },
      '12.7',
      ['unreadable'],
    ],
  ])('%s', async (_, changes, release, codes) => {
    const sink = warningSink();
    const query = socketQuery({ protocols: ['tcp'], tcpInfo: true, ...changes });
    await answer(darwinSource(host, machine(release).run), query, sink);
    expect(sink.warnings).toMatchObject(codes.map((code) => ({ code, message: untold })));
  });
});

it('columns of an unknown release are shown whole, and are why the bytes of connections are missing', async () => {
  const command = 'netstat -anvl -p tcp';
  const text = fixture('26.3', 'tcp.txt').replace(/ fltrs *$/m, '$&      newest');
  const sink = warningSink();
  const query = socketQuery({ protocols: ['tcp'], tcpInfo: true });
  await answer(darwinSource(host, machine('26.3', { [command]: text }).run), query, sink);
  expect(sink.warnings.map(({ message }) => message)).toEqual([
    expect.stringMatching(
      /: unknown columns, .* "Proto Recv-Q Send-Q {2}Local Address .* newest"$/,
    ),
    'netstat: bytes of connections: not available; its columns are unknown',
  ]);
});

describe('what is not reported of UNIX sockets', () => {
  const acceptQueues = 'netstat: accept queues of servers: not available; netstat -anL shows them';
  const sendQueues =
    "netstat: send queues of UNIX sockets: not available; the other end's receive queue has what was sent";
  const references =
    'netstat: reference counts of UNIX sockets: not available; macOS reports them from 15.1 on';
  const asksForReceived = ({ recvQueue }: Socket) => recvQueue === null;
  const asksForSent = ({ sendQueue }: Socket) => sendQueue === null;
  const isConnected = ({ state }: Socket) => state === 'CONNECTED';
  const asksForCount = (socket: Socket) => socket.protocol === 'unix' && socket.refCount === null;

  it.each<[string, Partial<SocketQuery>, string, readonly string[]]>([
    [
      'receive queues decide: of servers',
      { isUndecided: asksForReceived, unixQueues: true },
      ...(['26.0', [acceptQueues]] as const),
    ],
    [
      'receive queues decide, but not of servers',
      {
        isUndecided: (row) => isConnected(row) && asksForReceived(row),
        unixQueues: true,
      },
      ...(['26.0', []] as const),
    ],
    [
      'send queues decide',
      { isUndecided: asksForSent, unixQueues: true },
      ...(['26.0', [acceptQueues, sendQueues]] as const),
    ],
    ['queues decide nothing', { isUndecided: () => false, unixQueues: true }, '26.0', []],
    ['queues are shown', { keep: () => true, unixQueues: true }, '26.0', []],
    ['a count of references decides', { isUndecided: asksForCount }, '12.7', [references]],
    ['such a count is reported', { isUndecided: asksForCount }, '15.6', []],
  ])('%s', async (_, changes, release, messages) => {
    const sink = warningSink();
    const query = socketQuery({ protocols: ['unix'], keep: () => false, ...changes });
    await answer(darwinSource(host, machine(release).run), query, sink);
    expect(sink.warnings.map(({ message }) => message)).toEqual(messages);
  });
});

it('flags what is cut where netstat ran without -l', () => {
  const text = fixture('without-l', 'an.txt');
  const expected = JSON.parse(fixture('without-l', 'expected.json'));
  const inet = parseInetSockets(text, 'netstat -an');
  expect(inet.rows).toEqual(expected.inet);
  expect(inet.warnings.map(({ code }) => code)).toEqual(expected.warnings);
  expect(parseUnixSockets(text, 'netstat -an')).toEqual({ rows: expected.unix, warnings: [] });
});
