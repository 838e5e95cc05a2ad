import { describe, expect, it } from 'vitest';
import { workloadLabel } from '../../../../src/model/socket/workload.ts';
import { keptBy } from '../../../../src/sources/linux/workloads/kept-by.ts';
import { cgroupReader } from '../../../../src/sources/linux/workloads/process-cgroups.ts';
import { fakeProc } from '../support/fake-proc.ts';

const id = 'a1b2c3d4e5f6'.padEnd(64, '0');
const shim = '/usr/bin/containerd-shim-runc-v2';
const conmon = ['/usr/bin/conmon', '--api-version', '1', '-c', id, '-n', 'web', '-b', '/x'];

/**
 * 7, a child of 6 in a container, which a process of this name, command line and user keeps, a child of 1.
 */
function machine(name: string, words: readonly string[], uid = 0) {
  const stat = (pid: number, comm: string, parent: number) =>
    `${pid} (${comm}) S ${parent} 1 1 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 ${pid} 1 1\n`;
  return fakeProc({
    processes: { 7: { fd: {} } },
    files: {
      ...{ '1/stat': stat(1, 'systemd', 0), '5/stat': stat(5, name, 1) },
      ...{ '6/stat': stat(6, 'sh', 5), '7/stat': stat(7, 'nginx', 6) },
      '5/cmdline': words.map((word) => `${word}\0`).join(''),
      '5/status': `Uid:\t${uid}\t${uid}\t${uid}\t${uid}\n`,
      '7/cgroup': '0::/\n',
    },
  });
}

function labelOf(name: string, words: readonly string[]): string | null {
  const workload = keptBy(machine(name, words))(7);
  return workload && workloadLabel(workload);
}

describe('the container of a process by who keeps it', () => {
  it.each<[string, string, readonly string[], string | null]>([
    ['Podman', 'conmon', conmon, 'podman:a1b2c3d4e5f6'],
    [
      'CRI-O',
      'conmon',
      conmon.map((word) => (word === 'web' ? 'k8s_web_shop-0_shop_u-1_0' : word)),
      'crio:a1b2c3d4e5f6',
    ],
    [
      'Docker',
      'containerd-shim',
      [shim, '-namespace', 'moby', '-id', id, '-address', '/run/containerd/containerd.sock'],
      'docker:a1b2c3d4e5f6',
    ],
    [
      'containerd',
      'containerd-shim',
      [shim, '-namespace', 'default', '-id', id],
      'containerd:a1b2c3d4e5f6',
    ],
    ['a whole pod', 'containerd-shim', [shim, '-namespace', 'k8s.io', '-id', id], null],
    ['no ID', 'containerd-shim', [shim, '-namespace', 'moby'], null],
    ['something else than an ID', 'conmon', ['conmon', '-c', 'web', '-n', 'web'], null],
    ['another program', 'bash', conmon, null],
    ['another program, called so', 'conmon', ['bash', '-c', id, '-n', 'web'], null],
  ])('%s', (_, name, words, expected) => {
    expect(labelOf(name, words)).toBe(expected);
  });

  it('is the same object for all of its processes, and each ancestor is looked at once', () => {
    const proc = machine('conmon', conmon);
    const container = keptBy(proc);
    expect(container(6)).toBe(container(7));
    expect(proc.calls.filter((call) => call.startsWith('read 5/'))).toHaveLength(3);
  });

  it.each([
    ['conmon', conmon],
    ['containerd-shim', [shim, '-namespace', 'moby', '-id', id]],
  ])('is of the user who keeps it: %s', (name, words) => {
    expect(keptBy(machine(name, words))(7)?.user).toBeUndefined();
    expect(keptBy(machine(name, words, 1000))(7)?.user).toBe(1000);
  });

  it('is none of who keeps it, of what has ended, and of what loops', () => {
    const container = keptBy(machine('conmon', conmon));
    expect([container(5), container(1), container(99)]).toEqual([null, null, null]);
    expect([container(7)?.id, container(5)]).toEqual([id, null]);
    const loop = '8 (a) S 8 1 1 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 8 1 1\n';
    expect(keptBy(fakeProc({ files: { '8/stat': loop } }))(8)).toBeNull();
  });

  it('is not looked for on another machine, which was not asked for it', () => {
    const proc = { ...machine('conmon', conmon), isElsewhere: true } as const;
    expect(keptBy(proc)(7)).toBeNull();
  });

  it('is reported if the cgroup belongs to no process', () => {
    const proc = machine('conmon', conmon);
    const cgroup = cgroupReader(proc)(7);
    expect(cgroup).toMatchObject({ path: '/', workload: { runtime: 'podman', id } });
  });
});
