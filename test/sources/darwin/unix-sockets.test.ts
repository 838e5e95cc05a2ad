import { describe, expect, it } from 'vitest';
import { parseUnixSockets } from './helpers.ts';

const header =
  'Address          Type   Recv-Q Send-Q            Inode             Conn             Refs          Nextref Addr';
const header26 = header.replace(
  ' Addr',
  '      rxbytes      txbytes  rhiwat  shiwat          process:pid    state  options           gencnt    flags   flags1 usecnt rtncnt fltrs Addr',
);
const parse = (row: string, head = header) =>
  parseUnixSockets(`Active LOCAL (UNIX) domain sockets\n${head}\n${row}\n`, 'netstat');
const row = (type: string, inode: string, conn: string, path = '') =>
  `4f1eb4c58685585f ${type} 0 0 ${inode} ${conn} 0 0${path === '' ? '' : ` ${path}`}`;
const details = (options: string, state = '00080') =>
  `1 2 8192 8192 a b:7:42    ${state} ${options} 0000000000001ed8 00000080 00000800      3      0 000000`;

describe('what -an lets be inferred', () => {
  it.each([
    ['a server', row('stream', '4f1e', '0', '/a'), 'STREAM', 'LISTENING', '/a'],
    ['an accepted socket', row('stream', '0', '4f1e', '/a'), 'STREAM', 'CONNECTED', '/a'],
    ['a client', row('stream', '0', '4f1e'), 'STREAM', 'CONNECTED', null],
    ['nobody’s peer', row('stream', '0', '0'), 'STREAM', 'UNCONNECTED', null],
    ['a bound datagram socket', row('dgram', '4f1e', '0', '/a'), 'DGRAM', 'UNCONNECTED', '/a'],
    ['a sequenced server', row('seqpac', '4f1e', '0', '/a'), 'SEQPACKET', 'LISTENING', '/a'],
    ['a kind without a name', row('#9', '0', '0'), 'UNKNOWN(9)', 'UNCONNECTED', null],
    [
      'a path with blanks',
      row('dgram', '1', '0', '/a b  0 1'),
      'DGRAM',
      'UNCONNECTED',
      '/a b  0 1',
    ],
    ['a path like columns', row('dgram', '1', '0', '0 0 0'), 'DGRAM', 'UNCONNECTED', '0 0 0'],
  ])('%s', (_, line, type, state, path) => {
    const { rows, warnings } = parse(line);
    expect(warnings).toEqual([]);
    expect(rows).toMatchObject([
      { type, state, path, refCount: null, inode: null, noOwner: 'unknown' },
    ]);
    expect(rows[0]?.flags).toBe(state === 'LISTENING' ? 0x10000 : 0);
  });
});

describe('what -v of 15.1 and later prints', () => {
  it.each([
    ['listening by its options', row('stream', '4f1e', '0'), '00000002', '00080', 'LISTENING'],
    ['bound, not yet listening', row('stream', '4f1e', '0'), '00000000', '00080', 'UNCONNECTED'],
    ['connecting', row('stream', '0', '0'), '00000000', '00084', 'CONNECTING'],
    ['disconnecting', row('stream', '0', '0'), '00000000', '00088', 'DISCONNECTING'],
    ['connected', row('stream', '0', '4f1e'), '00000000', '00082', 'CONNECTED'],
  ])('%s', (_, line, options, socketState, state) => {
    const { rows } = parse(`${line} ${details(options, socketState)} /x y:1 0`, header26);
    expect(rows).toMatchObject([
      { state, refCount: 3, path: '/x y:1 0', owners: [{ pid: 42, program: 'a b:7' }] },
    ]);
  });

  it('reads a row without a path', () => {
    const { rows } = parse(`${row('dgram', '0', '0')} ${details('00000000')}`, header26);
    expect(rows).toMatchObject([{ path: null, owners: [{ pid: 42 }] }]);
  });
});

describe('queues', () => {
  const queued = (line: string) => line.replace(' 0 0 ', ' 145 0 ');
  it.each([
    ['of a connected socket: Recv-Q alone', row('stream', '0', '4f1e'), 145],
    ['of a datagram socket: Recv-Q alone', row('dgram', '4f1e', '0', '/a'), 145],
    [
      'of a server: none, neither column counts connections',
      row('stream', '4f1e', '0', '/a'),
      null,
    ],
  ])('%s', (_, line, recvQueue) => {
    const text = `Active LOCAL (UNIX) domain sockets\n${header}\n${queued(line)}\n`;
    expect(parseUnixSockets(text, 'netstat', { unixQueues: true }).rows).toMatchObject([
      { recvQueue, sendQueue: null },
    ]);
    for (const plain of parseUnixSockets(text, 'netstat').rows) {
      expect(plain).not.toHaveProperty('recvQueue');
      expect(plain).not.toHaveProperty('sendQueue');
    }
  });
});

it('a row that cannot be read costs a warning and only itself', () => {
  const good = row('dgram', '0', '0');
  const { rows, warnings } = parse(`${good}\n/half of a path with a line break\n${good}`);
  expect(rows).toHaveLength(2);
  expect(warnings.map(({ code }) => code)).toEqual(['malformed']);
});

it('shows a header that it does not know', () => {
  expect(() => parse(row('dgram', '0', '0'), header.replace('Conn', 'Peer'))).toThrow(/Peer/);
});
