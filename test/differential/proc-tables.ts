/** Makes /proc/net tables of any valid content, in the kernel's layout, with processes that own rows. */
import fc from 'fast-check';

/** A captured /proc: paths below it, with contents or (fd) what a link points to. */
export interface ProcTree {
  readonly files: Readonly<Record<string, string>>;
  readonly links: Readonly<Record<string, string>>;
}

export const inetHeader =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
export const unixHeader = 'Num       RefCount Protocol Flags    Type St Inode Path';
const endpointsHeader = ' ENDPT     SOCK   STY SST HBKT LPORT   UID INODE LADDRS';
const associationsHeader =
  ' ASSOC     SOCK   STY SST ST HBKT ASSOC-ID TX_QUEUE RX_QUEUE UID INODE LPORT RPORT LADDRS <-> RADDRS HBINT INS OUTS MAXRT T1X T2X RTXC wmema wmemq sndbuf rcvbuf';

const hex = (value: number, width: number) => value.toString(16).toUpperCase().padStart(width, '0');
const u32 = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(0, 1, 9, 100, 65535, 999999, 0x7fffffff, 0x80000000) },
  { weight: 1, arbitrary: fc.constant(0xffffffff) },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 0xffffffff }) },
);
const small = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 100_000 }));
const port = fc.oneof(
  fc.constantFrom(0, 1, 22, 80, 40000, 65535),
  fc.integer({ min: 0, max: 65535 }),
);
/** An association always has a peer. */
const peerPort = port.map((number) => number || 9);
/** Old kernels print what is past 2^31 with a sign. */
const uid = fc.oneof(
  fc.constantFrom(-1, -2, -0x80000000, 0, 33, 4000, 4242, 65534, 0x7fffffff, 0xffffffff),
  u32,
);

const word = fc.oneof(
  fc.constantFrom(
    '00000000',
    'FFFFFFFF',
    '0100007F',
    '00000001',
    '01000000',
    'FFFF0000',
    '0000FFFF',
  ),
  u32.map((value) => hex(value, 8)),
);
const address4 = word;
const address6 = fc.oneof(
  fc.constantFrom(
    '00000000000000000000000000000000',
    '00000000000000000000000001000000',
    '00000000000000000000000000010000',
    'FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF',
    '0000000000000000FFFF00000100007F',
    '0000000000000000FFFF000000000000',
    '000080FE00000000FF005450E9E1E1FE',
  ),
  fc.array(word, { minLength: 4, maxLength: 4 }).map((words) => words.join('')),
);

/** The kernel ends a row so: not at all (old ones), briefly (TIME_WAIT), in full, or padded. */
const tail = fc.constantFrom(
  '',
  ' 3 0000000000000000',
  ' 1 0000000000000000 100 0 0 10 0                      ',
  ' 2 0000000000000000 0         ',
);

/**
 * TCP states past the kernel's last would make net-tools read past its own table, so there is
 * nothing to compare with; the other protocols take any number.
 */
const tcpState = fc.integer({ min: 1, max: 11 });
const listening = 10;
/** Every TCP socket in the kernel's table has a peer, but for those that listen. */
const tcpPeerPort = (state: number, any: number) => (state === listening ? 0 : any || 9);
const anyState = fc.oneof(fc.constantFrom(1, 7), fc.integer({ min: 0, max: 255 }));

/** One row; `remotePort` is told the state, since TCP's ports depend on it. */
function inetRow(
  address: fc.Arbitrary<string>,
  state: fc.Arbitrary<number>,
  remotePort: (state: number, any: number) => number = (_, any) => any,
) {
  return fc
    .record({
      local: address,
      remote: address,
      ports: fc.tuple(port, port),
      state,
      queues: fc.tuple(u32, u32),
      timer: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 255 })),
      when: u32,
      retransmits: u32,
      uid,
      timeout: fc.oneof(small, fc.constantFrom(-1, 0xffffffff)),
      withoutInode: fc.boolean(),
      tail,
    })
    .map((row) => (inode: number, index: number) => {
      // The same socket twice in one reading is one socket here and two rows there: keep them apart.
      const local = row.withoutInode ? index + 1 : row.ports[0];
      return (
        `${String(index).padStart(4)}: ${row.local}:${hex(local, 4)} ${row.remote}:${hex(remotePort(row.state, row.ports[1]), 4)} ` +
        `${hex(row.state, 2)} ${hex(row.queues[0], 8)}:${hex(row.queues[1], 8)} ` +
        `${hex(row.timer, 2)}:${hex(row.when, 8)} ${hex(row.retransmits, 8)} ` +
        `${String(row.uid).padStart(5)} ${String(row.timeout).padStart(8)} ` +
        `${row.withoutInode ? 0 : inode}${row.tail}`
      );
    });
}

/** The kernel lists listening TCP sockets first. */
const isListener = (line: string) => /^ *\d+: \S+ \S+ 0A /.test(line);

const path = fc.oneof(
  fc.constant(null),
  fc.constantFrom('/run/a.sock', '@abstract', '@', '/with blank', '/ünï', '@two @blanks'),
  fc
    .tuple(
      fc.constantFrom('/', '@', '@/', ''),
      fc.string({ unit: fc.constantFrom(...'abcXYZ019/@:.,-_[](){}%\\\'" é日'), maxLength: 40 }),
    )
    .map(([start, rest]) => `${start}${rest}`)
    // What reads like an escape of ours is printed with another backslash, which netstat does not.
    .filter((name) => name !== '' && !/\\x[0-9a-f]{2}/i.test(name)),
);

const unixRow = fc
  .record({
    refCount: u32,
    flags: fc.oneof(
      fc.constantFrom(0, 0x10000, 0x20000, 0x40000, 0x30000, 0x50000, 0x60000, 0x70000, 0x90001),
      u32,
    ),
    type: fc.oneof(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 65535 })),
    state: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 255 })),
    path,
  })
  .map(
    (row) => (inode: number) =>
      `0000000000000000: ${hex(row.refCount, 8)} 00000000 ${hex(row.flags, 8)} ` +
      `${hex(row.type, 4)} ${hex(row.state, 2)} ${String(inode).padStart(5)}` +
      (row.path === null ? '' : ` ${row.path}`),
  );

const sctpAddress = fc.oneof(
  fc.ipV4(),
  fc
    .array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })), {
      minLength: 8,
      maxLength: 8,
    })
    .map((groups) => groups.map((group) => hex(group, 4).toLowerCase()).join(':')),
);
const sctpAddresses = fc
  .tuple(fc.array(sctpAddress, { minLength: 1, maxLength: 3 }), fc.nat(2))
  .map(([list, primary]) => list.map((text, index) => (index === primary ? `*${text}` : text)));
const sctpState = fc.integer({ min: 0, max: 15 });

const endpoint = fc
  .record({
    state: sctpState,
    port,
    uid,
    addresses: fc.array(sctpAddress, { minLength: 1, maxLength: 3 }),
  })
  .map(
    (row) => (inode: number) =>
      `ffff8f0a12345678 ffff8f0a87654321 2   ${String(row.state).padEnd(3)} 29   ` +
      `${String(row.port).padEnd(5)} ${String(row.uid).padStart(5)} ${String(inode).padStart(5)} ` +
      row.addresses.map((text) => `${text} `).join(''),
  );

const association = fc
  .record({
    state: sctpState,
    queues: fc.tuple(small, small),
    ports: fc.tuple(port, peerPort),
    uid,
    local: sctpAddresses,
    remote: sctpAddresses,
  })
  .map(
    (row) => (inode: number, index: number) =>
      `ffff8f0a12345678 ffff8f0a87654321 2   ${String(row.state).padEnd(3)} 3  5    ` +
      `${String(index).padStart(4)} ${String(row.queues[0]).padStart(8)} ${String(row.queues[1]).padStart(8)} ` +
      `${String(row.uid).padStart(7)} ${String(inode).padStart(5)} ` +
      `${String(row.ports[0]).padEnd(5)} ${String(row.ports[1]).padEnd(5)} ` +
      `${row.local.map((text) => `${text} `).join('')}<-> ${row.remote.map((text) => `${text} `).join('')}` +
      '\t    7500    10    10   10    0    0        0        1        0   212992   212992',
  );

type Row = (inode: number, index: number) => string;

const tables: Readonly<Record<string, readonly [header: string, row: fc.Arbitrary<Row>]>> = {
  tcp: [inetHeader, inetRow(address4, tcpState, tcpPeerPort)],
  tcp6: [inetHeader, inetRow(address6, tcpState, tcpPeerPort)],
  udp: [inetHeader, inetRow(address4, anyState)],
  udp6: [inetHeader, inetRow(address6, anyState)],
  udplite: [inetHeader, inetRow(address4, anyState)],
  udplite6: [inetHeader, inetRow(address6, anyState)],
  raw: [inetHeader, inetRow(address4, anyState)],
  raw6: [inetHeader, inetRow(address6, anyState)],
  unix: [unixHeader, unixRow],
  'sctp/eps': [endpointsHeader, endpoint],
  'sctp/assocs': [associationsHeader, association],
};

const program = fc.constantFrom(
  '/usr/sbin/sshd',
  'nginx: worker process',
  '-bash',
  './relative/name',
  '[brackets]',
  '/opt/a b/c d e',
  'a-name-that-is-longer-than-the-column',
  '',
);

const owners = [7, 1234, 4194303] as const;

/** All tables but SCTP's, which few kernels have. */
export const commonTables = Object.keys(tables).filter((name) => !name.startsWith('sctp/'));
export const sctpTables = Object.keys(tables).filter((name) => name.startsWith('sctp/'));

/** Valid rows in the tables named, and three processes that hold about half of their sockets. */
export function procTree(filled: readonly string[], maxLength: number): fc.Arbitrary<ProcTree> {
  const rowsOf = (name: string, row: fc.Arbitrary<Row>) =>
    fc.array(row, { maxLength: filled.includes(name) ? maxLength : 0 });
  return fc
    .record({
      rows: fc.record(
        Object.fromEntries(
          Object.entries(tables).map(([name, [, row]]) => [name, rowsOf(name, row)]),
        ),
      ),
      programs: fc.tuple(program, program, program),
      spread: fc.array(fc.nat(5), { minLength: 1, maxLength: 20 }),
      // net-tools does not take one digit for an inode.
      firstInode: fc.constantFrom(10, 99_999_990, 4_294_960_000, 123_456),
    })
    .map(({ rows, programs, spread, firstInode }) => {
      const files: Record<string, string> = {};
      const links: Record<string, string> = {};
      let inode = firstInode;
      for (const [name, [header]] of Object.entries(tables)) {
        const lines = (rows[name] ?? []).map((row, index) => {
          inode += 1;
          const owner = owners[spread[inode % spread.length] ?? owners.length];
          if (owner !== undefined) {
            links[`${owner}/fd/${inode}`] = `socket:[${inode}]`;
          }
          return row(inode, index);
        });
        if (name.startsWith('tcp')) {
          lines.sort((one, other) => Number(isListener(other)) - Number(isListener(one)));
        }
        files[`net/${name}`] = [header, ...lines, ''].join('\n');
      }
      owners.forEach((pid, index) => {
        files[`${pid}/cmdline`] = `${programs[index]}\0--flag\0`;
        files[`${pid}/comm`] = 'comm\n';
        files[`${pid}/stat`] = `${pid} (comm) S 1 ${pid} ${pid} 0 -1\n`;
        links[`${pid}/fd/0`] = '/dev/null';
      });
      return { files, links };
    });
}
