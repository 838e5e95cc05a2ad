import { describe, expect, it } from 'vitest';
import {
  machineUsers,
  parseUidMap,
} from '../../../../src/sources/linux/workloads/machine-users.ts';
import { fakeProc } from '../support/fake-proc.ts';

describe('a uid_map', () => {
  // As `podman unshare` makes it.
  const outside = parseUidMap(
    '         0       4242          1\n         1     100000      65536\n',
  );

  it.each<[number, number | null]>([
    [0, 4242],
    [1, 100_000],
    [65_536, 165_535],
    [65_537, null],
  ])('%i is %s outside', (uid, expected) => {
    expect(outside(uid)).toBe(expected);
  });

  it('of the machine itself changes nothing', () => {
    const same = parseUidMap('         0          0 4294967295\n');
    expect([0, 1000, 65_534].map(same)).toEqual([0, 1000, 65_534]);
  });

  it('that is empty, or is none, knows nobody', () => {
    expect([parseUidMap('')(0), parseUidMap('a b c\n1 2\n')(1)]).toEqual([null, null]);
  });
});

describe('users as in the names of cgroups', () => {
  const map = '         0       4242          1\n';
  /** A user namespace, in this cgroup namespace. */
  const own = (namespace: string, isOwn = true) =>
    machineUsers({
      ...fakeProc({ isLive: true, files: { 'self/uid_map': map } }),
      ...{ isOwn, isElsewhere: true as const },
      readLink: () => `cgroup:[${namespace}]`,
    });

  it('are those outside of a user namespace that shows the machine’s cgroups', () => {
    expect([0, 7, null].map(own('4026531835'))).toEqual([4242, null, null]);
  });

  it('are those inside in a container, which has its own cgroups, and of another machine', () => {
    expect([0, 7].map(own('4026532000'))).toEqual([0, 7]);
    expect([0, 7].map(own('4026531835', false))).toEqual([0, 7]);
  });
});
