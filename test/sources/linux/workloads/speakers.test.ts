import { describe, expect, it } from 'vitest';
import { speakers, surroundingOfFiles } from '../../../../src/sources/linux/workloads/speakers.ts';
import { fakeProc, systemError } from '../support/fake-proc.ts';

const [a, b] = ['a', 'b'].map((digit) => digit.repeat(64));
const outer = `/machine.slice/libpod-${a}.scope`;

/** Who a process of this cgroup and status is. */
function speakerIn(cgroup: string | Error, status: string, isLive = true) {
  const files = {
    '7/cgroup': typeof cgroup === 'string' ? `0::${cgroup}\n` : cgroup,
    '7/status': status,
  };
  const proc = fakeProc({ isLive, files });
  return speakers(proc)(7);
}

const roots = 'Uid:\t0\t0\t0\t0\nNSpid:\t7\n';
const below = 'Uid:\t0\t0\t0\t0\nNSpid:\t7\t1\n';

describe('who a process is', () => {
  it.each<[string, string | Error, string, object]>([
    ['one of a unit', '/system.slice/x.service', roots, { uid: 0, inside: null }],
    [
      'what watches a container',
      `/machine.slice/libpod-conmon-${a}.scope`,
      roots,
      { uid: 0, inside: null },
    ],
    [
      'what watches one of a pod',
      `/kubepods.slice/kubepods-pod0d3fb4a2_5b1c_4f0e_9c7d_1234567890ab.slice/crio-conmon-${a}.scope`,
      roots,
      { uid: 0, inside: null },
    ],
    ['one in a container', `${outer}/container`, below, { uid: 0, inside: outer }],
    [
      'one in a container that uses the PIDs of its host',
      outer,
      'Uid:\t0\t0\t0\t0\nNSpid:\t7\n',
      { uid: 0, inside: outer },
    ],
    [
      'one in a cgroup that a container’s root made',
      `${outer}/libpod-${b}.scope`,
      below,
      { uid: 0, inside: `${outer}/libpod-${b}.scope` },
    ],
    ['one in a container without a cgroup', '/', below, { uid: 0, inside: 'below' }],
    [
      'one whose cgroup may not be read',
      systemError('EACCES'),
      roots,
      { uid: 0, inside: undefined },
    ],
    ['one of a kernel without cgroups', systemError('ENOENT'), roots, { uid: 0, inside: null }],
    ['one of a kernel without NSpid', '/', 'Uid:\t9\t0\t0\t0\n', { uid: 9, inside: null }],
  ])('%s', (_, cgroup, status, expected) => {
    expect(speakerIn(cgroup, status)).toEqual(expected);
  });

  it('is one in a container without a cgroup, if it descends from what keeps one', () => {
    const stat = (comm: string, parent: number) =>
      `9 (${comm}) S ${parent} 1 1 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 9 1 1\n`;
    const files = {
      ...{ '7/cgroup': '0::/user.slice/session-3.scope\n', '7/status': roots },
      ...{ '7/stat': stat('docker-proxy', 6), '6/stat': stat('conmon', 1), '6/status': roots },
    };
    const cmdline = `conmon\0-c\0${a}\0-n\0web\0`;
    const proc = fakeProc({ isLive: true, files, processes: { 6: { fd: {}, cmdline } } });
    expect(speakers(proc)(7)).toEqual({ uid: 0, inside: 'kept' });
    expect(speakers(proc)(6).inside).toBeNull();
  });

  it('is not known from a copy of a /proc that lacks it', () => {
    expect(speakerIn(systemError('ENOENT'), '', false)).toEqual({ uid: null, inside: undefined });
  });
});

describe('what a machine’s files are in', () => {
  it.each<[string, boolean, string, string | null]>([
    ['this process', true, 'self/cgroup', outer],
    ['the first process, on another machine', false, '1/cgroup', outer],
    ['no other', true, '1/cgroup', null],
  ])('is the container of %s', (_, isOwn, file, expected) => {
    const proc = { ...fakeProc({ files: { [file]: `0::${outer}/x\n` } }), isOwn };
    expect(surroundingOfFiles(proc)).toBe(expected);
  });
});
