import { describe, expect, it } from 'vitest';
import { type PackedSockets, packIn, socketsIn } from '../../../../src/model/packed/sockets.ts';
import type { Protocol } from '../../../../src/model/protocol.ts';
import { pattern, type SocketPattern } from '../../../../src/model/socket/pattern.ts';
import type { Socket } from '../../../../src/model/socket/socket.ts';
import { linuxSockets } from '../../../../src/sources/linux/sockets/sockets.ts';
import type { OwnerQuery, SocketQuery } from '../../../../src/sources/source.ts';
import { port } from '../../../support/patterns.ts';
import { begin, collect, socketQuery, warningSink } from '../../../support/source-answers.ts';
import {
  attributeBytes,
  done,
  fakeKernel,
  inetBody,
  message,
  refusal,
} from '../netlink/support.ts';
import { type FakeMachine, failingBehind, fakeProc, systemError } from '../support/fake-proc.ts';

const header = '  sl  local_address\n';
const row = (port: string, inode: number) =>
  `   0: 0100007F:${port} 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 ${inode}\n`;
const row6 = row('0050', 60).replaceAll(/(0100007F|00000000):(?=\w{4} )/g, `${'0'.repeat(32)}:`);

const unixTable = (...rows: readonly (readonly [inode: number, path: string])[]) =>
  [
    'Num       RefCount Protocol Flags    Type St Inode Path',
    ...rows.map(
      ([inode, path]) =>
        `0000000000000000: 00000002 00000000 00010000 0001 01 ${String(inode).padStart(5)} ${path}`,
    ),
    '',
  ].join('\n');

interface Question {
  readonly protocols?: readonly Protocol[];
  readonly families?: readonly ('inet' | 'inet6')[];
  readonly distinct?: boolean;
  readonly required?: boolean;
  readonly needsTable?: boolean;
  readonly listeningOnly?: boolean;
  readonly owners?: OwnerQuery;
  readonly tcpInfo?: boolean;
  readonly socketInfo?: boolean;
  readonly unixQueues?: boolean;
  readonly unixServers?: boolean;
  readonly boundSockets?: boolean;
  keep?(socket: Socket): boolean;
  isWanted?(socket: Socket): boolean;
  isUndecided?(socket: Socket): boolean;
}

async function ask(files: FakeMachine['files'], question: Question = {}, isKernels = false) {
  const notes: string[] = [];
  const sink = { ...warningSink(), note: (message: string) => notes.push(message) };
  const proc = fakeProc({ files: { net: '', ...files }, isKernels });
  const query = socketQuery({ protocols: ['tcp'], ...question });
  const sockets: unknown[] = [];
  let error: unknown = null;
  try {
    for await (const batch of linuxSockets(proc, query, sink, begin)) sockets.push(...batch);
  } catch (caught) {
    error = caught;
  }
  return { sockets, error, warnings: sink.warnings, notes, calls: proc.calls };
}

const owners = { depth: 'all', details: false } as const;
const withUnix = { owners, protocols: ['tcp', 'unix'] } as const;

describe('rows that a name with a line break made up', () => {
  const protocols = ['tcp', 'unix'] as const;
  const families = ['inet'] as const;
  const tcp = { 'net/tcp': header + row('0016', 77) };

  it.each([
    ['owners are looked up, and both tables read', { protocols, owners }, 'unknown'],
    ['owners are not looked up', { protocols }, null],
    ['the Internet tables are not read', { protocols: ['unix'], owners }, null],
  ] as const)('have a TCP socket’s inode: %s', async (_, question, noOwner) => {
    const files = { ...tcp, 'net/unix': unixTable([10, '@x'], [77, '/run/sshd.sock']) };
    const { sockets } = await ask(files, { families, distinct: true, ...question });
    expect(sockets.slice(-2)).toMatchObject([
      { path: '@x', noOwner: null },
      { path: '/run/sshd.sock', inode: 77, noOwner },
    ]);
  });

  it.each([
    [
      'another name',
      [
        [10, '@x'],
        [10, '/run/sshd.sock'],
      ],
      2,
      1,
    ],
    [
      'the same name, which is a row read twice',
      [
        [10, '@x'],
        [10, '@x'],
      ],
      1,
      0,
    ],
    [
      'no name yet',
      [
        [10, ''],
        [10, '@x'],
      ],
      2,
      0,
    ],
  ] as const)('have a UNIX socket’s inode and %s', async (_, rows, count, warned) => {
    const files = { 'net/unix': unixTable(...rows) };
    const { sockets, warnings } = await ask(files, { protocols: ['unix'], distinct: true });
    expect(sockets.length).toBe(count);
    expect(warnings.map(({ code }) => code)).toEqual(Array(warned).fill('malformed'));
  });
});

describe('absent, forbidden and empty are three different answers', () => {
  it('absent: a word for those who want to know, and the rest stands', async () => {
    const { sockets, error, warnings } = await ask({ 'net/tcp': header + row('0050', 1) });
    expect(sockets.length).toBe(1);
    expect(error).toBeNull();
    expect(warnings).toEqual([
      {
        code: 'absent',
        message: '/proc/net/tcp6: this kernel has no such table',
        source: '/proc/net/tcp6',
        tables: [{ protocol: 'tcp', family: 'inet6' }],
      },
    ]);
  });

  it.each(['EACCES', 'EPERM'])('forbidden (%s): a warning, and the rest stands', async (code) => {
    const { sockets, error, warnings } = await ask({
      'net/tcp': header + row('0050', 1),
      'net/tcp6': systemError(code),
    });
    expect(sockets.length).toBe(1);
    expect(error).toBeNull();
    expect(warnings).toEqual([
      {
        code: 'forbidden',
        message:
          '/proc/net/tcp6: permission denied; run as root, or where the system lets programs read it',
        source: '/proc/net/tcp6',
        tables: [{ protocol: 'tcp', family: 'inet6' }],
      },
    ]);
  });

  it('empty: a warning of its own', async () => {
    const { sockets, error, warnings } = await ask({ 'net/tcp': '', 'net/tcp6': header });
    expect([sockets, error]).toEqual([[], null]);
    expect(warnings).toMatchObject([
      { code: 'empty', source: '/proc/net/tcp', tables: [{ protocol: 'tcp', family: 'inet' }] },
    ]);
  });

  it('every table forbidden: there is no answer', async () => {
    const { error } = await ask({
      'net/tcp': systemError('EACCES'),
      'net/tcp6': systemError('EACCES'),
    });
    expect(error).toMatchObject({ code: 'unreadable', path: '/proc/net/tcp6' });
  });

  it('one forbidden and the other absent: there is no answer either', async () => {
    const { error } = await ask({ 'net/tcp': systemError('EACCES') });
    expect(error).toMatchObject({ code: 'unreadable', path: '/proc/net/tcp' });
  });

  it('an error of another kind is reported with its code', async () => {
    const { error } = await ask({ 'net/tcp': systemError('EIO'), 'net/tcp6': systemError('EIO') });
    expect(error).toMatchObject({ message: '/proc/net/tcp6: cannot be read (EIO)' });
  });

  it('no /proc/net at all: no empty answer', async () => {
    const { error } = await ask({ net: systemError('ENOENT') });
    expect(error).toMatchObject({
      code: 'unreadable',
      path: '/proc/net',
      message: '/proc/net: no such folder; is /proc a mounted /proc? (--proc-root names another)',
    });
  });

  describe('no table at all', () => {
    const message = expect.stringMatching(/^\/proc\/net: there is no table of sockets, so none/);

    it.each([
      [
        ['tcp', 'udp', 'unix'],
        ['inet', 'inet6'],
      ],
      // A kernel without IPv6 would have others.
      [['tcp', 'sctp'], ['inet6']],
    ] as const)('of %j and %j: none can be seen', async (protocols, families) => {
      const { sockets, error, warnings } = await ask({}, { protocols, families });
      expect([sockets, error]).toEqual([[], null]);
      expect(warnings.at(-1)).toEqual({ code: 'unreadable', message, source: '/proc/net' });
    });

    it('ends the answer where one is needed', async () => {
      const { error } = await ask({}, { protocols: ['tcp', 'udp'], needsTable: true });
      expect(error).toMatchObject({ code: 'unsupported', path: '/proc/net', message });
    });

    it.each([
      ['IPv6', { 'net/tcp': header }, ['tcp'], ['inet6']],
      ['SCTP', { 'net/unix': unixTable() }, ['sctp'], ['inet', 'inet6']],
    ] as const)(
      'a kernel that lacks only %s has no such sockets',
      async (_, files, protocols, families) => {
        const { error, warnings } = await ask(files, { protocols, families, needsTable: true });
        expect(error).toBeNull();
        expect(new Set(warnings.map(({ code }) => code))).toEqual(new Set(['absent']));
      },
    );

    it('of another machine, only what was asked for is known', async () => {
      const lacking = async (families: readonly ('inet' | 'inet6')[]) => {
        const sink = warningSink();
        const proc = { ...fakeProc({ files: { net: '' } }), isElsewhere: true } as const;
        await collect(
          linuxSockets(proc, socketQuery({ protocols: ['tcp'], families }), sink, begin),
        );
        return sink.warnings.map(({ code }) => code);
      };
      expect(await lacking(['inet6'])).toEqual(['absent']);
      expect(await lacking(['inet', 'inet6'])).toEqual(['absent', 'absent', 'unreadable']);
    });
  });

  it('IPv6 absent everywhere is nothing to stop for', async () => {
    const files = Object.fromEntries(
      ['tcp', 'udp', 'udplite', 'raw'].map((name) => [`net/${name}`, header]),
    );
    const { error, warnings } = await ask(files, {
      protocols: ['tcp', 'udp', 'udplite', 'raw'],
      required: true,
    });
    expect(error).toBeNull();
    expect(warnings.map(({ source }) => source)).toEqual([
      '/proc/net/tcp6',
      '/proc/net/udp6',
      '/proc/net/udplite6',
      '/proc/net/raw6',
    ]);
  });
});

describe('a table that fails while it is read', () => {
  const rows = header + row('0050', 1).repeat(2000);

  it.each([
    ['ENOMEM', /^\/proc\/net\/tcp: cannot be read \(ENOMEM\): out of memory$/],
    ['EIO', /^\/proc\/net\/tcp: cannot be read \(EIO\)$/],
    ['EISDIR', /^\/proc\/net\/tcp: cannot be read \(EISDIR\): a folder, not a file$/],
  ])(
    'keeps what came before, and is reported as one that cannot be opened: %s',
    async (code, text) => {
      const { sockets, error, warnings } = await ask(
        { 'net/tcp': failingBehind(rows, systemError(code)), 'net/tcp6': header },
        {},
      );
      expect(sockets.length).toBeGreaterThan(100);
      expect(error).toBeNull();
      expect(warnings).toEqual([
        {
          ...{ code: 'unreadable', message: expect.stringMatching(text), source: '/proc/net/tcp' },
          tables: [{ protocol: 'tcp', family: 'inet' }],
        },
      ]);
    },
  );

  it('ends the answer where there is no other', async () => {
    const files = { 'net/tcp': failingBehind(rows, systemError('EIO')) };
    const { error, warnings } = await ask(files, { families: ['inet'] });
    expect(error).toMatchObject({ code: 'unreadable', path: '/proc/net/tcp' });
    expect(warnings.map(({ code }) => code)).toEqual(['unreadable']);
  });

  it('is no cover for a fault of the program itself', async () => {
    const files = { 'net/tcp': failingBehind(rows, new TypeError('a fault')) };
    expect((await ask(files)).error).toBeInstanceOf(TypeError);
  });
});

describe('only listeners are wanted', () => {
  const connected = row('0051', 2).replace(' 0A ', ' 01 ');
  const files = {
    'net/tcp': header + row('0050', 1) + connected + row('01BB', 3),
    'net/sockstat': 'TCP: inuse 0 orphan 0 tw 0\n',
  };
  const question = { families: ['inet'], listeningOnly: true } as const;
  const listening = async (tables: FakeMachine['files'], isKernels: boolean) => {
    const { sockets } = await ask(tables, question, isKernels);
    const inodes = (sockets as { state: string; inode: number }[]).filter(
      ({ state }) => state === 'LISTEN',
    );
    return inodes.map(({ inode }) => inode);
  };

  it('a table that Linux does not fill is read to its end, whatever is counted', async () => {
    expect(await listening(files, false)).toEqual([1, 3]);
  });

  it('of one that Linux fills only the beginning is read', async () => {
    const { 'net/tcp': tcp } = files;
    expect(await listening({ 'net/tcp': tcp }, true)).toEqual([1]);
  });

  it('nothing at all is read where Linux counts none', async () => {
    const { sockets, calls, notes } = await ask(files, question, true);
    expect([sockets, calls]).toEqual([[], ['read net/sockstat']]);
    expect(notes).toEqual(['tcp: not read: /proc/net/sockstat counts no socket']);
  });

  it('notes (with -v) each file that is read, and none that is not', async () => {
    const asked = { ...question, protocols: ['tcp', 'sctp'], families: ['inet', 'inet6'] } as const;
    const { notes } = await ask(
      {
        ...{ 'net/tcp': header, 'net/tcp6': header, 'net/sctp/eps': header },
        'net/sockstat': 'TCP: inuse 1 orphan 0 tw 0\n',
        'net/sockstat6': 'TCP6: inuse 0\n',
      },
      asked,
      true,
    );
    expect(notes).toEqual([
      'tcp: read from /proc/net/tcp',
      'tcp6: not read: /proc/net/sockstat6 counts no socket',
      'sctp/eps: read from /proc/net/sctp/eps',
    ]);
  });
});

it.each([
  ['tcp', 'net/tcp', row('0050', 1)],
  ['unix', 'net/unix', '0000000000000000: 00000002 00000000 00010000 0001 01 20 /run/a\n'],
  ['sctp', 'net/sctp/eps', ' ffff 0 2 10 29 11111 0 7 10.0.0.1\n'],
] as const)(
  '%s: a line that is too long for a row is left out, with a warning',
  async (protocol, path, one) => {
    const title = protocol === 'unix' ? 'Num RefCount Protocol Flags Type St Inode Path\n' : header;
    const files = {
      [path]: `${title}${one}${'x'.repeat(300_000)}\n${one}`,
      'net/sctp/assocs': header,
    };
    const { sockets, warnings } = await ask(files, { protocols: [protocol], families: ['inet'] });
    expect(sockets).toEqual([sockets[0], sockets[0]]);
    expect(sockets[0]).not.toHaveProperty('path', expect.stringContaining('x'));
    expect(warnings.map(({ message }) => message)).toEqual([
      `/proc/${path}: line 3 skipped: it could not be read: "${'x'.repeat(200)}..."`,
    ]);
  },
);

it('reports the warnings that belong to any answer', async () => {
  const sink = warningSink();
  const warning = { code: 'uncertain', message: 'a word', source: '/proc' } as const;
  const proc = { ...fakeProc({ files: { 'net/tcp': header } }), warnings: [warning] };
  const query = socketQuery({ protocols: ['tcp'], families: ['inet'] });
  await collect(linuxSockets(proc, query, sink, begin));
  expect(sink.warnings).toEqual([warning]);
});

describe('a protocol that was named and is not there', () => {
  const files = { 'net/tcp': header + row('0050', 1), 'net/tcp6': header, 'net/udp': header };

  it('ends the answer behind the rows before it', async () => {
    const { sockets, error, calls } = await ask(files, {
      protocols: ['tcp', 'sctp', 'udp'],
      required: true,
    });
    expect(sockets.length).toBe(1);
    expect(error).toMatchObject({ code: 'unsupported' });
    expect((error as Error).message).toMatch(/^\/proc\/net\/sctp\/.*no sctp sockets/);
    expect(calls).not.toContain('open net/udp');
  });

  it('ends an answer that has begun, though no row came', async () => {
    const proc = fakeProc({ files: { net: '', 'net/tcp': header, 'net/tcp6': header } });
    const query = socketQuery({ protocols: ['tcp', 'sctp'], required: true });
    let hasBegun = false;
    const rows = linuxSockets(proc, query, warningSink(), () => {
      hasBegun = true;
    });
    await expect(collect(rows)).rejects.toMatchObject({ code: 'unsupported' });
    expect(hasBegun).toBe(true);
  });

  it('is left out where it was not named', async () => {
    const { error, calls } = await ask(files, { protocols: ['tcp', 'sctp', 'udp'] });
    expect(error).toBeNull();
    expect(calls).toContain('open net/udp');
  });
});

it.each([
  ['EMFILE', 'here (EMFILE)'],
  ['EPERM', 'is missing: EPERM)'],
])('tells why the kernel could not be asked for what no file has: %s', async (code, end) => {
  const refusing = () => {
    throw systemError(code);
  };
  const files = { 'net/tcp': header + row('0050', 1), 'net/tcp6': header };
  const proc = { ...fakeProc({ files }), isOwn: true, sockDiag: () => refusing };
  const sink = warningSink();
  const query = socketQuery({ protocols: ['tcp'], tcpInfo: true });
  expect(await collect(linuxSockets(proc, query, sink, begin))).toHaveLength(1);
  expect(sink.warnings.map(({ message }) => message)).toEqual([expect.stringContaining(end)]);
});

describe('which tables are opened', () => {
  const paths = ['tcp', 'tcp6', 'udp', 'raw', 'unix', 'sctp/eps', 'sctp/assocs'];
  const files = Object.fromEntries(paths.map((path) => [`net/${path}`, header]));
  const opened = async (question: Question) =>
    (await ask(files, question)).calls.filter((call) => call.startsWith('open net/'));

  it.each([
    ['both families', {}, ['open net/tcp', 'open net/tcp6']],
    ['IPv4', { families: ['inet'] }, ['open net/tcp']],
    ['IPv6', { families: ['inet6'] }, ['open net/tcp6']],
    [
      'SCTP goes with IPv4',
      { protocols: ['sctp'], families: ['inet'] },
      ['open net/sctp/eps', 'open net/sctp/assocs'],
    ],
    ['SCTP is not IPv6', { protocols: ['sctp'], families: ['inet6'] }, []],
    ['UNIX has no family', { protocols: ['unix'], families: [] }, ['open net/unix']],
    [
      'in the order asked for',
      { protocols: ['unix', 'raw'], families: ['inet'] },
      ['open net/unix', 'open net/raw'],
    ],
  ] as const)('%s', async (_, question, calls) => {
    expect(await opened(question)).toEqual(calls);
  });

  it('reads a table only when its rows are wanted', async () => {
    const proc = fakeProc({ files: { 'net/tcp': header + row('0050', 1), 'net/tcp6': header } });
    const query = socketQuery({ protocols: ['tcp'] });
    for await (const _ of linuxSockets(proc, query, warningSink(), begin)) break;
    expect(proc.calls).toEqual(['open net/tcp']);
  });
});

it('leaves repeated rows out where asked to', async () => {
  const files = { 'net/tcp': header + row('0050', 1) + row('0051', 2) + row('0050', 1) };
  expect((await ask(files)).sockets.length).toBe(3);
  expect((await ask(files, { distinct: true })).sockets.length).toBe(2);
});

it('knows the family by the table', async () => {
  const proc = fakeProc({
    files: { 'net/tcp': header + row('0050', 1), 'net/tcp6': header + row6 },
  });
  const query = socketQuery({ protocols: ['tcp'] });
  const rows = await collect(linuxSockets(proc, query, warningSink(), begin));
  expect(rows.map(({ family, inode }) => [family, inode])).toEqual([
    ['inet', 1],
    ['inet6', 60],
  ]);
});

describe('what the kernel knows of connections', () => {
  const files = { 'net/tcp': header + row('0016', 77), 'net/tcp6': header + row6 };

  it('is null if only files are available, with one warning', async () => {
    const { sockets, warnings } = await ask(files, { tcpInfo: true });
    expect(sockets).toHaveLength(2);
    for (const socket of sockets) expect(socket).toHaveProperty('tcpInfo', null);
    expect(warnings).toMatchObject([
      {
        code: 'incomplete',
        message: expect.stringMatching(/^tcp, tcp6: TCP's internals: not available: /),
      },
    ]);
  });

  it('is missed where no row is chosen only if it decides about one', async () => {
    const none = { tcpInfo: true, keep: () => false, isUndecided: () => false };
    expect((await ask(files, none)).warnings).toEqual([]);
    const undecided = { ...none, isUndecided: () => true };
    const { sockets, warnings } = await ask(files, undecided);
    expect(sockets).toEqual([]);
    expect(warnings).toMatchObject([{ code: 'unreadable' }]);
    const empty = { 'net/tcp': header, 'net/tcp6': header };
    expect((await ask(empty, undecided)).warnings).toEqual([]);
  });

  it('is missed only of rows that are asked for', async () => {
    const isWanted = ({ family }: Socket) => family === 'inet';
    const { warnings } = await ask(files, { tcpInfo: true, isWanted });
    expect(warnings).toMatchObject([{ message: expect.stringMatching(/^tcp: TCP's internals/) }]);
  });

  it('is null of other protocols, which have none', async () => {
    const udp = { 'net/udp': header + row('0016', 77), 'net/udp6': header };
    const { sockets, warnings } = await ask(udp, { protocols: ['udp'], tcpInfo: true });
    expect(sockets).toMatchObject([{ protocol: 'udp', tcpInfo: null }]);
    expect(warnings).toEqual([]);
  });

  it('is not there where it was not asked for', async () => {
    const { sockets } = await ask(files);
    for (const socket of sockets) expect(socket).not.toHaveProperty('tcpInfo');
  });
});

describe('what the kernel reports of any socket', () => {
  const untold = { memory: null, mark: null, cookie: null };

  it('has from files as much as they contain, with one warning for what is missing', async () => {
    const udp =
      '   7: 0100007F:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 77 2 00000000ab 4294967295\n';
    const connection =
      '   1: 0100007F:0016 0100007F:A000 01 00000000:00000005 00:00000000 00000000     0        0 78 1 00000000ab 20 4 30 10 -1\n';
    const files = {
      'net/tcp': header + row('0016', 76) + connection,
      'net/udp': header + udp + udp.replace(' 2 00000000ab 4294967295', ''),
    };
    const { sockets, warnings } = await ask(files, { protocols: ['tcp', 'udp'], socketInfo: true });
    expect(sockets).toMatchObject([
      { protocol: 'tcp', acceptQueue: { length: 0, limit: null }, drops: null, ...untold },
      { protocol: 'tcp', acceptQueue: null, drops: null, ...untold },
      { protocol: 'udp', acceptQueue: null, drops: 4294967295, ...untold },
      { protocol: 'udp', acceptQueue: null, drops: null, ...untold },
    ]);
    const incomplete = warnings.filter(({ code }) => code === 'incomplete');
    expect(incomplete).toMatchObject([
      { message: expect.stringMatching(/^tcp, udp: memory, marks/) },
    ]);
  });

  const eps =
    ' ENDPT     SOCK   STY SST HBKT LPORT   UID INODE LADDRS\nffff ffff 2 10 16 5000 0 7 10.0.0.1 \n';
  const unix = unixTable([10, '@x']);
  it.each<[Protocol, string, FakeMachine['files'], RegExp]>([
    ['tcp', 'a file in place of netlink', { 'net/tcp': header + row('0016', 76) }, /^tcp: memory/],
    ['unix', 'a file, and no netlink beside it', { 'net/unix': unix }, /^unix: memory/],
    [
      'sctp',
      'a file that nothing stands beside',
      { 'net/sctp/eps': eps },
      /^sctp\/eps: .* only from files$/,
    ],
  ])('is missed of %s where it decides about a row: %s', async (protocol, _, files, expected) => {
    const none = {
      ...{ protocols: [protocol], socketInfo: true, keep: () => false },
      families: ['inet'] as const,
    };
    const messages = async (isUndecided: boolean) =>
      (await ask(files, { ...none, isUndecided: () => isUndecided })).warnings
        .filter(({ code }) => code === 'unreadable')
        .map(({ message }) => message);
    expect(await messages(true)).toEqual([expect.stringMatching(expected)]);
    expect(await messages(false)).toEqual([]);
  });
});

describe('the queues of UNIX sockets', () => {
  const files = {
    'net/tcp': header + row('0016', 77),
    'net/unix': unixTable([10, '@x']),
  };
  const protocols = ['tcp', 'unix'] as const;

  it.each([
    ['nothing else is asked for', { protocols: ['unix'] as const }, 'incomplete'],
    ['they decide', { isUndecided: () => true }, 'unreadable'],
  ])('are null if only files are available, with one warning if %s', async (_, of, as) => {
    const { sockets, warnings } = await ask(files, { protocols, unixQueues: true, ...of });
    expect(sockets.at(-1)).toMatchObject({ protocol: 'unix', recvQueue: null, sendQueue: null });
    expect(sockets.at(-1)).not.toHaveProperty('memory');
    const lacking = warnings.filter(({ code }) => code === as);
    expect(lacking).toMatchObject([
      { message: expect.stringMatching(/^unix: queues: not available: /) },
    ]);
  });

  it('are missed with what the kernel said, where it was asked', async () => {
    const { ask: asked } = fakeKernel(() => [refusal(2)]);
    const sink = warningSink();
    const machine = { ...fakeProc({ files: { net: '', ...files } }), isOwn: true };
    const query = socketQuery({ protocols: ['unix'], unixQueues: true });
    const batches = linuxSockets({ ...machine, sockDiag: () => asked }, query, sink, begin);
    await collect(batches);
    expect(sink.warnings).toMatchObject([
      { message: expect.stringMatching(/^unix: queues: not available: .* missing: ENOENT\)$/) },
    ]);
  });

  it.each([
    ['no UNIX socket is undecided', { keep: () => false, isUndecided: () => false }],
    ['no UNIX socket is asked for', { protocols: ['tcp'] as const }],
    ['others are listed too', {}],
  ])('are not missed where %s', async (_, question) => {
    const { warnings } = await ask(files, { protocols, unixQueues: true, ...question });
    expect(warnings.filter(({ code }) => code !== 'absent')).toEqual([]);
  });

  it('are not there where they were not asked for', async () => {
    const { sockets } = await ask(files, { protocols });
    expect(sockets.at(-1)).not.toHaveProperty('recvQueue');
  });
});

describe('UNIX servers alone', () => {
  const files = { 'net/tcp': header + row('0016', 77), 'net/unix': unixTable([10, '@x']) };
  const servers = { protocols: ['unix'], socketInfo: true, unixServers: true } as const;

  it('are not read from the table, which may be long, and are missed where the kernel does not answer', async () => {
    const { sockets, error, warnings, calls } = await ask(files, servers);
    expect([sockets, error]).toEqual([[], null]);
    expect(warnings).toMatchObject([
      { code: 'incomplete', message: expect.stringMatching(/^unix: memory, .* not available: /) },
    ]);
    expect(calls.filter((call) => JSON.stringify(call).includes('net/unix'))).toEqual([]);
  });

  it('are asked for once, and come as the kernel reports them', async () => {
    const body = Buffer.alloc(16);
    body.set([1, 5, 10]);
    body.writeUInt32LE(12, 4);
    const queues = attributeBytes(4, Buffer.from(new Uint32Array([3, 2]).buffer));
    const { ask: asked, log } = fakeKernel(() => [
      message(20, Buffer.concat([body, queues])),
      done,
    ]);
    const sink = warningSink();
    const machine = { ...fakeProc({ files: { net: '', ...files } }), sockDiag: () => asked };
    const batches = linuxSockets(machine, socketQuery(servers), sink, begin);
    expect((await collect(batches)).flat()).toMatchObject([
      { type: 'SEQPACKET', inode: 12, acceptQueue: { length: 3, limit: 2 } },
    ]);
    expect(sink.warnings).toEqual([]);
    expect(log.requests).toHaveLength(1);
  });
});

it('rows that come packed are those that a filter keeps, where they are to be filtered', async () => {
  const any = new Array<number>(16).fill(0);
  const connection = (port: number, at: number) =>
    message(20, inetBody({ state: 1, local: [[127, 0, 0, 1], port], remote: [any, 9], inode: at }));
  const shown = async (filtered: boolean) => {
    const { ask } = fakeKernel(() => [
      Buffer.concat([connection(1, 5), connection(2, 6), connection(3, 7)]),
      Buffer.concat([connection(2, 8), connection(2, 9)]),
      Buffer.concat([connection(1, 10), connection(2, 11), done]),
    ]);
    const proc = { ...fakeProc({ files: { net: '' } }), sockDiag: () => ask };
    const packed = {
      timers: false,
      users: true,
      connectedOnly: false,
      ...(filtered && { filtered }),
    };
    const keep = (socket: Socket) => socket.protocol !== 'unix' && socket.local.port !== 1;
    const query = socketQuery({ protocols: ['tcp'], families: ['inet'], packed, keep });
    const inodes: (number | null)[][] = [];
    for await (const batch of linuxSockets(proc, query, warningSink(), begin)) {
      inodes.push(socketsIn(packIn(batch) as PackedSockets).map(({ inode }) => inode));
    }
    return inodes;
  };
  expect(await shown(true)).toEqual([[6, 7, 8, 9, 11]]);
  expect(await shown(false)).toEqual([[5, 6, 7, 8, 9, 10, 11]]);
});

describe('what a filter rules out', () => {
  const everything = pattern.not(port('local', 22));
  it.each<[string, Partial<SocketQuery>, SocketPattern, boolean]>([
    ['is not asked for', { owners: null }, port('local', 22), true],
    ['is not asked for where no UNIX socket is read', { owners }, everything, true],
    ['is not asked for where no UNIX socket may match', withUnix, port('local', 22), true],
    ['is read if a UNIX socket may have one of its inodes', withUnix, everything, false],
    ['is not asked for without owners', { ...withUnix, owners: null }, everything, true],
  ])('%s: %j', async (_, question, wanted, expected) => {
    const { ask, log } = fakeKernel(() => [done]);
    const proc = { ...fakeProc({ files: { net: '', 'net/unix': '' } }), sockDiag: () => ask };
    const query = socketQuery({ protocols: ['tcp'], pattern: wanted, ...question });
    for await (const _batch of linuxSockets(proc, query, warningSink(), begin));
    const programs = log.requests.filter((request) => request[17] === 6);
    expect(programs.map((request) => request.length > 72)).toEqual([expected, expected]);
  });
});

it.each([
  ['no row', header],
  ['rows', header + row('0016', 77)],
])('sockets that are only bound are missing from a file with %s, too', async (_, table) => {
  const { warnings } = await ask({ 'net/tcp': table }, { families: ['inet'], boundSockets: true });
  expect(warnings).toMatchObject([
    { code: 'unreadable', message: expect.stringContaining('sockets that are only bound') },
  ]);
});
