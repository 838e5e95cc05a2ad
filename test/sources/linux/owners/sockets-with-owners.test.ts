import { describe, expect, it } from 'vitest';
import { NetstatError } from '../../../../src/errors.ts';
import { asBatch, emptyPack, packIn, socketsIn } from '../../../../src/model/packed/sockets.ts';
import { longestCommandLine } from '../../../../src/model/socket/owner.ts';
import type { Socket } from '../../../../src/model/socket/socket.ts';
import { compileSelection } from '../../../../src/select/compile-selection.ts';
import { ownerMemory } from '../../../../src/sources/linux/owners/owner-memory.ts';
import type { OwnersAtOnce } from '../../../../src/sources/linux/owners/socket-descriptors.ts';
import { socketsWithOwners } from '../../../../src/sources/linux/owners/sockets-with-owners.ts';
import { linuxSockets } from '../../../../src/sources/linux/sockets/sockets.ts';
import { readingOf } from '../../../../src/sources/reading.ts';
import type { OwnerQuery } from '../../../../src/sources/source.ts';
import { countText } from '../../../../src/text/counted.ts';
import { lookups, query } from '../../../select/sockets.ts';
import { inetSocket } from '../../../support/builders.ts';
import { tcpTable } from '../../../support/packs.ts';
import { begin, collect, socketQuery, warningSink } from '../../../support/source-answers.ts';
import { type OwnerRow, ownersAtOnceOf, telling } from '../support/fake-owners-at-once.ts';
import { type FakeMachine, fakeProc, systemError } from '../support/fake-proc.ts';

const socket = (inode: number | null, changes: Partial<Socket> = {}): Socket =>
  ({ ...inetSocket({ inode }), ...changes }) as Socket;
const holds = (...inodes: number[]) => ({
  fd: {
    0: '/dev/null',
    1: 'pipe:[1]',
    ...Object.fromEntries(inodes.map((inode, at) => [at + 3, `socket:[${inode}]`])),
  },
});

async function find(
  machine: FakeMachine,
  sockets: readonly Socket[],
  { depth = 'all', details = false, ...asked }: Partial<OwnerQuery> = {},
) {
  const proc = fakeProc(machine);
  const sink = warningSink();
  async function* rows() {
    yield structuredClone(sockets);
  }
  const owners = { depth, details, ...asked };
  const memory = ownerMemory();
  const found = await collect(socketsWithOwners(proc, rows, owners, sink, memory, begin));
  return { found, warnings: sink.warnings, calls: proc.calls };
}
const pids = (sockets: readonly Socket[]) => sockets.map(({ owners }) => owners?.map((o) => o.pid));
const reasons = (sockets: readonly Socket[]) => sockets.map(({ noOwner }) => noOwner);

/** What is told of a process whose files are not there. */
const nothingMore = { executableDeleted: null, startedAt: null, uid: null, parents: null };

describe('a capture that cannot be understood', () => {
  it.each(['all', 'first'] as const)(
    'ends the answer where %s owners are wanted',
    async (depth) => {
      const unlisted = new NetstatError('unrecognized', '7/links.json: not links of a capture');
      await expect(find({ unlisted }, [socket(10)], { depth })).rejects.toThrow(/7\/links\.json/);
    },
  );
});

describe('the walk', () => {
  const processes = {
    5: { ...holds(10), cmdline: '/usr/bin/a\0' },
    6: { ...holds(10, 20), cmdline: 'b\0--flag\0' },
    7: { ...holds(30), cmdline: 'c\0' },
  };

  it('finds every owner of a shared socket, by PID', async () => {
    const { found } = await find({ processes }, [socket(10), socket(20), socket(30), socket(40)]);
    expect(pids(found)).toEqual([[5, 6], [6], [7], []]);
    expect(reasons(found)).toEqual([null, null, null, 'unknown']);
  });

  it('finds the first only, where that is enough', async () => {
    const { found } = await find({ processes }, [socket(10), socket(20)], { depth: 'first' });
    expect(pids(found)).toEqual([[5], [6]]);
  });

  it('stops as soon as every socket has one', async () => {
    const { calls } = await find({ processes }, [socket(10)], { depth: 'first' });
    expect(calls).toEqual([
      'list 5',
      'link 5/fd/0',
      'link 5/fd/1',
      'link 5/fd/3',
      'read 5/cmdline 512',
    ]);
  });

  it('goes to the end for all of them', async () => {
    const { calls } = await find({ processes }, [socket(10)], { depth: 'all' });
    expect(calls.filter((call) => call.startsWith('list'))).toEqual(['list 5', 'list 6', 'list 7']);
  });

  it('does not set out where no socket can have an owner', async () => {
    const { found, calls } = await find({ processes }, [
      socket(null, { state: 'TIME_WAIT' } as Partial<Socket>),
    ]);
    expect(reasons(found)).toEqual(['none']);
    expect(calls).toEqual([]);
  });

  it('reads the names of owners only, each once', async () => {
    const { calls } = await find({ processes }, [socket(20), socket(10)]);
    expect(calls.filter((call) => call.startsWith('read'))).toEqual([
      'read 6/cmdline 512',
      'read 5/cmdline 512',
    ]);
  });

  it('counts a process once, by its first descriptor', async () => {
    const { found } = await find({ processes: { 5: { ...holds(10, 10, 10), cmdline: 'a\0' } } }, [
      socket(10),
    ]);
    expect(found[0]?.owners?.map(({ pid, fd }) => [pid, fd])).toEqual([[5, 3]]);
  });

  it.each([
    'socket:[]',
    'socket:[x]',
    'socket:10',
    '[0000]:10',
    'anon_inode:[10]',
    '/srv/socket:[10]',
    '',
  ])('takes %j for no socket', async (target) => {
    const { found } = await find({ processes: { 5: { fd: { 3: target }, cmdline: 'a\0' } } }, [
      socket(1),
    ]);
    expect(pids(found)).toEqual([[]]);
  });

  it('writes the facts of an owner', async () => {
    const machine = { processes: { 6: { ...processes[6], exe: '/usr/bin/b' } } };
    const [plain] = (await find(machine, [socket(20)])).found;
    expect(plain?.owners).toEqual([
      { pid: 6, program: 'b', commandLine: null, executable: null, fd: 4 },
    ]);
    const [detailed] = (await find(machine, [socket(20)], { details: true })).found;
    expect(detailed?.owners).toEqual([
      {
        ...{ pid: 6, program: 'b', commandLine: 'b --flag', executable: '/usr/bin/b', fd: 4 },
        ...{ executableDeleted: false, startedAt: null, uid: null, parents: null },
      },
    ]);
  });

  it('leaves everything else of a socket alone', async () => {
    const given = [socket(10), socket(99)];
    const { found } = await find({ processes }, given);
    expect(found.map((one) => ({ ...one, owners: null, noOwner: null }))).toEqual(given);
  });

  it('looks no owner up of a row whose inode is known to be another’s', async () => {
    const { found } = await find({ processes }, [socket(10, { noOwner: 'unknown' })]);
    expect([pids(found), reasons(found)]).toEqual([[[]], ['unknown']]);
  });
});

describe('a process with very many descriptors', () => {
  const names = Array.from({ length: 400 }, (_, at) => [at, `socket:[${1000 + at}]`]);
  const big = { fd: Object.fromEntries(names), count: 400, cmdline: 'big\0' };

  it('is the first owner of what it holds at any number', async () => {
    const processes = { 5: big, 6: { ...holds(10, 1399), cmdline: 'a\0' } };
    const { found } = await find({ processes }, [socket(1399), socket(10)], { depth: 'first' });
    expect(pids(found)).toEqual([[5], [6]]);
  });

  it('is looked at no further than to the last socket that is wanted', async () => {
    const { calls } = await find({ processes: { 5: big } }, [socket(1003)], { depth: 'first' });
    expect(calls.at(-2)).toBe('link 5/fd/3');
  });

  it('is denied once', async () => {
    const processes = { 5: { ...big, fd: systemError('EACCES') } };
    const { warnings } = await find({ processes }, [socket(10)], { depth: 'first' });
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining(': 1 process could not be inspected'),
    ]);
  });
});

describe('socketsWithOwners', () => {
  const count = 6000;
  const row = (inode: number) =>
    `0: 0100007F:${(inode % 0xffff).toString(16).padStart(4, '0')} 00000000:0000 0A 0:0 0:0 0 0 0 ${inode}\n`;
  const table = `header\n${Array.from({ length: count }, (_, at) => row(at + 1)).join('')}`;
  const processes = {
    5: { ...holds(1, count), cmdline: 'a\0' },
    6: { ...holds(2, count), cmdline: 'b\0' },
    7: { fd: systemError('EACCES') },
  };
  it.each(['first', 'all'] as const)('finds the owners of thousands of rows: %s', async (depth) => {
    const proc = fakeProc({ files: { 'net/tcp': table }, processes });
    const sink = warningSink();
    const owners = { depth, details: false };
    const keep = ({ inode }: Socket) => inode !== 3;
    const query = socketQuery({ protocols: ['tcp'], families: ['inet'], owners, keep });
    const rows = (begin: () => void) => linuxSockets(proc, query, sink, begin);
    const memory = ownerMemory();
    const sockets = await collect(socketsWithOwners(proc, rows, owners, sink, memory, begin));
    expect(sockets.length).toBe(count - 1);
    expect(pids([sockets[0], sockets[1], sockets[2], sockets.at(-1)] as Socket[])).toEqual([
      [5],
      [6],
      [],
      depth === 'first' ? [5] : [5, 6],
    ]);
    expect(reasons(sockets.slice(0, 3))).toEqual([null, null, 'denied']);
    expect(sink.warnings.map(({ message }) => message)).toEqual([
      `the owners of ${countText(count - 4)} sockets could not be determined: 1 process could not be inspected; the user who captured them could not see more`,
    ]);
  });
});

describe('socketsWithOwners, round after round', () => {
  const count = 5000;
  const row = (inode: number) =>
    `0: 0100007F:1F90 0100007F:${(inode % 0xffff).toString(16).padStart(4, '0')} 01 0:0 0:0 0 0 0 ${inode}\n`;
  const tableOf = (inodes: readonly number[]) => `header\n${inodes.map(row).join('')}`;
  const inodes = Array.from({ length: count }, (_, at) => at + 1);
  const odd = inodes.filter((inode) => inode % 2 === 1);

  /** What one round shows of each socket: inode and PIDs. */
  async function round(
    machine: FakeMachine,
    memory: ReturnType<typeof ownerMemory>,
    { depth = 'first', held }: { depth?: OwnerQuery['depth']; held?: OwnersAtOnce | null } = {},
  ) {
    const plain = fakeProc(machine);
    const asking = held === undefined ? null : telling(plain, held);
    const proc = asking ?? plain;
    const notes: string[] = [];
    const sink = { ...warningSink(), note: (text: string) => void notes.push(text) };
    const owners = { depth, details: false };
    const shown: [number | null, number[] | undefined][] = [];
    const query = socketQuery({ protocols: ['tcp'], families: ['inet'], owners });
    const rows = (begin: () => void) => linuxSockets(proc, query, sink, begin);
    for await (const batch of socketsWithOwners(proc, rows, owners, sink, memory, begin)) {
      for (const { inode, owners: held } of batch) shown.push([inode, held?.map(({ pid }) => pid)]);
    }
    return {
      ...{ shown, calls: proc.calls, warnings: sink.warnings },
      ...{ asked: asking?.asked ?? [], notes },
    };
  }

  const machine = {
    files: { 'net/tcp': tableOf(inodes) },
    processes: {
      5: { ...holds(...odd), cmdline: 'a\0' },
      6: { ...holds(2, 4), cmdline: 'b\0' },
    },
  };

  it('looks once at each descriptor it knows, and lists nothing anew', async () => {
    const memory = ownerMemory();
    const first = await round(machine, memory);
    // Those without an owner are looked for once more: they might have been younger than the walk.
    await round(machine, memory);
    const second = await round(machine, memory);
    expect(second.shown).toEqual(first.shown);
    expect(first.shown.slice(0, 6).map(([, pids]) => pids)).toEqual([[5], [6], [5], [6], [5], []]);
    expect(second.calls.filter((call) => call.startsWith('list'))).toEqual([]);
    expect(second.calls.filter((call) => call.startsWith('link 5')).length).toBe(odd.length);
    expect(second.calls.filter((call) => call.startsWith('link 6'))).toEqual([
      'link 6/fd/3',
      'link 6/fd/4',
    ]);
  });

  it('reads names anew: a process may have become another program', async () => {
    const memory = ownerMemory();
    await round(machine, memory);
    await round(machine, memory);
    const { calls } = await round(machine, memory);
    expect(calls.filter((call) => call.startsWith('read'))).toEqual([
      'read 5/cmdline 512',
      'read 6/cmdline 512',
    ]);
  });

  it.each<[string, FakeMachine]>([
    [
      'a new socket',
      {
        files: { 'net/tcp': tableOf([...inodes, 9001]) },
        processes: { ...machine.processes, 8: { ...holds(9001), cmdline: 'new\0' } },
      },
    ],
    [
      'another owner',
      {
        ...machine,
        processes: { ...machine.processes, 6: { ...holds(4), cmdline: '' }, 9: holds(2) },
      },
    ],
    ['a process that ended', { ...machine, processes: { 9: holds(...odd, 2, 4) } }],
    [
      'no owner any more',
      { ...machine, processes: { ...machine.processes, 6: { ...holds(4), cmdline: '' } } },
    ],
    [
      'nothing but a socket that went',
      { ...machine, files: { 'net/tcp': tableOf(inodes.slice(0, -1)) } },
    ],
  ])('shows what a first round would: %s', async (_, later) => {
    const memory = ownerMemory();
    await round(machine, memory);
    await round(machine, memory);
    expect((await round(later, memory)).shown).toEqual((await round(later, ownerMemory())).shown);
    // And remembers it.
    const { calls } = await round(later, memory);
    expect(calls.filter((call) => call.startsWith('list'))).toEqual([]);
  });

  it('finds the owner of a socket that was opened while a round was on', async () => {
    const memory = ownerMemory();
    // Its row is read when the walk is over, which it is not in.
    expect((await round(machine, memory)).shown.at(-1)).toEqual([count, []]);
    const processes = { ...machine.processes, 9: { ...holds(count), cmdline: 'late\0' } };
    expect((await round({ ...machine, processes }, memory)).shown.at(-1)).toEqual([count, [9]]);
  });

  it('asks the kernel anew in each round if it reports all at once, and looks at no descriptor', async () => {
    const memory = ownerMemory();
    const rows = (pid: number) => odd.map((inode, at): OwnerRow => [pid, inode, at]);
    const first = await round(machine, memory, {
      held: ownersAtOnceOf([...rows(5), [6, 2, 3], [6, 4, 4]]),
    });
    expect(first.shown.slice(0, 6).map(([, pids]) => pids)).toEqual([[5], [6], [5], [6], [5], []]);
    expect(memory.walked?.isCheap).toBe(true);
    // A lower process holds them too by now, which a look at what was known would not show.
    const with3 = { ...machine, processes: { ...machine.processes, 3: holds(2) } };
    const second = await round(with3, memory, {
      held: ownersAtOnceOf([[3, 2, 9], ...rows(5), [6, 2, 3]]),
    });
    expect(second.shown.slice(0, 6).map(([, pids]) => pids)).toEqual([[5], [3], [5], [], [5], []]);
    for (const { asked, calls } of [first, second]) {
      expect(asked).toEqual([['netstat', null]]);
      expect(calls.filter((call) => /^list|^link .*fd/.test(call))).toEqual([]);
    }
  });

  it('walks as before in a round in which the kernel refuses', async () => {
    const memory = ownerMemory();
    await round(machine, memory, { held: ownersAtOnceOf(odd.map((inode, at) => [5, inode, at])) });
    const later = await round(machine, memory, { held: null });
    expect(later.shown).toEqual((await round(machine, ownerMemory())).shown);
    expect(memory.walked?.isCheap).toBe(false);
  });

  it('notes once per round (with -v) that the kernel reported it', async () => {
    const heldOdd = ownersAtOnceOf(odd.map((inode, at) => [5, inode, at]));
    const note = 'owners: reported by the kernel for all processes at once (bpf)';
    const read = 'tcp: read from /proc/net/tcp';
    expect((await round(machine, ownerMemory(), { held: heldOdd })).notes).toEqual([read, note]);
    expect((await round(machine, ownerMemory(), { held: null })).notes).toEqual([read]);
    expect((await round(machine, ownerMemory())).notes).toEqual([read]);
  });

  it('goes back to a search that ends early when few are left', async () => {
    const memory = ownerMemory();
    await round(machine, memory);
    expect(memory.walked).not.toBeNull();
    await round({ ...machine, files: { 'net/tcp': tableOf([1, 2]) } }, memory);
    expect(memory.walked).toBeNull();
  });

  it.each([
    ['the first', false],
    ['a later', true],
  ])('signals that reading has begun if there was no row in %s round', async (_, isLater) => {
    const sink = warningSink();
    const memory = ownerMemory();
    if (isLater) await round(machine, memory);
    const proc = fakeProc({ files: { 'net/tcp': 'header\n' } });
    const owners = { depth: 'first', details: false } as const;
    const query = socketQuery({ protocols: ['tcp', 'sctp'], required: true, owners });
    const rows = (begin: () => void) => linuxSockets(proc, query, sink, begin);
    const reading = readingOf((begin) =>
      socketsWithOwners(proc, rows, owners, sink, memory, begin),
    );
    await reading.begun();
    await expect(collect(reading.batches)).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('reports what is denied although the walk of this round was denied less', async () => {
    const memory = ownerMemory();
    const denied = { ...machine.processes, 7: { fd: systemError('EACCES') } };
    await round({ ...machine, processes: denied }, memory);
    await round({ ...machine, processes: denied }, memory);
    const files = { 'net/tcp': tableOf([...inodes, 9001]) };
    const { warnings } = await round({ ...machine, files }, memory);
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining(': 1 process could not be inspected'),
    ]);
  });

  it('reports in every round what is denied', async () => {
    const memory = ownerMemory();
    const processes = { ...machine.processes, 7: { fd: systemError('EACCES') } };
    const first = await round({ ...machine, processes }, memory);
    const second = await round({ ...machine, processes }, memory);
    expect(first.warnings.length).toBe(1);
    expect(second.warnings).toEqual(first.warnings);
  });

  it('walks anew for every owner: a socket may have got another one', async () => {
    const memory = ownerMemory();
    await round(machine, memory, { depth: 'all' });
    const processes = { ...machine.processes, 9: { ...holds(2), cmdline: 'c\0' } };
    const { shown } = await round({ ...machine, processes }, memory, { depth: 'all' });
    expect(shown[1]).toEqual([2, [6, 9]]);
  });
});

describe('what vanishes meanwhile costs nothing', () => {
  it.each(['ENOENT', 'ESRCH'])('a process (%s)', async (code) => {
    const processes = {
      4: { fd: systemError(code) },
      5: { ...holds(10), cmdline: 'a\0' },
    };
    const { found, warnings } = await find({ processes }, [socket(10)]);
    expect([pids(found), warnings]).toEqual([[[5]], []]);
  });

  it('a descriptor', async () => {
    const fd = Object.defineProperty({ 4: 'socket:[10]' } as Record<string, string>, '3', {
      enumerable: true,
      get: () => undefined,
    });
    const { found, warnings } = await find({ processes: { 5: { fd, cmdline: 'a\0' } } }, [
      socket(10),
    ]);
    expect([pids(found), warnings]).toEqual([[[5]], []]);
  });

  it('a process whose names were to be read', async () => {
    const processes = {
      5: { ...holds(10), cmdline: systemError('ESRCH'), exe: systemError('EACCES') },
    };
    const { found } = await find({ processes }, [socket(10)], { details: true });
    expect(found[0]?.owners).toEqual([
      { pid: 5, program: null, commandLine: null, executable: null, fd: 3, ...nothingMore },
    ]);
  });
});

describe('why there is no owner', () => {
  const denied = { fd: systemError('EACCES') };
  const own = { ...holds(10), cmdline: 'a\0' };

  it('denied: it may be held by a process that could not be inspected', async () => {
    const machine = { processes: { 4: denied, 5: own, 6: { fd: systemError('EPERM') } } };
    const { found, warnings } = await find(machine, [socket(10), socket(20), socket(30)]);
    expect(reasons(found)).toEqual([null, 'denied', 'denied']);
    expect(warnings).toEqual([
      {
        code: 'owners-denied',
        message:
          'the owners of 2 sockets could not be determined: 2 processes could not be inspected; the user who captured them could not see more',
        source: '/proc',
      },
    ]);
  });

  it('denied, of one socket by one process', async () => {
    const { warnings } = await find({ processes: { 4: denied } }, [socket(10)]);
    expect(warnings.map(({ message }) => message)).toEqual([
      'the owners of 1 socket could not be determined: 1 process could not be inspected; the user who captured them could not see more',
    ]);
  });

  it('denied, where the caller counts: it gets the warning to fill in', async () => {
    const told: string[] = [];
    const onHidden: OwnerQuery['onHidden'] = (warningFor) => told.push(warningFor(5).message);
    const machine = { processes: { 4: denied, 5: own } };
    const { warnings } = await find(machine, [socket(20)], { onHidden });
    expect(warnings).toEqual([]);
    expect(told).toEqual([
      expect.stringMatching(/^the owners of 5 sockets could not be determined: 1 process /),
    ]);
    await find(machine, [socket(10)], { onHidden });
    expect(told).toHaveLength(1);
  });

  it('nothing was denied that was wanted: no warning', async () => {
    const { found, warnings } = await find({ processes: { 4: denied, 5: own } }, [socket(10)]);
    expect([pids(found), warnings]).toEqual([[[5]], []]);
  });

  it.each<[string, Socket, string]>([
    ['TIME_WAIT', socket(null, { state: 'TIME_WAIT' } as Partial<Socket>), 'none'],
    ['not accepted yet', socket(null, { state: 'ESTABLISHED' } as Partial<Socket>), 'none'],
    [
      'a listener without an inode',
      socket(null, { state: 'LISTEN' } as Partial<Socket>),
      'unknown',
    ],
    ['a listener that nobody was seen to hold', socket(9), 'unknown'],
    [
      'a UDP socket likewise',
      socket(9, { protocol: 'udp', state: 'UNCONN' } as Partial<Socket>),
      'unknown',
    ],
    ['a connection', socket(9, { state: 'ESTABLISHED' } as Partial<Socket>), 'unknown'],
  ])('%s', async (_, given, reason) => {
    const { found, warnings } = await find({ processes: { 5: own } }, [given, socket(10)]);
    expect([reasons(found), warnings]).toEqual([[reason, null], []]);
  });

  it.each(['first', 'all'] as const)('denied, where processes are hidden: %s', async (depth) => {
    const machine = { processes: { 5: own }, hides: true };
    const { found, warnings } = await find(machine, [socket(9), socket(10)], { depth });
    expect(reasons(found)).toEqual(['denied', null]);
    expect(warnings.map(({ code, message }) => [code, message])).toEqual([
      ['owners-denied', expect.stringContaining("/proc hides other users' processes (hidepid)")],
    ]);
  });

  it.each<[string, FakeMachine, string]>([
    ['a folder', { processes: { 4: { fd: systemError('EMFILE') }, 5: own } }, 'EMFILE'],
    ['a link', { processes: { 4: { fd: { 3: systemError('ENOMEM') } }, 5: own } }, 'ENOMEM'],
    ['the processes themselves', { unlisted: systemError('ENFILE') }, 'ENFILE'],
    ['an unheard-of error', { processes: { 4: { fd: systemError('EIO') }, 5: own } }, '(EIO)'],
  ])('unknown and reported, if it could not be read: %s', async (_, machine, code) => {
    for (const depth of ['first', 'all'] as const) {
      const { found, warnings } = await find(machine, [socket(20)], { depth });
      expect(reasons(found)).toEqual(['unknown']);
      expect(warnings.map((warning) => [warning.code, warning.message])).toEqual([
        ['owners-failed', expect.stringContaining(code)],
      ]);
    }
  });

  it('reports that an owner was found but another may be missing', async () => {
    const machine = { processes: { 4: { fd: systemError('EMFILE') }, 5: own } };
    const { warnings } = await find(machine, [socket(10)]);
    expect(warnings.map(({ code }) => code)).toEqual(['owners-failed']);
  });

  it('reports that a name could not be read', async () => {
    const machine = { processes: { 5: { ...holds(10), cmdline: systemError('EMFILE') } } };
    const { found, warnings } = await find(machine, [socket(10)]);
    expect(found[0]?.owners?.[0]).toMatchObject({ pid: 5, program: null });
    expect(warnings.map(({ code }) => code)).toEqual(['owners-failed']);
  });

  it('skips a link whose path is too long to be read, which is no socket', async () => {
    const fd = { 3: systemError('ENAMETOOLONG'), 4: 'socket:[10]' };
    const { found, warnings } = await find({ processes: { 5: { fd, cmdline: 'a\0' } } }, [
      socket(10),
    ]);
    expect([pids(found), warnings]).toEqual([[[5]], []]);
  });
});

describe('long command lines', () => {
  const long = 'x'.repeat(longestCommandLine);

  it('are cut, and marked as cut', async () => {
    const processes = {
      5: { ...holds(10), cmdline: `${long}\0` },
      6: { ...holds(20), cmdline: long },
    };
    const { found } = await find({ processes }, [socket(10), socket(20)], { details: true });
    expect(found.map(({ owners }) => owners?.[0])).toEqual([
      {
        pid: 5,
        program: 'x'.repeat(511),
        commandLine: long,
        commandTruncated: true,
        executable: null,
        ...nothingMore,
        fd: 3,
      },
      {
        pid: 6,
        program: 'x'.repeat(511),
        commandLine: long,
        executable: null,
        fd: 3,
        ...nothingMore,
      },
    ]);
  });

  it('are whole in however many rows they are repeated, so filters decide by all of them', async () => {
    const inodes = Array.from({ length: 901 }, (_, at) => at + 1);
    const fd = Object.fromEntries(inodes.map((inode) => [inode, `socket:[${inode}]`]));
    const cmdline = `java\0${'x'.repeat(20_000)}\0com.example.Main\0`;
    const { found } = await find(
      { processes: { 4: { fd, cmdline }, 5: { fd, cmdline } } },
      inodes.map((inode) => socket(inode)),
      { details: true },
    );
    const expression = ['command = *com.example.Main'];
    const { late } = compileSelection(query({ expression }), lookups);
    expect(found.filter(late)).toHaveLength(901);
    expect(
      found.flatMap(({ owners }) => owners ?? []).filter((one) => one.commandTruncated),
    ).toEqual([]);
  });

  it('of very many processes are cut where a name is', async () => {
    const entries = Array.from({ length: 300 }, (_, at) => [
      at + 1,
      { ...holds(at + 1), cmdline: `${long}x` },
    ]);
    const sockets = entries.map(([inode]) => socket(inode as number));
    const machine = { processes: Object.fromEntries(entries) };
    const { found } = await find(machine, sockets, { details: true });
    const lengths = found.map(({ owners }) => owners?.[0]?.commandLine?.length);
    expect([...new Set(lengths)]).toEqual([longestCommandLine, 511]);
    expect(lengths.filter((length) => length === longestCommandLine).length).toBe(256);
    expect(found.every(({ owners }) => owners?.[0]?.commandTruncated)).toBe(true);
  });
});

describe('sockets that come packed', () => {
  const table = tcpTable('inet');
  const established = 1;
  const timeWait = 6;

  /** Batches of inodes as packs (0: TIME_WAIT), of sockets as they are; and what of owners was there with each. */
  async function findPacked(
    machine: FakeMachine,
    batches: readonly (readonly number[] | readonly Socket[])[],
    memory = ownerMemory(),
  ) {
    const proc = fakeProc(machine);
    const sink = warningSink();
    const pack = emptyPack(table, 16, false);
    async function* rows() {
      for (const batch of batches) {
        if (typeof batch[0] !== 'number') {
          yield structuredClone(batch) as Socket[];
          continue;
        }
        // The same memory for each, as a reader has it.
        pack.owners = null;
        pack.length = batch.length;
        pack.inodes.set(batch as readonly number[]);
        for (const [at, inode] of batch.entries()) {
          pack.states[at] = inode === 0 ? timeWait : established;
        }
        yield asBatch(pack);
      }
    }
    const found: (readonly (number | undefined)[])[] = [];
    const query: OwnerQuery = { depth: 'first', details: false };
    for await (const batch of socketsWithOwners(proc, rows, query, sink, memory, begin)) {
      const one = packIn(batch);
      found.push(
        one === null
          ? batch.map(({ owners }) => owners?.[0]?.pid)
          : Array.from(
              { length: one.length },
              (_, at) => one.owners?.known[one.owners.lists[at] as number]?.[0]?.pid,
            ),
      );
    }
    return { found, warnings: sink.warnings, calls: proc.calls };
  }

  const processes = { 5: holds(10, 30), 6: holds(20, 10) };

  it('have the owners that their objects would have, batch by batch', async () => {
    const { found, warnings } = await findPacked({ processes }, [
      [10, 20, 0, 40],
      [30, 10],
    ]);
    expect(found).toEqual([
      [5, 6, undefined, undefined],
      [5, 5],
    ]);
    expect(warnings).toEqual([]);
  });

  it('have each its descriptor, all of several owners, and else the reason, as their objects have', async () => {
    const shared = {
      5: holds(10, 30),
      6: holds(20, 10),
      7: holds(40),
      8: { fd: systemError('EACCES') },
    };
    const inodes = [10, 20, 30, 40, 50, 0, 20];
    const query: OwnerQuery = { depth: 'all', details: true };
    const answerOf = async (isPacked: boolean) => {
      async function* rows() {
        const pack = emptyPack(table, 16, false);
        pack.length = inodes.length;
        pack.inodes.set(inodes);
        for (const [at, inode] of inodes.entries()) {
          pack.states[at] = inode === 0 ? timeWait : established;
        }
        yield isPacked ? asBatch(pack) : socketsIn(pack);
      }
      const all = socketsWithOwners(
        fakeProc({ processes: shared }),
        rows,
        query,
        warningSink(),
        ownerMemory(),
        begin,
      );
      const got: Socket[] = [];
      for await (const batch of all) {
        const pack = packIn(batch);
        got.push(...(pack === null ? batch : socketsIn(pack)));
      }
      return got;
    };
    const objects = await answerOf(false);
    expect(objects.map(({ owners, noOwner }) => owners?.length || noOwner)).toEqual([
      ...[2, 1, 1, 1, 'denied', 'none', 1],
    ]);
    expect(await answerOf(true)).toEqual(objects);
  });

  it('may stand between others', async () => {
    const { found } = await findPacked({ processes }, [
      [socket(20)],
      [10, 20],
      [socket(30), socket(40)],
    ]);
    expect(found).toEqual([[6], [5, 6], [5, undefined]]);
  });

  it('are counted where their owners may not be seen, but for those that have none', async () => {
    const { warnings } = await findPacked({ processes: { 7: { fd: systemError('EACCES') } } }, [
      [10, 0, 20],
      [0, 30],
    ]);
    expect(warnings.map(({ code, message }) => [code, message])).toEqual([
      ['owners-denied', expect.stringContaining('the owners of 3 sockets could not be determined')],
    ]);
  });

  it('have in a later round the owners of that round', async () => {
    const memory = ownerMemory();
    const many = Array.from({ length: 300 }, () => Array.from({ length: 16 }, (_, at) => at + 10));
    await findPacked({ processes }, many, memory);
    const later = { 5: holds(10), 9: holds(20, 30) };
    const { found } = await findPacked({ processes: later }, many, memory);
    expect(new Set(found.map((pids) => [pids[0], pids[10], pids[20 - 10]].join()))).toEqual(
      new Set(['5,9,9']),
    );
  });
});
