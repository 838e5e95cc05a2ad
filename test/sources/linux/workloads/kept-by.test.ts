import { describe, expect, it } from 'vitest';
import { workloadLabel } from '../../../../src/model/socket/workload.ts';
import { keepersIn, mayKeep } from '../../../../src/sources/linux/workloads/kept-by.ts';
import { cgroupReader } from '../../../../src/sources/linux/workloads/process-cgroups.ts';
import { fakeProc } from '../support/fake-proc.ts';

const id = 'a1b2c3d4e5f6'.padEnd(64, '0');
const shim = '/usr/bin/containerd-shim-runc-v2';
const conmon = ['/usr/bin/conmon', '--api-version', '1', '-c', id, '-n', 'web', '-b', '/x'];

const stat = (pid: number, comm: string, parent: number) =>
  `${pid} (${comm}) S ${parent} 1 1 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 ${pid} 1 1\n`;
const lineOf = (words: readonly string[]) => words.map((word) => `${word}\0`).join('');
const statusOf = (uid: number, numbers = '5') =>
  `Uid:\t${uid}\t${uid}\t${uid}\t${uid}\nNSpid:\t${numbers}\n`;

/**
 * 7, a child of 6 in a container, which a process of this name, command line and user keeps, a child of 1.
 */
function machine(
  name: string,
  words: readonly string[],
  uid = 0,
  more: Readonly<Record<string, string>> = {},
) {
  return fakeProc({
    isLive: true,
    processes: { 7: { fd: {} } },
    files: {
      ...{ '1/stat': stat(1, 'systemd', 0), '5/stat': stat(5, name, 1) },
      ...{ '6/stat': stat(6, 'sh', 5), '7/stat': stat(7, 'nginx', 6) },
      ...{ '5/cmdline': lineOf(words), '5/status': statusOf(uid), '7/cgroup': '0::/\n' },
      ...more,
    },
  });
}

function labelOf(name: string, words: readonly string[]): string | null {
  const workload = keepersIn(machine(name, words)).of(7)?.container ?? null;
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
    [
      'containerd, by a name of one’s own',
      'containerd-shim',
      [shim, '-namespace', 'test', '-id', 'my-first.web_1'],
      'containerd:my-first.web_1',
    ],
    [
      'no ID of containerd’s',
      'containerd-shim',
      [shim, '-namespace', 'test', '-id', '../web'],
      null,
    ],
    ['no ID of Docker’s', 'containerd-shim', [shim, '-namespace', 'moby', '-id', 'web'], null],
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
    const keepers = keepersIn(proc);
    expect(keepers.of(6)).not.toBeNull();
    expect(keepers.of(6)).toBe(keepers.of(7));
    expect(proc.calls.filter((call) => call.startsWith('read 5/'))).toHaveLength(3);
  });

  const byShim = [shim, '-namespace', 'moby', '-id', id];
  it.each([
    ['conmon', conmon],
    ['containerd-shim', byShim],
  ])('is of the user who keeps it: %s', (name, words) => {
    const userOf = (uid: number) => keepersIn(machine(name, words, uid)).of(7)?.container.user;
    expect([userOf(0), userOf(1000)]).toEqual([undefined, 1000]);
  });

  it('of a user has no ID that would be a name', () => {
    const words = [shim, '-namespace', 'test', '-id', 'web'];
    expect(keepersIn(machine('containerd-shim', words, 1000)).of(7)).toBeNull();
  });

  it('is none of who keeps it, of what has ended, and of what loops', () => {
    const keepers = keepersIn(machine('conmon', conmon));
    expect([keepers.of(5), keepers.of(1), keepers.of(99)]).toEqual([null, null, null]);
    expect([keepers.of(7)?.container.id, keepers.of(5)]).toEqual([id, null]);
    expect([keepers.keptBy(5)?.id, keepers.keptBy(6)]).toEqual([id, null]);
    const loop = '8 (a) S 8 1 1 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 8 1 1\n';
    expect(keepersIn(fakeProc({ files: { '8/stat': loop } })).of(8)).toBeNull();
  });

  it('is not looked for on another machine, which was not asked for it', () => {
    const proc = { ...machine('conmon', conmon), isElsewhere: true } as const;
    expect([keepersIn(proc).of(7), keepersIn(proc).keptBy(5)]).toEqual([null, null]);
  });

  const other = 'f'.repeat(64);
  const below = (uid: number, numbers?: string) => ({
    '6/stat': stat(6, 'conmon', 5),
    '6/cmdline': lineOf(['conmon', '-c', other, '-n', 'web']),
    '6/status': statusOf(uid, numbers),
  });
  it.each<[string, number, Readonly<Record<string, string>>, string]>([
    ['root’s', 0, below(0), id],
    ['root’s, in whose container a user keeps one', 0, below(1000), id],
    ['a user’s, in whose container there is another', 1000, below(1000), id],
    ['root’s, though a user is called so above it', 1000, below(0), other],
    ['the machine’s, not one in a PID namespace of its own', 1000, below(0, '6 2'), id],
  ])('is that of the outermost keeper: %s', (_, uid, more, expected) => {
    const keepers = keepersIn(machine('conmon', conmon, uid, more));
    expect(keepers.of(7)?.container.id).toBe(expected);
  });

  it('is not that of a keeper whose user is not known, but in a copy of a /proc', () => {
    const files = { '5/status': '' };
    const proc = machine('conmon', conmon, 0, files);
    expect(keepersIn(proc).of(7)).toBeNull();
    expect(keepersIn({ ...proc, isLive: false }).of(7)?.container.id).toBe(id);
  });

  it('is reported if the cgroup belongs to no process', () => {
    const proc = machine('conmon', conmon);
    const cgroup = cgroupReader(proc)(7);
    expect(cgroup).toMatchObject({ path: '/', workload: { runtime: 'podman', id } });
  });

  const service = '/system.slice/web.service';
  const session = '/user.slice/user-1000.slice/session-3.scope';
  it.each<[string, string, string, string, string | null]>([
    ['a service', service, service, 'podman:a1b2c3d4e5f6', 'web.service'],
    ['a session', session, session, 'podman:a1b2c3d4e5f6', 'session-3.scope'],
    [
      "a service, in the container's systemd",
      `${service}/init.scope`,
      service,
      'podman:a1b2c3d4e5f6',
      'web.service',
    ],
    [
      "a service, in a unit of the container's systemd",
      `${service}/system.slice/sshd.service`,
      service,
      'podman:a1b2c3d4e5f6',
      'sshd.service',
    ],
    ['a unit of a similar name', `${service}-x.service`, service, 'web.service-x.service', null],
    ['another unit than its keeper', service, '/system.slice/x.service', 'web.service', null],
    ['a container of its own', `/docker/${id}`, `/docker/${id}`, 'docker:a1b2c3d4e5f6', null],
  ])('is that of a process in %s', (_, own, keepers, label, unit) => {
    const cgroups = { '7/cgroup': `0::${own}\n`, '5/cgroup': `0::${keepers}\n` };
    const cgroup = cgroupReader(machine('conmon', conmon, 0, cgroups))(7);
    if (typeof cgroup === 'string' || cgroup.workload === null) throw new Error('no workload');
    expect([cgroup.path, workloadLabel(cgroup.workload)]).toEqual([own, label]);
    if (unit !== null) expect(cgroup.workload.unit).toBe(unit);
  });

  it('is not looked for in a unit, in the PID namespace of the machine', () => {
    const proc = machine('conmon', conmon, 0, {
      ...{ '7/cgroup': `0::${service}\n`, '5/cgroup': `0::${service}\n` },
    });
    const namespaces = (of: unknown) => (of === 1 ? 'pid:[1]' : `pid:[${own}]`);
    let own = 1;
    const readLink = (of: unknown) => namespaces(of);
    expect(cgroupReader({ ...proc, readLink })(7)).toMatchObject({ workload: { kind: 'unit' } });
    own = 2;
    expect(cgroupReader({ ...proc, readLink })(7)).toMatchObject({ workload: { id } });
  });

  it('is not looked for where the cgroup shows one', () => {
    const proc = machine('conmon', conmon, 0, { '7/cgroup': `0::/docker/${id}\n` });
    cgroupReader(proc)(7);
    expect(proc.calls).toEqual([expect.stringMatching(/^read 7\/cgroup/)]);
  });
});

describe('a process that may keep a container without a cgroup', () => {
  it.each<[string, string, number, boolean]>([
    ['conmon of root', 'conmon', 0, true],
    ['conmon of a user', 'conmon', 1000, true],
    ['a shim of root, whose containers have cgroups', 'containerd-shim', 0, false],
    ['a shim of a user', 'containerd-shim', 1000, true],
    ['another program', 'nginx', 1000, false],
  ])('%s', (_, name, uid, expected) => {
    const files = { '5/comm': `${name}\n`, '5/status': statusOf(uid) };
    expect(mayKeep(fakeProc({ files }), 5)).toBe(expected);
  });
});
