import { describe, expect, it } from 'vitest';
import { NetstatError } from '../../../src/errors.ts';
import { noTcpInfo } from '../../../src/model/socket/tcp-info.ts';
import { fixture, parseInetSockets } from './helpers.ts';

const title = 'Active Internet connections (including servers)\n';
const front = 'Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)';
const tail26 =
  '          rxbytes      txbytes  rhiwat  shiwat          process:pid    state  options           gencnt    flags   flags1 usecnt rtncnt fltrs';
const end26 = '00102 00000000 0000000000001ed8 00000080 00000800      1      0 000000';

const parse = (text: string) => parseInetSockets(text, 'netstat');
const row26 = (process: string) =>
  `${title}${front}${tail26}\ntcp4 0 0 192.0.2.5.1 192.0.2.6.2 ESTABLISHED 1 2 131072 131072 ${process} ${end26}\n`;

describe('process:pid is read from the right', () => {
  it.each([
    ['blanks', 'Google Chrome He:777   ', 'Google Chrome He', 777],
    ['a colon', 'svc: worker:2:778   ', 'svc: worker:2', 778],
    ['a number that looks like a pid', 'a:1 b:22   ', 'a:1 b', 22],
    ['columns in the name', '131072 131072 9:8 0:5     ', '131072 131072 9:8 0', 5],
    ['only a colon', '::6     ', ':', 6],
    [
      'more than 16 characters',
      'com.example.LongHelperName:1234567',
      'com.example.LongHelperName',
      1234567,
    ],
    ['no name', ':4242   ', null, 4242],
  ])('%s', (_, process, program, pid) => {
    const { rows, warnings } = parse(row26(process));
    expect(warnings).toEqual([]);
    expect(rows[0]?.owners).toEqual([
      { pid, program, commandLine: null, executable: null, fd: null },
    ]);
  });
});

describe('why there is no owner', () => {
  it.each([
    ['the kernel holds it', '10.13', '2049', 'kernel'],
    ['TIME_WAIT is held by none', '10.13', 'TIME_WAIT', 'none'],
    ['netstat -an does not report it', 'without-l', 'LISTEN', 'unknown'],
  ])('%s', (_, folder, part, reason) => {
    const text = fixture(folder, folder === 'without-l' ? 'an.txt' : 'tcp.txt');
    const at = text.split('\n').filter((line) => /^(tcp|udp)/.test(line));
    const index = at.findIndex((line) => line.includes(part));
    expect(parse(text).rows[index]).toMatchObject({ owners: [], noOwner: reason });
  });
});

it('takes no output at all for no sockets: the header comes with the first', () => {
  expect(parse('')).toEqual({ rows: [], warnings: [] });
  expect(parse('\n')).toEqual({ rows: [], warnings: [] });
});

it('keeps a row in a state that netstat has no name for, by its number', () => {
  const text = `${title}${front}\ntcp4  0  0  192.0.2.5.1  192.0.2.6.2  42\n`;
  expect(parse(text).rows[0]?.state).toBe('UNKNOWN(42)');
});

describe('a row that cannot be read costs a warning and only itself', () => {
  const good = 'tcp4       0      0  192.0.2.5.1            192.0.2.6.2            LISTEN     ';
  it.each([
    ['a new state name', 'tcp4       0      0  192.0.2.5.1  192.0.2.6.2  DREAMING'],
    ['no state', 'tcp4       0      0  192.0.2.5.1            192.0.2.6.2'],
    ['a column too many', `${good} 17`],
    ['an address that is a name', 'tcp4       0      0  localhost.1  192.0.2.6.2  LISTEN'],
    ['half a line', 'tcp4       0'],
    ['a protocol nobody knows', 'qux4       0      0  *.*                    *.*'],
  ])('%s', (_, line) => {
    const { rows, warnings } = parse(`${title}${front}\n${good}\n${line}\n${good}\n`);
    expect(rows).toHaveLength(2);
    expect(warnings).toMatchObject([{ code: 'malformed', source: 'netstat' }]);
    expect(warnings[0]?.message).toContain('left out');
  });

  it('several are one warning, which shows the first safely', () => {
    const { warnings } = parse(`${title}${front}\n\u001b[31mred\n${good}\nblue\n`);
    expect(warnings.map(({ message }) => message)).toEqual([
      'netstat: 2 lines could not be read and were left out; the first: "\\u001b[31mred"',
    ]);
  });
});

it('passes over the kernel’s remarks and the sockets of other protocols', () => {
  const lines = [
    'Some tcp sockets may have been created.',
    'got 1 twice',
    'icm4    8136      0  *.*                    *.*                               ',
    'ip 4       0      0  *.*                    *.*                               ',
    'div4       0      0  *.*                    *.*                               ',
  ];
  expect(parse(`${title}${front}\n${lines.join('\n')}\n`)).toEqual({ rows: [], warnings: [] });
});

describe('columns of no known release are passed over, with a warning that shows the header', () => {
  it.each([
    ['a new column', `${front}     rhiwat shiwat    pid   epid  colour`],
    ['columns in another order', `${front}     rhiwat shiwat   epid    pid`],
    ['-vv of macOS 26', `${front} rhiwat shiwat process:pid eprocess:epid state options`],
  ])('%s', (_, header) => {
    const lines = [
      'tcp4 7 0 192.0.2.5.1 192.0.2.6.2 ESTABLISHED 1 2 3 4 5',
      'udp4 0 0 192.0.2.5.3 *.* 1 2 3 4 a b:c',
      'tcp4 0 0 192.0.2.5.1 192.0.2.6.4 TIME_WAIT',
    ];
    const { rows, warnings } = parse(`${title}${header}\n${lines.join('\n')}\n`);
    expect(rows).toMatchObject([
      { recvQueue: 7, state: 'ESTABLISHED', owners: [], noOwner: 'unknown' },
      { local: { port: 3 }, state: 'UNCONN', owners: [], noOwner: 'unknown' },
      { state: 'TIME_WAIT', owners: [], noOwner: 'none' },
    ]);
    expect(warnings).toMatchObject([
      { code: 'unreadable', message: expect.stringContaining(header.trim()), source: 'netstat' },
    ]);
  });
});

it.each([
  ['owners alone', {}, ['unreadable', 'so owners are not available: ']],
  [
    'the bytes too',
    { tcpInfo: true },
    ['unreadable', 'so owners and bytes of connections are not'],
  ],
  [
    'the bytes alone',
    { tcpInfo: true, owners: false },
    ['incomplete', 'so bytes of connections are'],
  ],
  ['nothing of them', { owners: false }, null],
])('what unknown columns lose is what was asked for: %s', (_, asked, expected) => {
  const text = `${title}${front} colour\ntcp4 7 0 192.0.2.5.1 192.0.2.6.2 ESTABLISHED 1\n`;
  const [code, message] = expected ?? [];
  expect(parseInetSockets(text, 'netstat', asked).warnings).toEqual(
    expected === null
      ? []
      : [{ code, message: expect.stringContaining(message ?? ''), source: 'netstat' }],
  );
});

it('rows without bytes lose none by unknown columns', () => {
  const rows = ['tcp4 0 0 *.80 *.* LISTEN 1', 'udp4 0 0 192.0.2.5.3 *.* 1'];
  const text = `${title}${front} colour\n${rows.join('\n')}\n`;
  expect(parseInetSockets(text, 'netstat', { tcpInfo: true, owners: false }).warnings).toEqual([]);
});

it('reports no accept queue: a server has no bytes to read, however many connections wait', () => {
  const rows = parse(
    `${title}${front}\ntcp4 0 0 *.80 *.* LISTEN\ntcp4 0 0 192.0.2.5.1 192.0.2.6.2 ESTABLISHED\n`,
  ).rows;
  expect(rows.map(({ recvQueue, sendQueue }) => [recvQueue, sendQueue])).toEqual([
    [null, null],
    [0, 0],
  ]);
});

describe('the bytes of a connection, since macOS 15.1', () => {
  const readIn = (folder: string) =>
    parseInetSockets(fixture(folder, 'tcp.txt'), 'netstat', { tcpInfo: true }).rows;

  it.each(['15.6', '26.0', '26.3'])('are reported by %s', (folder) => {
    const connected = readIn(folder).filter(({ state }) => state === 'ESTABLISHED');
    expect(connected.length).toBeGreaterThan(0);
    for (const { tcpInfo } of connected) {
      expect(tcpInfo).toEqual({
        ...noTcpInfo,
        bytesReceived: expect.any(BigInt),
        bytesSent: expect.any(BigInt),
      });
    }
    expect(connected.some(({ tcpInfo }) => (tcpInfo?.bytesReceived ?? 0n) > 0n)).toBe(true);
  });

  it('are those of the right direction', () => {
    const text = row26('a:1').replace('ESTABLISHED 1 2', 'ESTABLISHED 11 22');
    const [row] = parseInetSockets(text, 'netstat', { tcpInfo: true }).rows;
    expect(row?.tcpInfo).toMatchObject({ bytesReceived: 11n, bytesSent: 22n, rtt: null });
  });

  it.each(['10.13', '15.0'])('are null of %s', (folder) => {
    for (const { tcpInfo } of readIn(folder)) expect(tcpInfo).toBeNull();
  });

  it('are absent if they were not requested', () => {
    expect(parse(row26('a:1')).rows[0]).not.toHaveProperty('tcpInfo');
  });
});

describe('a header of no known release is an error that shows it', () => {
  it.each([
    ['FreeBSD', 'Proto Recv-Q Send-Q Local Address          Foreign Address        (state)'],
    [
      'FreeBSD -A',
      'Tcpcb            Proto Recv-Q Send-Q Local Address      Foreign Address    (state)',
    ],
    ['Linux', 'Proto Recv-Q Send-Q Local Address           Foreign Address         State'],
    ['not netstat at all', 'hello'],
  ])('%s', (_, header) => {
    const run = () =>
      parse(`${title}${header}\ntcp4 0 0 192.0.2.5.1 192.0.2.6.2 LISTEN 1 2 3 4 5\n`);
    expect(run).toThrow(NetstatError);
    expect(run).toThrow(header.trim());
    expect(run).toThrow(expect.objectContaining({ code: 'unrecognized', path: 'netstat' }));
  });
});
