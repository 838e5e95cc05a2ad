import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  type PackedSockets,
  packIn,
  type SocketBatch,
  socketAt,
} from '../../../../src/model/packed/sockets.ts';
import { pattern, type SocketPattern } from '../../../../src/model/socket/pattern.ts';
import type { InetSocket } from '../../../../src/model/socket/socket.ts';
import { NetlinkError } from '../../../../src/sources/linux/netlink/diag-file.ts';
import { diagReader } from '../../../../src/sources/linux/netlink/diag-reader.ts';
import { shownStates } from '../../../../src/sources/linux/netlink/sock-diag.ts';
import type { Proc } from '../../../../src/sources/linux/proc/proc.ts';
import type { TableQuery } from '../../../../src/sources/linux/sockets/table.ts';
import { inState, port } from '../../../support/patterns.ts';
import { warningSink } from '../../../support/source-answers.ts';
import { fakeProc } from '../support/fake-proc.ts';
import {
  type Answers,
  attributeBytes,
  done,
  fakeKernel,
  type InetBody,
  inetBody,
  message,
  refusal,
} from './support.ts';

const native = vi.hoisted(() => ({ isAtHand: false }));
vi.mock('../../../../src/sources/native.ts', async (original) => ({
  ...(await original<object>()),
  get isNativeAtHand() {
    return native.isAtHand;
  },
}));
afterEach(() => {
  native.isAtHand = false;
});

const any = new Array<number>(16).fill(0);
const body = (socket: InetBody) => message(20, inetBody(socket));

const plainQuery = {
  ...{ listeningOnly: false, timers: false, tcpInfo: false, socketInfo: false },
  ...{
    receivers: false,
    devices: false,
    deviceName: String,
    boundSockets: false,
    cgroups: false,
    records: false,
    toFollow: false,
  },
  ...{
    packed: null,
    glance: null as TableQuery['glance'],
    families: ['inet'] as const,
    kept: new Map(),
  },
  ...{ pattern: true as SocketPattern, isHeld: null as TableQuery['isHeld'] },
  isTaken: () => false,
};

function rows(
  answers: Answers,
  listeningOnly = false,
  family: 'inet' | 'inet6' = 'inet',
  asked: Partial<typeof plainQuery> = {},
) {
  const { ask, log } = fakeKernel(answers);
  const warnings = warningSink();
  const reader = diagReader('tcp', family);
  const proc = { ...fakeProc({}), sockDiag: () => ask };
  const query = { ...plainQuery, listeningOnly, warnings, families: [family], ...asked };
  const sockets = [...reader.open(proc, query)].flat() as InetSocket[];
  return { sockets, requests: log.requests, warnings: warnings.warnings };
}

/** A machine whose kernel counts so many TCP sockets: over IPv4, in TIME_WAIT, over IPv6. */
const counting = (inUse: number, timeWait: number, six: number) =>
  fakeProc({
    isKernels: true,
    files: {
      'net/sockstat': `TCP: inuse ${inUse} orphan 0 tw ${timeWait} alloc 9 mem 1\n`,
      'net/sockstat6': `TCP6: inuse ${six}\n`,
    },
  });

/** A request is for listeners alone. */
const isForListeners = (request: Buffer) => request.readUInt32LE(20) === 1 << 10;

describe('the reader of sock_diag', () => {
  it('asks for listeners alone where they alone are wanted', () => {
    const { requests } = rows(() => [done], true);
    expect(requests.map(isForListeners)).toEqual([true]);
  });

  /** The states and the attributes that are asked for. */
  const stated = (request: Buffer) => [request.readUInt32LE(20), request.readUInt8(18)];
  it.each<[string, Partial<typeof plainQuery>, readonly [number, number]]>([
    ['rows', {}, [0xffff_dfff, 0]],
    ['what /proc contains', { timers: true }, [0xffff_dfff, 0b10]],
    ['what a glance contains', { glance: () => true }, [0xffff_dfff, 0b10]],
    ['listeners', { listeningOnly: true, timers: true }, [1 << 10, 0]],
    ['sockets that are only bound', { boundSockets: true }, [0xffff_ffff, 0]],
    ['these beside listeners', { listeningOnly: true, boundSockets: true }, [0x2400, 0]],
    ['connections from inside', { tcpInfo: true }, [0xffff_dfff, 0b1010]],
    ['what it reports of any socket', { socketInfo: true }, [0xffff_dfff, 0b100_0000]],
    ['the same of listeners', { socketInfo: true, listeningOnly: true }, [1 << 10, 0b100_0000]],
  ])('asks for %s', (_, asked, expected) => {
    const { requests } = rows(() => [done], false, 'inet', asked);
    expect(requests.map(stated)).toEqual([expected]);
  });

  it('asks only for what may match', () => {
    const wanted = pattern.all([inState('time-wait', 'listening'), port('local', 22)]);
    const { requests } = rows(() => [done], false, 'inet', { pattern: wanted });
    const [request] = requests as [Buffer];
    expect(request.readUInt32LE(20)).toBe((1 << 6) | (1 << 10));
    // The length of the whole, and behind `struct inet_diag_req_v2` that of the attribute, its type and its program.
    expect(request.readUInt32LE(0)).toBe(request.length);
    expect(request.subarray(72).toString('hex')).toBe(
      `14000100${'0208140000001600'}${'03080c0000001600'}`,
    );
    const listeners = rows(() => [done], true, 'inet', { pattern: wanted }).requests;
    expect(listeners.map(isForListeners)).toEqual([true]);
  });

  it.each<[string, Partial<typeof plainQuery>, boolean, ('inet' | 'inet6')?]>([
    ['files contain it', {}, false],
    ['files do not contain it', { socketInfo: true }, true],
    ['UDP has none of it', { tcpInfo: true, boundSockets: true }, false],
    ['files do not contain interfaces', { devices: true }, true],
    ['files do not contain cgroups', { cgroups: true }, true],
    ['files do not contain what is followed by', { toFollow: true }, true],
    ['files do not show who receives', { receivers: true }, true],
    ['files do not show whether servers of IPv6 accept IPv4', { receivers: true }, true, 'inet6'],
  ])('returns whether it must be asked for UDP: %s', (_, asked, expected, family = 'inet') => {
    const asks: boolean[] = [];
    const sockDiag = (_path: string, isNeeded: boolean) => {
      asks.push(isNeeded);
      return null;
    };
    const query = { ...plainQuery, warnings: warningSink(), ...asked };
    const reader = diagReader('udp', family);
    expect(() => reader.open({ ...fakeProc({}), sockDiag }, query)).toThrow();
    expect(asks).toEqual([expected]);
  });

  it.each<[string, Proc, Partial<typeof plainQuery>, boolean]>([
    ['few connections', counting(900, 100, 1_000), {}, false],
    ['many connections', counting(900, 101, 1_000), {}, true],
    [
      'listeners alone, which files list first',
      counting(9_000, 0, 0),
      { listeningOnly: true },
      false,
    ],
    ['interfaces, which files do not contain', fakeProc({}), { devices: true }, true],
    ['who receives datagrams, which TCP has none of', fakeProc({}), { receivers: true }, false],
    ['a kernel that does not count', fakeProc({}), {}, false],
  ])('returns whether it pays for TCP: %s', (_, machine, asked, expected) => {
    const asks: boolean[] = [];
    const sockDiag = (_path: string, pays: boolean) => {
      asks.push(pays);
      return null;
    };
    const query = () => ({ ...plainQuery, warnings: warningSink(), ...asked });
    const reader = diagReader('tcp', 'inet');
    expect(() => reader.open({ ...machine, sockDiag }, query())).toThrow();
    native.isAtHand = true;
    expect(() => reader.open({ ...machine, sockDiag }, query())).toThrow();
    expect(asks).toEqual([expected, true]);
  });

  it('makes no rows of sockets that are not held', () => {
    const held = (inode: number) => body({ state: 1, local: [any, 22], remote: [any, 9], inode });
    const answers = () => [held(10), held(11), held(12), done];
    const inodes = (isHeld: TableQuery['isHeld']) =>
      rows(answers, false, 'inet', { isHeld }).sockets.map(({ inode }) => inode);
    expect(inodes(null)).toEqual([10, 11, 12]);
    expect(inodes((inode) => inode === 11)).toEqual([11]);
  });

  it('does without where the kernel is not to be asked', () => {
    const query = { ...plainQuery, warnings: warningSink() };
    const reader = diagReader('tcp', 'inet');
    for (const sockDiag of [undefined, () => null]) {
      expect(() => reader.open({ ...fakeProc({}), sockDiag }, query)).toThrow(
        expect.objectContaining({ code: 'ENOTSUP' }),
      );
    }
  });

  it('warns where the kernel was interrupted', () => {
    const marked = message(3, Buffer.alloc(4), 2 | 0x10);
    expect(rows(() => [marked]).warnings).toMatchObject([{ code: 'uncertain' }]);
  });

  /** Half-open connections to port 80, and who listens there: over IPv4, over IPv6. */
  const halfOpen = (address: readonly number[]) =>
    body({ state: 3, local: [address, 80], remote: [[203, 0, 113, 9], 5] });
  const listener = (address: readonly number[], port: number, uid: number, family = 2) =>
    body({ family, state: 10, local: [address, port], remote: [any, 0], uid });
  const mapped = [...any.slice(0, 10), 0xff, 0xff, 192, 0, 2, 1];

  it.each<[string, Buffer[], Buffer[], number | null]>([
    ['the one of its address', [listener(any, 80, 1), listener([192, 0, 2, 1], 80, 2)], [], 2],
    ['one of any address', [listener([192, 0, 2, 9], 80, 1), listener(any, 80, 3)], [], 3],
    ['one of both families', [listener(any, 81, 1)], [listener(any, 80, 4, 10)], 4],
    ['one of its mapped address', [], [listener(any, 80, 4, 10), listener(mapped, 80, 5, 10)], 5],
    ['one that is gone', [], [], null],
  ])('gives a half-open connection the user of its listener: %s', (_, inet, inet6, uid) => {
    const { sockets, requests } = rows((request) => {
      if (!isForListeners(request))
        return [halfOpen([192, 0, 2, 1]), halfOpen([192, 0, 2, 1]), done];
      return [...(request[16] === 2 ? inet : inet6), done];
    });
    expect(sockets.map((socket) => socket.uid)).toEqual([uid, uid]);
    // The listeners are asked for once.
    expect(requests.map(isForListeners)).toEqual([false, true, true]);
  });

  it.each([
    ['accepted', 5],
    ['not accepted', 0],
  ])('leaves a socket that is open before its handshake ends its own user: %s', (_, inode) => {
    const socket: InetBody = {
      ...{ state: 3, local: [[192, 0, 2, 1], 80], remote: [[203, 0, 113, 9], 5], uid: 33, inode },
      attributes: [attributeBytes(8, Buffer.of(0))],
    };
    const answers = (request: Buffer) =>
      isForListeners(request) ? [listener(any, 80, 7), done] : [body(socket), done];
    expect(rows(answers).sockets.map(({ uid }) => uid)).toEqual([33]);
    expect(packedUsers(answers)).toEqual([33]);
  });

  /** The users of packed rows. */
  function packedUsers(answers: Answers): readonly number[] {
    const { ask } = fakeKernel(answers);
    const query = {
      ...{ ...plainQuery, kept: new Map(), isTaken: () => false, warnings: warningSink() },
      ...{
        families: ['inet'] as const,
        packed: { timers: false, users: true, connectedOnly: false },
      },
    };
    const users: number[] = [];
    const proc = { ...fakeProc({}), sockDiag: () => ask };
    for (const batch of diagReader('tcp', 'inet').open(proc, query)) {
      const pack = packIn(batch) as PackedSockets;
      users.push(...pack.uids.subarray(0, pack.length));
    }
    return users;
  }

  /** One that came by each of these interfaces; 0: by none that counts. */
  const halfOpenBy = (...devices: number[]) =>
    devices.map((device) =>
      body({ state: 3, local: [[192, 0, 2, 1], 80], remote: [[203, 0, 113, 9], 5], device }),
    );
  const listenerBy = (device: number, uid: number) =>
    body({ state: 10, local: [any, 80], remote: [any, 0], uid, device });
  it('gives it that of the listener of its interface', () => {
    const listeners = [listenerBy(2, 12), listenerBy(0, 10), listenerBy(3, 13)];
    const answers = (request: Buffer) => {
      const isFirst = request[16] === 2 || request.readUInt16LE(4) === 18;
      return [...(isForListeners(request) ? listeners : halfOpenBy(3, 2, 0, 9)), done].filter(
        (one) => isFirst || one === done,
      );
    };
    const expected = [13, 12, 10, 10];
    expect(rows(answers).sockets.map(({ uid }) => uid)).toEqual(expected);
    expect(packedUsers(answers)).toEqual(expected);
  });
});

describe('packed sockets', () => {
  const facts = { timers: false, users: true, connectedOnly: false };
  const four = (port: number) =>
    body({ state: 1, local: [[127, 0, 0, 1], port], remote: [any, 9] });
  const six = (port: number) =>
    body({ family: 10, state: 1, local: [any, port], remote: [any, 9] });

  const socketsIn = (batch: SocketBatch) => {
    const pack = packIn(batch) as PackedSockets;
    return Array.from({ length: pack.length }, (_, row) => socketAt(pack, row));
  };

  /** Both tables of TCP, one after the other, of a kernel that answers so. */
  function tables(
    answers: Answers,
    packed = facts,
    families: readonly ('inet' | 'inet6')[] = ['inet', 'inet6'],
    pattern: SocketPattern = true,
  ) {
    const { ask, log } = fakeKernel(answers);
    const proc = { ...fakeProc({}), sockDiag: () => ask };
    const warnings = warningSink();
    const query = {
      ...{ ...plainQuery, packed, families, kept: new Map() },
      ...{ pattern, isTaken: () => false, warnings },
    };
    const read = families.map((family) => {
      const batches = diagReader('tcp', family).open(proc, query);
      const sockets: InetSocket[] = [];
      // Each is good until the next is asked for.
      for (const batch of batches) sockets.push(...socketsIn(batch));
      return sockets;
    });
    return { read, requests: log.requests, closed: log.closed, warnings: warnings.warnings };
  }
  const isForBoth = (request: Buffer) => request.readUInt16LE(4) === 18;
  const portsOf = (read: readonly (readonly InetSocket[])[]) =>
    read.map((sockets) => sockets.map(({ family, local }) => `${family} ${local.port}`));

  it('of both families come by one request, and each table has its own, in the same order', () => {
    const { read, requests, closed } = tables(() => [
      Buffer.concat([four(1), six(2), four(3)]),
      six(4),
      Buffer.concat([six(5), four(6), done]),
    ]);
    expect(portsOf(read)).toEqual([
      ['inet 1', 'inet 3', 'inet 6'],
      ['inet6 2', 'inet6 4', 'inet6 5'],
    ]);
    expect([requests.map(isForBoth), closed]).toEqual([[true], 1]);
    // struct inet_diag_req: 60 bytes, no attribute, the states before the last word.
    const [sent = Buffer.alloc(0)] = requests;
    expect([sent.length, sent.readUInt32LE(0), sent[19]]).toEqual([76, 76, 0]);
    expect(sent.readUInt32LE(68)).toBe(shownStates);
  });

  it('come by one request if the same may match in both tables, otherwise table by table', () => {
    const programs = (pattern: SocketPattern) =>
      tables(() => [done], facts, undefined, pattern).requests.map((request) => [
        isForBoth(request),
        request.subarray(isForBoth(request) ? 80 : 76).toString('hex'),
      ]);
    expect(programs(port('remote', 0, 9))).toEqual([[true, '05080c0000000900']]);
    const ofInet = { kind: 'table', protocol: null, family: 'inet' } as const;
    expect(programs(pattern.any([ofInet, port('remote', 0, 9)]))).toEqual([
      [false, ''],
      [false, '05080c0000000900'],
    ]);
  });

  it('of the second table are kept, however many they are', () => {
    const many = Array.from({ length: 2_000 }, (_, index) => six(index));
    const datagrams = Array.from({ length: 10 }, (_, at) =>
      Buffer.concat(many.slice(at * 200, at * 200 + 200)),
    );
    const { read } = tables(() => [...datagrams, done]);
    expect(read[0]).toEqual([]);
    expect(read[1]?.map(({ local }) => local.port)).toEqual(many.map((_, index) => index));
  });

  it('come table by table where the kernel takes no request for both', () => {
    const { read, requests } = tables((request) => {
      if (isForBoth(request)) return [refusal(22)];
      return [request[16] === 2 ? four(1) : six(2), done];
    });
    expect(portsOf(read)).toEqual([['inet 1'], ['inet6 2']]);
    expect(requests.map(isForBoth)).toEqual([true, false, false]);
  });

  it('come of one table where only that is asked for', () => {
    const { requests } = tables(() => [four(1), done], facts, ['inet']);
    expect(requests.map(isForBoth)).toEqual([false]);
  });

  it('have no second table where reading the first broke off: it is read by itself', () => {
    const { ask, log } = fakeKernel((request) =>
      isForBoth(request) ? [Buffer.concat([four(1), six(2)]), refusal(4)] : [six(2), done],
    );
    const proc = { ...fakeProc({}), sockDiag: () => ask };
    const query = {
      ...{ ...plainQuery, packed: facts, kept: new Map() },
      ...{ families: ['inet', 'inet6'] as const, isTaken: () => false, warnings: warningSink() },
    };
    expect(() => [...diagReader('tcp', 'inet').open(proc, query)]).toThrow(NetlinkError);
    const lengths: number[] = [];
    for (const { length } of diagReader('tcp', 'inet6').open(proc, query)) {
      lengths.push(length);
    }
    expect(lengths).toEqual([1]);
    expect(log.requests.map(isForBoth)).toEqual([true, false]);
  });

  it('report for both tables that the kernel was interrupted', () => {
    const marked = message(3, Buffer.alloc(4), 2 | 0x10);
    expect(tables(() => [four(1), marked]).warnings).toHaveLength(2);
  });

  it('are for big tables, where asking costs nothing', () => {
    native.isAtHand = true;
    const { ask } = fakeKernel(() => [four(1), done]);
    const kindOf = (proc: Proc) => {
      const query = { ...plainQuery, packed: facts, kept: new Map(), warnings: warningSink() };
      const [batch] = diagReader('tcp', 'inet').open({ ...proc, sockDiag: () => ask }, query);
      return packIn(batch as SocketBatch) === null ? 'objects' : 'a pack';
    };
    expect([kindOf(counting(2_000, 0, 0)), kindOf(counting(2_001, 0, 0))]).toEqual([
      'objects',
      'a pack',
    ]);
  });

  it('come as objects where there is no WebAssembly', async () => {
    vi.resetModules();
    vi.stubGlobal('WebAssembly', undefined);
    const fresh = await import('../../../../src/sources/linux/netlink/diag-reader.ts');
    const { ask } = fakeKernel(() => [four(1), done]);
    const query = { ...plainQuery, packed: facts, kept: new Map(), warnings: warningSink() };
    const proc = { ...counting(2_001, 0, 0), sockDiag: () => ask };
    const [batch] = fresh.diagReader('tcp', 'inet').open(proc, query);
    vi.unstubAllGlobals();
    expect(batch).toMatchObject([{ local: { port: 1 } }]);
  });

  it('have the users of half-open connections where users are shown', () => {
    const answers: Answers = (request) => {
      const half: InetBody = { state: 3, local: [[127, 0, 0, 1], 80], remote: [any, 9] };
      if (isForBoth(request)) return [Buffer.concat([body(half), done])];
      return [body({ state: 10, local: [[127, 0, 0, 1], 80], remote: [any, 0], uid: 7 }), done];
    };
    expect(tables(answers).read[0]?.map(({ uid }) => uid)).toEqual([7]);
    const unshown = tables(answers, { ...facts, users: false });
    expect([unshown.read[0]?.[0]?.uid, unshown.requests.length]).toEqual([0, 1]);
  });
});
