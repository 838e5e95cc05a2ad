import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InetSocket, Socket, UnixSocket } from '../../../../src/model/socket/socket.ts';
import type { TableFile } from '../../../../src/sources/linux/proc/proc.ts';
import { tables } from '../../../../src/sources/linux/sockets/sockets.ts';
import type { Table } from '../../../../src/sources/linux/sockets/table.ts';
import { socketProblems } from '../../../contract/problems.ts';
import { warningSink } from '../../../support/source-answers.ts';
import { rowsOf, tableOf } from '../support/fake-proc.ts';

const [tcp, tcp6] = tables.tcp;
const [unix] = tables.unix;
const [endpoints, associations] = tables.sctp as readonly [Table, Table];

const header = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt\n';
const row = (port: number, inode = port) =>
  `   0: 0100007F:${port.toString(16).padStart(4, '0')} 00000000:0000 0A ` +
  `00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0000000000000000\n`;
const unixHeader = 'Num       RefCount Protocol Flags    Type St Inode Path\n';
const unixLine = (inode: number, path: string) =>
  `0000000000000000: 00000002 00000000 00010000 0001 01 ${inode}${path === '' ? '' : ` ${path}`}\n`;
const exactLine = (inode: number, path: string) =>
  `0000000000000000: 00000002 00000000 00010000 0001 01 ${String(inode).padStart(5)} ${path}\n`;

function read(table: Table, file: TableFile) {
  const sink = warningSink();
  const sockets: Socket[] = [];
  for (const batch of rowsOf(table, file, sink)) sockets.push(...batch);
  return { sockets, warnings: sink.warnings };
}
const ports = (sockets: readonly Socket[]) => sockets.map((s) => (s as InetSocket).local.port);
const paths = (sockets: readonly Socket[]) => sockets.map((s) => (s as UnixSocket).path);

describe('an Internet table', () => {
  it.each([
    ['only a header', header, [], []],
    ['rows', header + row(1) + row(2), [1, 2], []],
    [
      'no line break at the end',
      (header + row(1)).trimEnd(),
      [1],
      ['/proc/net/tcp: ends without a line break: its last line may be truncated'],
    ],
    ['a header alone without its line break', header.trimEnd(), [], []],
    ['empty lines', `${header}\n${row(1)}\n\n${row(2)}`, [1, 2], []],
    [
      'an empty file',
      '',
      [],
      ['/proc/net/tcp: empty, without even a header line: this system does not fill it'],
    ],
    [
      'a line that is no row',
      `${header}${row(1)}oops\n${row(2)}`,
      [1, 2],
      ['/proc/net/tcp: line 3 skipped: it could not be read: "oops"'],
    ],
    [
      'a line of any bytes',
      `${header}${row(1)}\x00\x1b[31m\xff${row(2)}`,
      [1],
      [
        `/proc/net/tcp: line 3 skipped: it could not be read: "\\u0000\\u001b[31m\\u00c3\\u00bf${row(2).trimEnd()}"`,
      ],
    ],
    [
      'several',
      `${header}a\n${row(1)}b\nc`,
      [1],
      ['/proc/net/tcp: 3 lines skipped that could not be read, the first at line 2: "a"'],
    ],
    ['carriage returns', `${header}${row(1).replace('\n', '\r\n')}${row(2)}`, [1, 2], []],
  ])('%s', (_, text, expected, warnings) => {
    const found = read(tcp, tableOf(text));
    expect(ports(found.sockets)).toEqual(expected);
    expect(found.warnings.map(({ message }) => message)).toEqual(warnings);
  });

  it('loses no row at the edge of a block, and counts lines on', () => {
    const count = 5000;
    const text = Array.from({ length: count }, (_, at) => row(at + 1)).join('');
    const { sockets, warnings } = read(tcp, tableOf(`${header}${text}oops\n`, 4090));
    expect(ports(sockets)).toEqual(Array.from({ length: count }, (_, at) => at + 1));
    expect(warnings.map(({ message }) => message)).toEqual([
      `/proc/net/tcp: line ${count + 2} skipped: it could not be read: "oops"`,
    ]);
  });

  it('gets over a line longer than a block', () => {
    const { sockets, warnings } = read(tcp, tableOf(`${header}${'x'.repeat(200_000)}\n${row(7)}`));
    expect(ports(sockets)).toEqual([7]);
    expect(warnings.map(({ message }) => message)).toEqual([
      `/proc/net/tcp: line 2 skipped: it could not be read: "${'x'.repeat(200)}..."`,
    ]);
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        for (const table of [tcp, tcp6, endpoints, associations, unix]) {
          const file = tableOf(Buffer.concat([Buffer.from(header), bytes]));
          const { sockets } = read(table, file);
          expect(sockets.flatMap(socketProblems)).toEqual([]);
        }
      }),
    );
  });

  it('lets go of the file when it is left before the end', () => {
    const file = tableOf(header + row(1).repeat(5000));
    for (const _ of rowsOf(tcp, file, warningSink())) break;
    expect(file.closed).toBe(1);
  });
});

describe('the UNIX table', () => {
  it.each([
    ['only a header', unixHeader, [], 0],
    ['rows', unixHeader + unixLine(1, '/a') + unixLine(2, ''), ['/a', null], 0],
    [
      'a line break in a path',
      unixHeader + unixLine(1, '/a\nb') + unixLine(2, '/c'),
      ['/a\nb', '/c'],
      0,
    ],
    [
      'several of them, one at the end',
      unixHeader + unixLine(1, '/a\n\nb\n') + unixLine(2, '/c'),
      ['/a\n\nb\n', '/c'],
      0,
    ],
    ['a line break in the last path', unixHeader + unixLine(1, '/a\nb'), ['/a\nb'], 0],
    [
      'NUL bytes behind a path with a line break',
      unixHeader + unixLine(1, '@a\nb\0\0'),
      ['@a\nb'],
      0,
    ],
    ['no line break at the end', (unixHeader + unixLine(1, '/a')).trimEnd(), ['/a'], 1],
    ['cut within a row', `${unixHeader}${unixLine(1, '/a')}ffff8a5edc6b24`, ['/a'], 1],
    ['cut within a path', `${unixHeader}${unixLine(1, '/a\nb').trimEnd()}`, ['/a'], 1],
    [
      'a made-up row in another form than the first',
      unixHeader + exactLine(10, '@x\n0: 2 0 10000 1 1 77 /run/sshd.sock') + exactLine(11, '/b'),
      ['@x\n0: 2 0 10000 1 1 77 /run/sshd.sock', '/b'],
      0,
    ],
    [
      'one with a Num of another width',
      unixHeader + exactLine(10, `@x\n${exactLine(77, '/run/sshd.sock').slice(8, -1)}`),
      [`@x\n${exactLine(77, '/run/sshd.sock').slice(8, -1)}`],
      0,
    ],
    [
      'any form where the first row is in none',
      `${unixHeader}0: 2 0 10000 1 1 10 /a\n${exactLine(11, '/b')}`,
      ['/a', '/b'],
      0,
    ],
    ['a stray line in front', `${unixHeader}oops\n${unixLine(1, '/a')}`, ['/a'], 1],
    ['a stray line behind an unbound socket', `${unixHeader}${unixLine(1, '')}oops\n`, [null], 1],
  ])('%s', (_, text, expected, warned) => {
    const { sockets, warnings } = read(unix, tableOf(text));
    expect(paths(sockets)).toEqual(expected);
    expect(warnings.length).toBe(warned);
  });

  it('puts a path together that the edge of a block cuts at its line break', () => {
    const filler = unixLine(1, '/filler/of/some/length');
    for (let shift = 0; shift < 60; shift++) {
      const lines = filler.repeat(Math.floor((65_536 - unixHeader.length - 40) / filler.length));
      const text = `${unixHeader}${lines}${unixLine(2, `/${'x'.repeat(shift)}\ntail`)}`;
      const { sockets, warnings } = read(unix, tableOf(text + unixLine(3, '/last')));
      expect(paths(sockets).slice(-2)).toEqual([`/${'x'.repeat(shift)}\ntail`, '/last']);
      expect(warnings).toEqual([]);
    }
  });

  it('reports that it is empty', () => {
    expect(read(unix, tableOf('')).warnings.map(({ code }) => code)).toEqual(['empty']);
  });
});

describe('the SCTP tables', () => {
  const epsHeader = ' ENDPT     SOCK   STY SST HBKT LPORT   UID INODE LADDRS\n';
  const assocsHeader = ' ASSOC     SOCK   STY SST ST HBKT ASSOC-ID TX_QUEUE RX_QUEUE UID INODE\n';
  const end = (text: string) => `0 0 2 ${text}\n`;

  it.each([
    ['one address', '10 36 5000 0 77 127.0.0.1', '127.0.0.1', []],
    ['several', '10 36 5000 0 77 192.0.2.1 192.0.2.2 ', '192.0.2.1', ['192.0.2.2']],
    ['IPv6 in full', '10 36 5000 0 77 2001:0db8:0000:0000:0000:0000:0000:0001', '2001:db8::1', []],
    [
      'the one in use is marked',
      '10 36 5000 0 77 192.0.2.1 *192.0.2.2',
      '192.0.2.1',
      ['192.0.2.2'],
    ],
  ])('an endpoint: %s', (_, text, address, alternates) => {
    const { sockets, warnings } = read(endpoints, tableOf(epsHeader + end(text)));
    expect(warnings).toEqual([]);
    expect(sockets).toMatchObject([
      {
        protocol: 'sctp',
        family: address.includes(':') ? 'inet6' : 'inet',
        local: { address, port: 5000 },
        localAlternates: alternates,
        remote: { address: address.includes(':') ? '::' : '0.0.0.0', port: 0 },
        remoteAlternates: [],
        state: 'LISTEN',
        recvQueue: null,
        sendQueue: null,
        timer: null,
        inode: 77,
      },
    ]);
  });

  it('an association', () => {
    const text =
      '0 0 2 1 3 7 12 120 64 1000 77 5000 6000  *192.0.2.1 192.0.2.2 <-> *192.0.2.9 198.51.100.9 \t 7500 10 10 10 0 0 0 1 0 212992 212992\n';
    const { sockets, warnings } = read(associations, tableOf(assocsHeader + text));
    expect(warnings).toEqual([]);
    expect(sockets).toMatchObject([
      {
        local: { address: '192.0.2.1', port: 5000 },
        localAlternates: ['192.0.2.2'],
        remote: { address: '192.0.2.9', port: 6000 },
        remoteAlternates: ['198.51.100.9'],
        state: 'ESTABLISHED',
        associationState: 'ESTABLISHED',
        sendQueue: 120,
        recvQueue: 64,
        uid: 1000,
        inode: 77,
      },
    ]);
  });

  it.each([
    ['no address', '10 36 5000 0 77'],
    ['a port past the last', '10 36 65536 0 77 127.0.0.1'],
    ['a negative port', '10 36 -1 0 77 127.0.0.1'],
    ['no number for a state', 'x 36 5000 0 77 127.0.0.1'],
    ['a fraction', '1.5 36 5000 0 77 127.0.0.1'],
    ['two signs', '10 36 5000 0 --77 127.0.0.1'],
    ['a number below 32 bits', '10 36 5000 0 -2147483649 127.0.0.1'],
    ['hexadecimal', '0x0A 36 5000 0 77 127.0.0.1'],
  ])('an endpoint that is none: %s', (_, text) => {
    const { sockets, warnings } = read(endpoints, tableOf(epsHeader + end(text)));
    expect(sockets).toEqual([]);
    expect(warnings.map(({ code }) => code)).toEqual(['malformed']);
  });

  it('numbers that the kernel prints with a sign', () => {
    const text = '0 0 2 1 3 7 12 -4 -5 -2 77 5000 6000  *192.0.2.1 <-> *192.0.2.9 \t 7500\n';
    const { sockets } = read(associations, tableOf(assocsHeader + text));
    expect(sockets).toMatchObject([
      { sendQueue: 4294967292, recvQueue: 4294967291, uid: 4294967294, inode: 77 },
    ]);
  });

  it.each([
    [0, 'CLOSED'],
    [1, 'COOKIE_WAIT'],
    [2, 'COOKIE_ECHOED'],
    [3, 'ESTABLISHED'],
    [4, 'SHUTDOWN_PENDING'],
    [5, 'SHUTDOWN_SENT'],
    [6, 'SHUTDOWN_RECEIVED'],
    [7, 'SHUTDOWN_ACK_SENT'],
    [8, 'UNKNOWN(8)'],
  ])('state %i of an association is %s', (code, state) => {
    const text = `0 0 2 1 ${code} 7 12 0 0 0 77 5000 65535 192.0.2.1 <-> 192.0.2.9\n`;
    const { sockets } = read(associations, tableOf(assocsHeader + text));
    expect(sockets).toMatchObject([{ associationState: state, remote: { port: 65535 } }]);
  });

  it.each([
    [1, 'ESTABLISHED'],
    [7, 'CLOSE'],
    [10, 'LISTEN'],
    [11, 'CLOSING'],
    [12, 'UNKNOWN(12)'],
  ])('state %i of an endpoint is %s', (code, state) => {
    const text = end(`${code} 36 5000 0 77 127.0.0.1`);
    expect(read(endpoints, tableOf(epsHeader + text)).sockets).toMatchObject([{ state }]);
  });

  it('an empty file', () => {
    expect(read(endpoints, tableOf('')).warnings.map(({ code }) => code)).toEqual(['empty']);
  });

  it('a last line without its end', () => {
    const text = end('10 36 5000 0 77 127.0.0.1').trimEnd();
    const { sockets, warnings } = read(endpoints, tableOf(epsHeader + text));
    expect(sockets.length).toBe(1);
    expect(warnings.map(({ code }) => code)).toEqual(['cut']);
  });

  it.each([
    ['no arrow', '0 0 2 1 3 7 12 0 0 0 77 5000 6000 192.0.2.1 192.0.2.9'],
    ['no remote address', '0 0 2 1 3 7 12 0 0 0 77 5000 6000 192.0.2.1 <->'],
    ['no local address', '0 0 2 1 3 7 12 0 0 0 77 5000 6000 <-> 192.0.2.1'],
    ['a port past the last', '0 0 2 1 3 7 12 0 0 0 77 5000 66000 192.0.2.1 <-> 192.0.2.9'],
    [
      'no number for its socket’s state',
      '0 0 2 x 3 7 12 0 0 0 77 5000 6000 192.0.2.1 <-> 192.0.2.9',
    ],
    ['no number for its state', '0 0 2 1 x 7 12 0 0 0 77 5000 6000 192.0.2.1 <-> 192.0.2.9'],
    ['no number for a queue', '0 0 2 1 3 7 12 0 x 0 77 5000 6000 192.0.2.1 <-> 192.0.2.9'],
  ])('an association that is none: %s', (_, text) => {
    const { sockets, warnings } = read(associations, tableOf(`${assocsHeader}${text}\n`));
    expect(sockets).toEqual([]);
    expect(warnings.map(({ code }) => code)).toEqual(['malformed']);
  });
});
