import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { SocketSource } from '../../../../src/model/request/listing.ts';
import { ownersAtOnceFor } from '../../../../src/sources/linux/bpf/owners-at-once-for.ts';
import type { OwnersAtOnce } from '../../../../src/sources/linux/owners/socket-descriptors.ts';
import type { Proc } from '../../../../src/sources/linux/proc/proc.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { fakeProc } from '../support/fake-proc.ts';

const ownersAtOnce = vi.hoisted(() => vi.fn());
vi.mock('../../../../src/sources/linux/bpf/owners-at-once.ts', () => ({ ownersAtOnce }));

const folder = temporaryFolder('tsnetstat-held-');

/** A /proc in which this process has so many numbers. */
function rootWith(numbers: string): string {
  const root = join(folder, numbers.replaceAll('\t', '-'));
  mkdirSync(join(root, 'self'), { recursive: true });
  writeFileSync(join(root, 'self/status'), `Name:\tnode\nNSpid:\t${numbers}\n`);
  return root;
}

const outermost = '         0          0 4294967295\n';
/** <linux/capability.h> */
const bit = (...places: number[]) =>
  places
    .reduce((bits, place) => bits | (1n << BigInt(place)), 0n)
    .toString(16)
    .padStart(16, '0');
const [dacOverride, dacReadSearch, sysPtrace, sysAdmin, perfmon, bpf] = [1, 2, 19, 21, 38, 39];
const every = '000001ffffffffff';

interface Place {
  readonly effective?: string;
  readonly seccomp?: number;
  readonly map?: string | null;
  readonly numbers?: string;
  readonly isLive?: boolean;
}

function procIn({
  effective = every,
  seccomp = 0,
  map = outermost,
  numbers = '31',
  isLive = true,
}: Place): Proc & { readonly calls: string[] } {
  // biome-ignore format: one
  const status = `Name:\tnode\nUid:\t0\t0\t0\t0\nCapEff:\t${effective}\nSeccomp:\t${seccomp}\n`;
  const files = {
    'self/status': status,
    'net/sockstat': 'sockets: used 164\n',
    ...(map !== null && { 'self/uid_map': map }),
  };
  return { ...fakeProc({ isLive, files }), root: rootWith(numbers) };
}

const mayBeAsked = (place: Place) => (ownersAtOnceFor(procIn(place), 'auto', undefined)?.() ?? null) !== null; // biome-ignore format: one

const held: OwnersAtOnce = {
  sockets: { length: 0, pids: new Int32Array(), inodes: new Float64Array(), fds: new Int32Array() },
  others: [],
};

beforeEach(() => {
  ownersAtOnce.mockReset().mockResolvedValue(held);
});

describe('ownersAtOnceFor', () => {
  it.each<[string, Place]>([
    ['root', {}],
    ['root if the map of users is not known', { map: null }],
    ['whoever has no more than what it takes', { effective: bit(dacReadSearch, sysPtrace, perfmon, bpf) }], // biome-ignore format: a row
    ['whoever has the greater of them', { effective: bit(dacOverride, sysPtrace, sysAdmin) }],
  ])('lets the kernel be asked by %s', (_, place) => {
    expect(mayBeAsked(place)).toBe(true);
  });

  it.each<[string, Place]>([
    ['an ordinary user', { effective: bit() }],
    ['whoever lacks CAP_SYS_PTRACE', { effective: bit(dacOverride, dacReadSearch, sysAdmin, perfmon, bpf) }], // biome-ignore format: a row
    ['whoever may not list others’ descriptors', { effective: bit(sysPtrace, sysAdmin, perfmon, bpf) }], // biome-ignore format: a row
    ['whoever may load no program', { effective: bit(dacOverride, dacReadSearch, sysPtrace) }],
    ['whoever has CAP_BPF alone', { effective: bit(dacOverride, sysPtrace, bpf) }],
    ['whoever has CAP_PERFMON alone', { effective: bit(dacOverride, sysPtrace, perfmon) }],
    ['root of a user namespace', { map: '         0       1000          1\n' }],
    ['whoever has a filter of system calls', { seccomp: 2 }],
    ['whose capabilities are not known', { effective: 'what' }],
    ['whoever reads the /proc of another PID namespace', { numbers: '9041\t31' }],
  ])('does not let it be asked by %s', (_, place) => {
    expect(mayBeAsked(place)).toBe(false);
  });

  it('does not let it be asked where this process is in no /proc of that name', () => {
    const proc = { ...procIn({}), root: join(folder, 'nowhere') };
    expect(ownersAtOnceFor(proc, 'auto', undefined)?.()).toBeNull();
  });

  it.each<[string, SocketSource, Place]>([
    ['with `--source proc`', 'proc', {}],
    ['of a capture', 'auto', { isLive: false }],
  ])('has no way to ask %s, and looks for none', (_, source, place) => {
    const proc = procIn(place);
    expect(ownersAtOnceFor(proc, source, undefined)).toBeUndefined();
    expect(proc.calls).toEqual([]);
  });

  it('looks into what may be done when that is first wanted, and once', () => {
    const proc = procIn({ effective: bit() });
    const way = ownersAtOnceFor(proc, 'auto', undefined);
    expect(proc.calls).toEqual([]);
    expect([way?.(), way?.()]).toEqual([null, null]);
    expect(proc.calls).toEqual(['read self/status', 'read self/uid_map']);
    expect(ownersAtOnce).not.toHaveBeenCalled();
  });

  it('asks for what is wanted, and pauses as the caller wants it', async () => {
    const pause = async () => {};
    const ask = ownersAtOnceFor(procIn({}), 'netlink', pause)?.();
    const wanted = new Set([10]);
    expect(await ask?.('netstat', wanted, true)).toBe(held);
    expect(await ask?.('all', null, false)).toBe(held);
    expect(ownersAtOnce.mock.calls).toEqual([
      ['netstat', wanted, { expected: null, onlyFitting: true, pause }],
      ['all', null, { expected: 164, onlyFitting: false, pause }],
    ]);
  });

  it('may ask again what was refused once: it may have been a signal', async () => {
    ownersAtOnce.mockResolvedValueOnce(held).mockResolvedValueOnce(null);
    const way = ownersAtOnceFor(procIn({}), 'auto', undefined);
    expect(await way?.()?.('netstat', null, false)).toBe(held);
    expect(await way?.()?.('netstat', null, false)).toBeNull();
    expect(await way?.()?.('netstat', null, false)).toBe(held);
    expect(ownersAtOnce).toHaveBeenCalledTimes(3);
  });

  it('may ask again where the caller no longer wanted the answer', async () => {
    ownersAtOnce.mockRejectedValueOnce(new Error('not wanted'));
    const way = ownersAtOnceFor(procIn({}), 'auto', undefined);
    await expect(way?.()?.('netstat', null, false)).rejects.toThrow('not wanted');
    expect(await way?.()?.('netstat', null, false)).toBe(held);
  });
});
