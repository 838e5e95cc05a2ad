import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NetstatError } from '../../../src/errors.ts';
import { parseGroups } from '../../../src/sources/darwin/groups.ts';
import { parseInterfaces } from '../../../src/sources/darwin/interfaces.ts';
import { parseProcesses } from '../../../src/sources/darwin/processes.ts';
import { parseRoutes } from '../../../src/sources/darwin/routes.ts';
import { fixture, parseInetSockets, parseUnixSockets, releases } from './helpers.ts';

const front = 'Proto Recv-Q Send-Q  Local Address  Foreign Address  (state)';
const counts = 'gencnt flags flags1 usecnt rtncnt fltrs';
/** Each release's columns, and what the row writer below calls them. */
const layouts = {
  an: '',
  '10.10': 'rhiwat shiwat pid epid',
  '10.14': 'rhiwat shiwat pid epid state options',
  '13': `rhiwat shiwat pid epid state options ${counts.replace('usecnt', 'usscnt')}`,
  '15.1': `rxbytes txbytes rhiwat shiwat pid epid state options ${counts}`,
  '26': `rxbytes txbytes rhiwat shiwat process:pid state options ${counts}`,
} as const;

const uint32 = fc.integer({ min: 0, max: 0xffffffff });
const hex = (digits: number) =>
  fc
    .bigInt({ min: 0n, max: 16n ** BigInt(digits) - 1n })
    .map((value) => value.toString(16).padStart(digits, '0'));
const port = fc.integer({ min: 0, max: 65535 });
const zone = fc.constantFrom(null, 'en0', 'utun3', 'vlan0.5', 'bridge100');

/** Groups that are neither zero nor long runs, so that the text is canonical as it stands. */
const group = fc.integer({ min: 1, max: 0xffff }).map((value) => value.toString(16));
const ipv6 = fc.oneof(
  fc.array(group, { minLength: 8, maxLength: 8 }).map((groups) => groups.join(':')),
  fc.tuple(group, group, group).map(([a, b, c]) => `2001:db8:${a}::${b}:${c}`),
  fc.constant('::1'),
);
const endpoint4 = fc.oneof(
  fc.record({ address: fc.ipV4(), port, zone: fc.constant(null) }),
  fc.record({ address: fc.constant('0.0.0.0'), port, zone: fc.constant(null) }),
);
const endpoint6 = fc.oneof(
  fc
    .record({ address: ipv6, port, zone })
    // Addresses as long as the cuts cannot be told from cut ones.
    .filter((end) => ![16, 39].includes(hostText(end).length) && hostText(end).length < 39),
  fc.record({ address: fc.constant('::'), port, zone: fc.constant(null) }),
);

interface End {
  readonly address: string;
  readonly port: number;
  readonly zone: string | null;
}
function hostText({ address, zone }: End): string {
  if (address === '::' || address === '0.0.0.0') return '*';
  return zone === null ? address : `${address}%${zone}`;
}
const endText = (end: End) => `${hostText(end)}.${end.port === 0 ? '*' : end.port}`;

const states = {
  CLOSED: 'CLOSE',
  LISTEN: 'LISTEN',
  SYN_RCVD: 'SYN_RECV',
  FIN_WAIT_1: 'FIN_WAIT1',
  FIN_WAIT_2: 'FIN_WAIT2',
  CLOSE_WAIT: 'CLOSE_WAIT',
  'ESTABLISHED*': 'ESTABLISHED',
  '77': 'UNKNOWN(77)',
} as const;

/** Up to 31 characters of anything but a line break, as proc_name gives; blanks in front are lost. */
const processName = fc
  .string({ unit: 'binary', maxLength: 31 })
  .map((name) => name.replaceAll('\n', ' ').trimStart());

const facts = fc
  .record({
    protocol: fc.constantFrom('tcp' as const, 'udp' as const),
    six: fc.boolean(),
    state: fc.constantFrom(...(Object.keys(states) as (keyof typeof states)[])),
    recvQueue: uint32,
    sendQueue: uint32,
    pid: fc.integer({ min: 1, max: 99_999_999 }),
    name: processName,
    numbers: fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), {
      minLength: 4,
      maxLength: 4,
    }),
    codes: fc.tuple(hex(5), hex(8), hex(16), hex(8), hex(8), hex(6)),
    gaps: fc.infiniteStream(fc.integer({ min: 1, max: 30 })),
  })
  .chain((row) =>
    fc
      .tuple(row.six ? endpoint6 : endpoint4, row.six ? endpoint6 : endpoint4)
      .map(([local, remote]) => ({ ...row, local, remote })),
  );
type Facts = typeof facts extends fc.Arbitrary<infer Row> ? Row : never;

/** The words of a row, in the order of its layout. */
function tail(row: Facts, names: string): string[] {
  const [state, options, gencnt, flags, flags1, fltrs] = row.codes;
  const [rxbytes, txbytes, rhiwat, shiwat] = row.numbers.map(String);
  const known: Readonly<Record<string, string | undefined>> = {
    ...{ rxbytes, txbytes, rhiwat, shiwat, options, gencnt, flags, flags1, fltrs, state },
    pid: String(row.pid),
    epid: '0',
    'process:pid': `${row.name}:${row.pid}`,
    usecnt: '1',
    usscnt: '1',
    rtncnt: '-1',
  };
  return names === '' ? [] : names.split(' ').map((name) => known[name] ?? '?');
}

function print(row: Facts, names: string): string {
  const proto = `${row.protocol}${row.six ? '6' : '4'}`;
  const cells = [
    ...[proto, String(row.recvQueue), String(row.sendQueue)],
    ...[endText(row.local), endText(row.remote)],
    ...(row.protocol === 'tcp' ? [row.state] : []),
    ...tail(row, names),
  ];
  return cells.map((cell) => cell + ' '.repeat(row.gaps.next().value ?? 1)).join('');
}

function model(row: Facts, layout: keyof typeof layouts) {
  const state = row.protocol === 'tcp' ? states[row.state] : null;
  const any = row.remote.port === 0 && hostText(row.remote) === '*';
  return {
    protocol: row.protocol,
    family: row.six ? 'inet6' : 'inet',
    local: row.local,
    remote: row.remote,
    state: state ?? (any ? 'UNCONN' : 'ESTABLISHED'),
    // What a server has in its buffers is not its accept queue.
    recvQueue: state === 'LISTEN' ? null : row.recvQueue,
    sendQueue: state === 'LISTEN' ? null : row.sendQueue,
    timer: null,
    uid: null,
    inode: null,
    owners:
      layout === 'an'
        ? []
        : [
            {
              pid: row.pid,
              program: layout === '26' ? row.name || null : null,
              commandLine: null,
              executable: null,
              fd: null,
            },
          ],
    noOwner: layout === 'an' ? 'unknown' : null,
  };
}

const layoutNames = Object.keys(layouts) as (keyof typeof layouts)[];

describe.each(layoutNames)('rows of layout %s', (layout) => {
  it('come back whatever their widths, and whatever the header’s', () => {
    fc.assert(
      fc.property(
        fc.array(facts, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 2, max: 40 }),
        (rows, width) => {
          const header = `${front} ${layouts[layout]}`
            .replace(/ {2,}| (?!Address)/g, ' '.repeat(width))
            .trimEnd();
          const lines = rows.map((row) => print(row, layouts[layout]));
          const text = `Active Internet connections\n${header}\n${lines.join('\n')}\n`;
          expect(parseInetSockets(text, 'netstat')).toEqual({
            rows: rows.map((row) => model(row, layout)),
            warnings: [],
          });
        },
      ),
    );
  });
});

describe.each(layoutNames.slice(1))('a row of another layout under the header of %s', (layout) => {
  it.each(layoutNames.filter((other) => other !== layout))('%s: warns, never guesses', (other) => {
    fc.assert(
      fc.property(facts, (row) => {
        const text = `${front} ${layouts[layout]}\n${print(row, layouts[other])}\n`;
        const { rows, warnings } = parseInetSockets(text, 'netstat');
        const pid = rows[0]?.owners?.[0]?.pid;
        expect(rows.length + warnings.length).toBe(1);
        expect(pid === undefined || pid === row.pid).toBe(true);
      }),
    );
  });
});

describe('UNIX sockets of macOS 26', () => {
  const head = 'Address Type Recv-Q Send-Q Inode Conn Refs Nextref';
  const path = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 104 })
    .map((text) => `/${text.replaceAll('\n', ' ')}`);

  it('come back whatever their widths, names and paths', () => {
    fc.assert(
      fc.property(facts, fc.option(path), hex(16), hex(16), (row, place, inode, conn) => {
        const pointers = `4f1eb4c578f0c101 stream 0 0 ${inode} ${conn} 0 0`.split(' ');
        const cells = [...pointers, ...tail(row, layouts['26'])];
        const [last = '', ...before] = cells.reverse();
        const spaced = before
          .reverse()
          .map((cell) => cell.padEnd(cell.length + (row.gaps.next().value ?? 1)));
        const line = `${spaced.join('')}${last}${place === null ? '' : ` ${place}`}`;
        const { rows, warnings } = parseUnixSockets(
          `${head} ${layouts['26']} Addr\n${line}\n`,
          'x',
        );
        expect(warnings).toEqual([]);
        expect(rows).toMatchObject([
          { path: place, owners: [{ pid: row.pid, program: row.name || null }], refCount: 1 },
        ]);
        expect(rows[0]?.state === 'CONNECTED').toBe(!/^0+$/.test(conn));
      }),
    );
  });
});

describe.each(['routes-inet', 'routes-inet6'] as const)('%s', (file) => {
  it('come back whatever their widths', () => {
    const text = fixture('15.6', `${file}.txt`);
    const whole = parseRoutes(text, 'netstat');
    fc.assert(
      // One blank after 18 characters is what a cut address looks like.
      fc.property(fc.infiniteStream(fc.integer({ min: 2, max: 30 })), (gaps) => {
        const shifted = text.replace(/(?<!Routing) +(?=\S)/g, () =>
          ' '.repeat(gaps.next().value ?? 1),
        );
        expect(parseRoutes(shifted, 'netstat')).toEqual(whole);
      }),
    );
  });
});

const parsers = {
  tcp: parseInetSockets,
  udp: parseInetSockets,
  all: parseInetSockets,
  unix: parseUnixSockets,
  'routes-inet': parseRoutes,
  'routes-inet6': parseRoutes,
  interfaces: parseInterfaces,
  groups: parseGroups,
} as const;

describe.each(Object.entries(parsers))('%s, damaged', (file, parse) => {
  const texts = releases.map((release) => fixture(release, `${file}.txt`));

  it('throws nothing but a NetstatError', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.nat({ max: 6000 }),
        fc.nat({ max: 80 }),
        fc.string({ unit: 'binary', maxLength: 40 }),
        (text, at, length, insert) => {
          const damaged = text.slice(0, at) + insert + text.slice(at + length);
          expectAnAnswer(() => parse(damaged, 'netstat'));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('throws nothing else for anything at all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expectAnAnswer(() => parse(text, 'netstat'));
      }),
    );
  });
});

function expectAnAnswer(parse: () => { rows: unknown[]; warnings: { message: string }[] }) {
  try {
    const { warnings } = parse();
    for (const { message } of warnings) expect(message).toMatch(/^[\x20-\x7e]+$/);
  } catch (error) {
    expect(error).toBeInstanceOf(NetstatError);
    expect((error as NetstatError).message).toMatch(/^[\x20-\x7e]+$/);
  }
}

describe('one damaged row', () => {
  it.each(releases)('of macOS %s leaves the others as they were', (release) => {
    const text = fixture(release, 'tcp.txt');
    const lines = text.trimEnd().split('\n');
    const whole = parseInetSockets(text, 'netstat').rows;
    fc.assert(
      fc.property(fc.nat({ max: lines.length - 3 }), fc.nat({ max: 40 }), (which, length) => {
        const line = lines[which + 2] ?? '';
        const damaged = lines.with(which + 2, line.slice(0, length)).join('\n');
        const { rows, warnings } = parseInetSockets(damaged, 'netstat');
        const blank = line.slice(0, length).trim() === '';
        expect(rows).toEqual(whole.toSpliced(which, 1));
        expect(warnings).toHaveLength(blank ? 0 : 1);
      }),
    );
  });
});

it('ps: reads every process whatever its name', () => {
  const names = fc.string({ unit: 'binary' }).map((name) => name.replaceAll('\n', ' ').trim());
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(fc.nat(), names), { selector: ([pid]) => pid }), (list) => {
      const text = list.map(([pid, name]) => `${String(pid).padStart(5)} ${name}\n`).join('');
      expect([...parseProcesses(text)]).toEqual(list);
    }),
  );
});
