import { describe, expect, it } from 'vitest';
import type { Socket } from '../../../../src/model/socket.js';
import type { OwnerQuery } from '../../../../src/platform/backend.js';
import { heldSockets, withOwners } from '../../../../src/platform/linux/owners/held-sockets.js';
import { ownerMemory } from '../../../../src/platform/linux/owners/owner-memory.js';
import { inetSockets } from '../../../format/support/rows.js';
import { notebook } from '../../../support/backend-answers.js';
import { type FakeMachine, fakeProc, systemError } from '../support/fake-proc.js';

const socket = (inode: number | null, changes: Partial<Socket> = {}): Socket =>
  ({ ...inetSockets[0], inode, ...changes }) as Socket;
const holds = (...inodes: number[]) => ({
  fd: {
    0: '/dev/null',
    1: 'pipe:[1]',
    ...Object.fromEntries(inodes.map((inode, at) => [at + 3, `socket:[${inode}]`])),
  },
});
const wholeMachine = 'pid:[4026531836]';

async function find(
  machine: Pick<FakeMachine, 'processes' | 'pidNamespace'>,
  sockets: readonly Socket[],
  { depth = 'all', details = false }: Partial<OwnerQuery> = {},
) {
  const proc = fakeProc(machine);
  const notes = notebook();
  const found = await withOwners(proc, sockets, { depth, details }, notes, ownerMemory());
  return { found, warnings: notes.warnings, calls: proc.calls };
}
const pids = (sockets: readonly Socket[]) => sockets.map(({ owners }) => owners?.map((o) => o.pid));
const reasons = (sockets: readonly Socket[]) => sockets.map(({ noOwner }) => noOwner);

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
      'read 5/cmdline',
    ]);
  });

  it('goes to the end for all of them', async () => {
    const { calls } = await find({ processes }, [socket(10)], { depth: 'all' });
    expect(calls.filter((call) => call.startsWith('list'))).toEqual(['list 5', 'list 6', 'list 7']);
  });

  it('does not set out where no socket can have an owner', async () => {
    const { found, calls } = await find({ processes }, [socket(null)]);
    expect(reasons(found)).toEqual(['none']);
    expect(calls).toEqual([]);
  });

  it('reads the names of owners only, each once', async () => {
    const { calls } = await find({ processes }, [socket(20), socket(10)]);
    expect(calls.filter((call) => call.startsWith('read'))).toEqual([
      'read 6/cmdline',
      'read 5/cmdline',
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

  it('tells what an owner is', async () => {
    const machine = { processes: { 6: { ...processes[6], exe: '/usr/bin/b' } } };
    const [plain] = (await find(machine, [socket(20)])).found;
    expect(plain?.owners).toEqual([
      { pid: 6, program: 'b', commandLine: null, executable: null, fd: 4 },
    ]);
    const [detailed] = (await find(machine, [socket(20)], { details: true })).found;
    expect(detailed?.owners).toEqual([
      { pid: 6, program: 'b', commandLine: 'b --flag', executable: '/usr/bin/b', fd: 4 },
    ]);
  });

  it('leaves everything else of a socket alone', async () => {
    const given = [socket(10), socket(99)];
    const { found } = await find({ processes }, given);
    expect(found.map((one) => ({ ...one, owners: null, noOwner: null }))).toEqual(given);
  });

  it('can look again for what it did not find', async () => {
    const before = (await find({ processes: {} }, [socket(10)])).found;
    expect(reasons(before)).toEqual(['unknown']);
    const { found } = await find({ processes }, before);
    expect([pids(found), reasons(found)]).toEqual([[[5, 6]], [null]]);
  });
});

describe('a process with very many descriptors', () => {
  const names = Array.from({ length: 400 }, (_, at) => [at, `socket:[${1000 + at}]`]);
  const big = { fd: Object.fromEntries(names), count: 400, cmdline: 'big\0' };

  it('has its first ones looked at before those of others, and the rest after', async () => {
    const processes = { 5: big, 6: { ...holds(10), cmdline: 'a\0' } };
    const few = await find({ processes }, [socket(1003), socket(10)], { depth: 'first' });
    expect(pids(few.found)).toEqual([[5], [6]]);
    expect(few.calls).not.toContain('link 5/fd/300');
    const all = await find({ processes }, [socket(1399), socket(10)], { depth: 'first' });
    expect(pids(all.found)).toEqual([[5], [6]]);
  });

  it('is denied once', async () => {
    const processes = { 5: { ...big, fd: systemError('EACCES') } };
    const { warnings } = await find({ processes }, [socket(10)], { depth: 'first' });
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining(': 1 process may not be looked into'),
    ]);
  });
});

describe('heldSockets', () => {
  const count = 6000;
  const row = (inode: number) =>
    `0: 0100007F:${(inode % 0xffff).toString(16).padStart(4, '0')} 00000000:0000 0A 0:0 0:0 0 0 0 ${inode}\n`;
  const table = `header\n${Array.from({ length: count }, (_, at) => row(at + 1)).join('')}`;
  const processes = {
    5: { ...holds(1, count), cmdline: 'a\0' },
    6: { ...holds(2, count), cmdline: 'b\0' },
    7: { fd: systemError('EACCES') },
  };
  const query = { protocols: ['tcp'], families: ['inet'] } as const;

  it.each(['first', 'all'] as const)('finds the owners of thousands of rows: %s', async (depth) => {
    const proc = fakeProc({ files: { 'net/tcp': table }, processes });
    const notes = notebook();
    const owners = { depth, details: false };
    const keep = ({ inode }: Socket) => inode !== 3;
    const sockets: Socket[] = [];
    for await (const batch of heldSockets(proc, query, keep, owners, notes, ownerMemory())) {
      sockets.push(...batch);
    }
    expect(sockets.length).toBe(count - 1);
    expect(pids([sockets[0], sockets[1], sockets[2], sockets.at(-1)] as Socket[])).toEqual([
      [5],
      [6],
      [],
      depth === 'first' ? [5] : [5, 6],
    ]);
    expect(reasons(sockets.slice(0, 3))).toEqual([null, null, 'denied']);
    expect(notes.warnings.map(({ message }) => message)).toEqual([
      `the owners of ${count - 4} sockets could not be told: 1 process may not be looked into; root (with CAP_SYS_PTRACE) would see them`,
    ]);
  });
});

describe('heldSockets, round after round', () => {
  const count = 5000;
  const row = (inode: number) =>
    `0: 0100007F:1F90 0100007F:${(inode % 0xffff).toString(16).padStart(4, '0')} 01 0:0 0:0 0 0 0 ${inode}\n`;
  const tableOf = (inodes: readonly number[]) => `header\n${inodes.map(row).join('')}`;
  const inodes = Array.from({ length: count }, (_, at) => at + 1);
  const query = { protocols: ['tcp'], families: ['inet'] } as const;
  const odd = inodes.filter((inode) => inode % 2 === 1);

  /** What one round shows of each socket: inode and PIDs. */
  async function round(
    machine: FakeMachine,
    memory: ReturnType<typeof ownerMemory>,
    depth: OwnerQuery['depth'] = 'first',
  ) {
    const proc = fakeProc(machine);
    const notes = notebook();
    const owners = { depth, details: false };
    const shown: [number | null, number[] | undefined][] = [];
    for await (const batch of heldSockets(proc, query, () => true, owners, notes, memory)) {
      for (const { inode, owners: held } of batch) shown.push([inode, held?.map(({ pid }) => pid)]);
    }
    return { shown, calls: proc.calls, warnings: notes.warnings };
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
      'read 5/cmdline',
      'read 6/cmdline',
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
      'another holder',
      {
        ...machine,
        processes: { ...machine.processes, 6: { ...holds(4), cmdline: '' }, 9: holds(2) },
      },
    ],
    ['a process that ended', { ...machine, processes: { 9: holds(...odd, 2, 4) } }],
    [
      'no holder any more',
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

  it('finds the holder of a socket that was opened while a round was on', async () => {
    const memory = ownerMemory();
    // Its row is read when the walk is over, which it is not in.
    expect((await round(machine, memory)).shown.at(-1)).toEqual([count, []]);
    const processes = { ...machine.processes, 9: { ...holds(count), cmdline: 'late\0' } };
    expect((await round({ ...machine, processes }, memory)).shown.at(-1)).toEqual([count, [9]]);
  });

  it('goes back to a search that ends early when few are left', async () => {
    const memory = ownerMemory();
    await round(machine, memory);
    expect(memory.walked).not.toBeNull();
    await round({ ...machine, files: { 'net/tcp': tableOf([1, 2]) } }, memory);
    expect(memory.walked).toBeNull();
  });

  it('says that reading has begun where no row was chosen', async () => {
    const notes = notebook();
    const proc = fakeProc({ files: { 'net/tcp': 'header\n' } });
    const owners = { depth: 'first', details: false } as const;
    const batches: (readonly Socket[])[] = [];
    for await (const batch of heldSockets(proc, query, () => true, owners, notes, ownerMemory())) {
      batches.push(batch);
    }
    expect(batches).toEqual([[]]);
  });

  it('tells of what is denied though the walk of this round was denied less', async () => {
    const memory = ownerMemory();
    const denied = { ...machine.processes, 7: { fd: systemError('EACCES') } };
    await round({ ...machine, processes: denied }, memory);
    await round({ ...machine, processes: denied }, memory);
    const files = { 'net/tcp': tableOf([...inodes, 9001]) };
    const { warnings } = await round({ ...machine, files }, memory);
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining(': 1 process may not be looked into'),
    ]);
  });

  it('tells every round of what is denied', async () => {
    const memory = ownerMemory();
    const processes = { ...machine.processes, 7: { fd: systemError('EACCES') } };
    const first = await round({ ...machine, processes }, memory);
    const second = await round({ ...machine, processes }, memory);
    expect(first.warnings.length).toBe(1);
    expect(second.warnings).toEqual(first.warnings);
  });

  it('walks anew for every owner: a socket may have got another one', async () => {
    const memory = ownerMemory();
    await round(machine, memory, 'all');
    const processes = { ...machine.processes, 9: { ...holds(2), cmdline: 'c\0' } };
    const { shown } = await round({ ...machine, processes }, memory, 'all');
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
      { pid: 5, program: null, commandLine: null, executable: null, fd: 3 },
    ]);
  });
});

describe('why there is no owner', () => {
  const denied = { fd: systemError('EACCES') };
  const own = { ...holds(10), cmdline: 'a\0' };

  it('denied: it may be held by a process that may not be looked into', async () => {
    const machine = { processes: { 4: denied, 5: own, 6: { fd: systemError('EPERM') } } };
    const { found, warnings } = await find(machine, [socket(10), socket(20), socket(30)]);
    expect(reasons(found)).toEqual([null, 'denied', 'denied']);
    expect(warnings).toEqual([
      {
        code: 'owners-denied',
        message:
          'the owners of 2 sockets could not be told: 2 processes may not be looked into; root (with CAP_SYS_PTRACE) would see them',
        source: '/proc',
      },
    ]);
  });

  it('denied, of one socket by one process', async () => {
    const { warnings } = await find({ processes: { 4: denied } }, [socket(10)]);
    expect(warnings.map(({ message }) => message)).toEqual([
      'the owners of 1 socket could not be told: 1 process may not be looked into; root (with CAP_SYS_PTRACE) would see them',
    ]);
  });

  it('nothing was denied that was wanted: no warning', async () => {
    const { found, warnings } = await find({ processes: { 4: denied, 5: own } }, [socket(10)]);
    expect([pids(found), warnings]).toEqual([[[5]], []]);
  });

  it.each<[string, Socket, string, string]>([
    ['no inode, TIME_WAIT', socket(null), wholeMachine, 'none'],
    ['a listener that no process of the whole machine holds', socket(9), wholeMachine, 'kernel'],
    [
      'a UDP socket likewise',
      socket(9, { protocol: 'udp', state: 'UNCONN' } as Partial<Socket>),
      wholeMachine,
      'kernel',
    ],
    [
      'a connection, which may be on its way',
      socket(9, { state: 'ESTABLISHED' } as Partial<Socket>),
      wholeMachine,
      'unknown',
    ],
    ['a listener seen from a container', socket(9), 'pid:[4026532001]', 'unknown'],
  ])('%s', async (_, given, pidNamespace, reason) => {
    const { found } = await find({ processes: { 5: own }, pidNamespace }, [given]);
    expect(reasons(found)).toEqual([reason]);
  });

  it('unknown, where the namespace cannot be told', async () => {
    expect(reasons((await find({ processes: { 5: own } }, [socket(9)])).found)).toEqual([
      'unknown',
    ]);
  });
});
