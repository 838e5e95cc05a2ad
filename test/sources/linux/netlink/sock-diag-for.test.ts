import { describe, expect, it, vi } from 'vitest';
import { sockDiagFor } from '../../../../src/sources/linux/netlink/sock-diag-for.ts';
import { fakeProc } from '../support/fake-proc.ts';

const loaded = vi.hoisted(() => ({ times: 0, isThere: true }));
vi.mock('../../../../src/sources/linux/libc.ts', () => ({
  loadLibc: () => {
    loaded.times++;
    return loaded.isThere ? { openSockDiag: () => 3 } : null;
  },
}));

const proc = { ...fakeProc({}), isOwn: true, isKernels: () => true };
const asked = (ask: ReturnType<typeof sockDiagFor>, ...paths: string[]) =>
  paths.map((path) => typeof ask?.(path, false) === 'function');

describe('the kernel is asked', () => {
  it('of all tables where that is wanted, of none where it is not', () => {
    expect(asked(sockDiagFor(proc, 'netlink'), 'net/udp', 'net/tcp')).toEqual([true, true]);
    expect(asked(sockDiagFor(proc, 'auto'), 'net/udp', 'net/tcp')).toEqual([false, false]);
    expect(sockDiagFor(proc, 'proc')).toBeUndefined();
  });

  it('for what no file contains', () => {
    loaded.times = 0;
    const ask = sockDiagFor(proc, 'auto');
    expect([ask?.('net/udp', false), loaded.times]).toEqual([null, 0]);
    expect(typeof ask?.('net/tcp', true)).toBe('function');
  });

  it('never for another network, nor for a table that Linux does not fill', () => {
    expect(sockDiagFor({ ...proc, isOwn: false }, 'netlink')).toBeUndefined();
    const covered = sockDiagFor({ ...proc, isKernels: () => false }, 'netlink');
    expect(asked(covered, 'net/tcp')).toEqual([false]);
  });

  it('only once whether it can be', () => {
    loaded.times = 0;
    loaded.isThere = false;
    const ask = sockDiagFor(proc, 'netlink');
    expect(asked(ask, 'net/tcp', 'net/tcp6', 'net/udp')).toEqual([false, false, false]);
    expect(loaded.times).toBe(1);
    loaded.isThere = true;
  });
});
