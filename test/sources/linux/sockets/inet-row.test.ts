import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InetFamily, InetProtocol } from '../../../../src/model/protocol.ts';
import type { InetSocket } from '../../../../src/model/socket/socket.ts';
import { inetRowParser } from '../../../../src/sources/linux/sockets/inet-row.ts';
import { keptRecord } from '../../../../src/sources/linux/sockets/kernel-record.ts';
import { socketProblems } from '../../../contract/problems.ts';
import { sharesHiddenClass } from '../../../support/hidden-class.ts';
import { inetLine } from '../support/inet-line.ts';

function parse(
  line: string,
  protocol: InetProtocol = 'tcp',
  family: InetFamily = 'inet',
  littleEndian = true,
): InetSocket | null {
  const bytes = Buffer.from(line, 'latin1');
  return inetRowParser(protocol, family, littleEndian)(bytes, 0, bytes.length);
}

/** A row of /proc/net/tcp with some fields replaced. */
function line(fields: Partial<Record<keyof typeof usual, string>> = {}): string {
  return Object.values({ ...usual, ...fields }).join(' ');
}
const usual = {
  sl: '   0:',
  local: '0100007F:1F90',
  remote: '070200C0:C350',
  state: '01',
  queues: '00000010:00000020',
  timer: '01:00000064',
  retransmits: '00000003',
  uid: ' 1000',
  probes: '       5',
  inode: '4711',
  rest: '2 0000000000000000 20 4 30 10 -1',
};

const whole: InetSocket = {
  protocol: 'tcp',
  family: 'inet',
  local: { address: '127.0.0.1', port: 8080, zone: null },
  remote: { address: '192.0.2.7', port: 50000, zone: null },
  state: 'ESTABLISHED',
  recvQueue: 32,
  sendQueue: 16,
  timer: { kind: 'on', expiresIn: 1000, retransmits: 3, probes: 5 },
  uid: 1000,
  inode: 4711,
  owners: null,
  noOwner: null,
};

it.each([false, true])('rows have one form, also with further facts: %s', (socketInfo) => {
  const bytes = Buffer.from(line(), 'latin1');
  const parseRow = inetRowParser('udp', 'inet', true, socketInfo);
  expect(sharesHiddenClass(() => parseRow(bytes, 0, bytes.length) as InetSocket)).toBe(true);
});

it.each([
  ['12 00000000a1b2c3d4', { inode: '0' }, 0xa1b2c3d4],
  ['3 0000000000000000', { inode: '0' }, 0],
  // An address of a 64-bit machine: a number holds the lower end.
  ['3 ffff88810abcde40', { inode: '0' }, 0xf88810abcde40],
  ['3 c1a2b3c4 20 4', { inode: '0' }, 0xc1a2b3c4],
  ['', { inode: '0' }, 0],
  ['3 00000000a1b2c3d4', { inode: '7' }, 0],
])(
  'of the record of a row that ends in %o the number is kept, if it has no inode',
  (rest, fields, record) => {
    const bytes = Buffer.from(line({ ...fields, rest }), 'latin1');
    const row = inetRowParser('tcp', 'inet', true, false, true)(bytes, 0, bytes.length);
    expect(keptRecord(row as InetSocket)).toBe(record);
  },
);

describe('a whole row', () => {
  it('parses', () => {
    expect(parse(line())).toEqual(whole);
  });

  it.each([
    ['columns that later kernels add', { rest: '2 0 20 4 30 10 -1 9 9 new' }, {}],
    ['no column after the inode', { rest: '' }, {}],
    ['lower-case digits', { local: '0100007f:1f90', state: '0a' }, { state: 'LISTEN' }],
    ['tabs and wide gaps', { sl: '\t12345:  ', remote: '  070200C0:C350\t' }, {}],
    ['no number in front', { sl: ':' }, {}],
    ['inode 0 is none', { inode: '0' }, { inode: null }],
    [
      'the largest numbers',
      { uid: '4294967295', inode: '4294967296' },
      { uid: 2 ** 32 - 1, inode: 2 ** 32 },
    ],
    [
      'queues of 2 GiB and more',
      { queues: 'FFFFFFFF:7FFFFFFF' },
      { sendQueue: 2 ** 32 - 1, recvQueue: 2 ** 31 - 1 },
    ],
    ['a row that ends behind the inode', { rest: '' }, {}],
    ['a user past 2^31 as old kernels print it', { uid: '   -2' }, { uid: 4294967294 }],
    ['an inode printed so', { inode: '-2147483648' }, { inode: 2147483648 }],
    [
      'a time-out below zero',
      { probes: '      -1' },
      { timer: { kind: 'on', expiresIn: 1000, retransmits: 3, probes: -1 } },
    ],
    [
      'the same of a kernel that prints it without a sign',
      { probes: '4294967295' },
      { timer: { kind: 'on', expiresIn: 1000, retransmits: 3, probes: -1 } },
    ],
    ['a number in front below zero', { sl: '  -1:' }, {}],
    [
      'TIME_WAIT, whose row is shorter',
      { state: '06', timer: '03:00001770', uid: '    0', probes: '0', inode: '0', rest: '3 0' },
      {
        state: 'TIME_WAIT',
        uid: 0,
        inode: null,
        timer: { kind: 'timewait', expiresIn: 60_000, retransmits: 3, probes: 0 },
      },
    ],
    ['a row that ends before the inode', { inode: '', rest: '' }, { inode: null }],
    [
      'a row that ends before the uid',
      { uid: '', probes: '', inode: '', rest: '' },
      { uid: null, inode: null, timer: { kind: 'on', expiresIn: 1000, retransmits: 3, probes: 0 } },
    ],
  ] as const)('%s', (_, fields, changes) => {
    expect(parse(line(fields))).toEqual({ ...whole, ...changes });
  });

  it('shares one timer among rows that have none running', () => {
    const none = line({ timer: '00:00000000', retransmits: '00000000', probes: '0' });
    expect(parse(none)?.timer).toEqual({ kind: 'off', expiresIn: 0, retransmits: 0, probes: 0 });
    expect(parse(none)?.timer).toBe(parse(none)?.timer);
  });
});

describe('a line that is no row', () => {
  it.each([
    ['nothing', ''],
    ['blanks', '     '],
    ['words', 'nonsense'],
    ['the header', '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt'],
    ['only a number', '   0:'],
    ['no digit in an address', line({ local: '0100007G:1F90' })],
    ['an address too short', line({ local: '0100007:1F90' })],
    ['an address too long', line({ local: '0100007F0:1F90' })],
    ['an IPv6 address in an IPv4 table', line({ local: `${'0'.repeat(32)}:1F90` })],
    ['no port', line({ local: '0100007F' })],
    ['an empty port', line({ local: '0100007F:' })],
    ['a port past the last', line({ remote: '0100007F:10000' })],
    ['another sign for the colon', line({ local: '0100007F;1F90' })],
    ['no remote end', '   0: 0100007F:1F90'],
    ['no state', line({ state: 'ZZ' })],
    ['one queue', line({ queues: '00000000' })],
    ['no timer', line({ timer: '' })],
    ['a row that ends before the retransmissions', line().slice(0, 63)],
    ['a number of more than 64 bits', line({ queues: `${'F'.repeat(17)}:0` })],
    ['NUL bytes', '\u0000\u0001\u0002'],
  ])('%s', (_, text) => {
    expect(parse(text)).toBeNull();
  });

  it('is an IPv4 row in an IPv6 table', () => {
    expect(parse(line(), 'tcp', 'inet6')).toBeNull();
  });
});

describe('states', () => {
  it.each([
    [1, 'ESTABLISHED'],
    [2, 'SYN_SENT'],
    [3, 'SYN_RECV'],
    [4, 'FIN_WAIT1'],
    [5, 'FIN_WAIT2'],
    [6, 'TIME_WAIT'],
    [7, 'CLOSE'],
    [8, 'CLOSE_WAIT'],
    [9, 'LAST_ACK'],
    [10, 'LISTEN'],
    [11, 'CLOSING'],
    [12, 'SYN_RECV'],
    [13, 'BOUND'],
    [0, 'UNKNOWN(0)'],
    [14, 'UNKNOWN(14)'],
    [255, 'UNKNOWN(255)'],
  ])('TCP %d is %s', (code, state) => {
    expect(parse(line({ state: code.toString(16).padStart(2, '0') }))?.state).toBe(state);
  });

  it.each([
    [1, 'ESTABLISHED'],
    [7, 'UNCONN'],
    [0, 'UNKNOWN(0)'],
    [10, 'UNKNOWN(10)'],
  ])('of datagrams: %d is %s', (code, state) => {
    const text = line({ state: code.toString(16) });
    for (const protocol of ['udp', 'udplite', 'raw'] as const) {
      expect(parse(text, protocol)?.state).toBe(state);
    }
  });
});

it.each([
  [0, 'off'],
  [1, 'on'],
  [2, 'keepalive'],
  [3, 'timewait'],
  [4, 'probe'],
  [5, 'unknown(5)'],
  [255, 'unknown(255)'],
])('timer %d is %s', (code, kind) => {
  const timer = `${code.toString(16).padStart(2, '0')}:0000000A`;
  expect(parse(line({ timer }))?.timer).toMatchObject({ kind, expiresIn: 100 });
});

describe('byte order', () => {
  it.each([
    ['IPv4, little', '0100007F', true, '127.0.0.1'],
    ['IPv4, big', '7F000001', false, '127.0.0.1'],
    ['IPv6, little', 'B80D0120000000000000000001000000', true, '2001:db8::1'],
    ['IPv6, big', '20010DB8000000000000000000000001', false, '2001:db8::1'],
    ['mapped, little', '0000000000000000FFFF0000070200C0', true, '::ffff:192.0.2.7'],
    ['mapped, big', '00000000000000000000FFFFC0000207', false, '::ffff:192.0.2.7'],
  ])('%s', (_, digits, littleEndian, address) => {
    const family = digits.length === 8 ? 'inet' : 'inet6';
    const text = line({ local: `${digits}:0050`, remote: `${digits}:0051` });
    const row = parse(text, 'tcp', family, littleEndian);
    expect(row?.local).toEqual({ address, port: 80, zone: null });
    expect(row?.remote).toEqual({ address, port: 81, zone: null });
  });
});

const port = fc.integer({ min: 0, max: 0xffff });
const ipv4 = fc.ipV4().map((address) => address);
const count = fc.nat(0xffffffff);
const kinds = fc.constantFrom('off', 'on', 'keepalive', 'timewait', 'probe', 'unknown(7)');
const states = fc.constantFrom(
  ...([
    'ESTABLISHED',
    'SYN_SENT',
    'SYN_RECV',
    'FIN_WAIT1',
    'FIN_WAIT2',
    'TIME_WAIT',
    'CLOSE',
  ] as const),
  ...(['CLOSE_WAIT', 'LAST_ACK', 'LISTEN', 'CLOSING', 'BOUND', 'UNKNOWN(99)'] as const),
);
const sockets = fc.record({
  protocol: fc.constant('tcp' as const),
  family: fc.constant('inet' as const),
  local: fc.record({ address: ipv4, port, zone: fc.constant(null) }),
  remote: fc.record({ address: ipv4, port, zone: fc.constant(null) }),
  state: states,
  recvQueue: count,
  sendQueue: count,
  timer: fc.record({
    kind: kinds as fc.Arbitrary<'off'>,
    expiresIn: fc.nat(0xffffffff).map((ticks) => ticks * 10),
    retransmits: count,
    probes: fc.nat(255),
  }),
  uid: count,
  inode: fc.option(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), { nil: null }),
  owners: fc.constant(null),
  noOwner: fc.constant(null),
});

describe('any row', () => {
  it('parses back to the socket it was printed from, in either byte order', () => {
    fc.assert(
      fc.property(sockets, fc.boolean(), (socket, littleEndian) => {
        expect(parse(inetLine(socket, littleEndian), 'tcp', 'inet', littleEndian)).toEqual(socket);
      }),
    );
  });

  it('of an IPv6 table likewise', () => {
    const address = fc
      .tuple(...Array.from({ length: 8 }, () => fc.oneof(fc.constant(0), port)))
      .map((groups) => groups.map((group) => group.toString(16)).join(':'))
      .map((text) => new URL(`http://[${text}]`).hostname.slice(1, -1));
    fc.assert(
      fc.property(sockets, address, fc.boolean(), (socket, given, littleEndian) => {
        // IPv4 inside an address has its own spelling, which the address' tests see to.
        fc.pre(!/^::(ffff:)?[\da-f]+:[\da-f]+$/.test(given));
        const local = { ...socket.local, address: given };
        const remote = { ...socket.remote, address: '::' };
        const six = { ...socket, family: 'inet6' as const, local, remote };
        expect(parse(inetLine(six, littleEndian), 'tcp', 'inet6', littleEndian)).toEqual(six);
      }),
    );
  });
});

describe('anything', () => {
  const protocols = fc.constantFrom('tcp' as const, 'udp' as const, 'raw' as const);
  const families = fc.constantFrom('inet' as const, 'inet6' as const);

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), protocols, families, (bytes, protocol, family) => {
        const row = inetRowParser(protocol, family, true)(Buffer.from(bytes), 0, bytes.length);
        expect(row === null ? [] : socketProblems(row)).toEqual([]);
      }),
    );
  });

  it('that was a row once breaks no promise of the model', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789ABCDEFabcdef: -x\t') });
    fc.assert(
      fc.property(
        sockets,
        fc.array(fc.tuple(fc.nat(160), fc.nat(4), digits), { maxLength: 4 }),
        protocols,
        (socket, edits, protocol) => {
          let text = inetLine(socket);
          for (const [at, length, insert] of edits) {
            text = text.slice(0, at) + insert + text.slice(at + length);
          }
          const row = parse(text, protocol);
          expect(row === null ? [] : socketProblems(row)).toEqual([]);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
