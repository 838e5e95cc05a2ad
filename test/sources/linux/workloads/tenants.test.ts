import { describe, expect, it } from 'vitest';
import { lazilyFor } from '../../../../src/flow/lazily.ts';
import { workloadLabel } from '../../../../src/model/socket/workload.ts';
import {
  type ContainerNamer,
  containerNamer,
} from '../../../../src/sources/linux/workloads/container-namer.ts';
import {
  labelsOfPlaces,
  residentsOfPlaces,
  tenantsOf,
} from '../../../../src/sources/linux/workloads/tenants.ts';
import { fakeProc } from '../support/fake-proc.ts';

const id = 'a1b2c3d4e5f6'.padEnd(64, '0');

/** The parent of all processes. */
const parent = 90;

/** Processes by their PIDs, with their cgroups and, if that matters, their names; all have the same parent. */
function machine(
  cgroups: Readonly<Record<number, string>>,
  names: Readonly<Record<number, string>> = {},
) {
  const files: Record<string, string> = {};
  for (const [pid, path] of Object.entries(cgroups)) files[`${pid}/cgroup`] = `0::${path}\n`;
  for (const [pid, name] of Object.entries(names)) {
    const rest = Array.from({ length: 20 }, () => 0).join(' ');
    files[`${pid}/stat`] = `${pid} (${name}) S ${parent} ${rest}\n`;
  }
  return fakeProc({ files });
}

describe('labelsOfPlaces', () => {
  const [scope, nowhere, session, unit, container, pasta, child] = [1, 2, 3, 4, 5, 6, 7];
  const cgroups: Readonly<Record<number, string>> = {
    [scope]: '/init.scope',
    [nowhere]: '/',
    [session]: '/user.slice/user-0.slice/session-3.scope',
    [unit]: '/system.slice/nginx.service',
    [container]: `/docker/${id}`,
    [pasta]: '/user.slice/user-1000.slice/user@1000.service/user.slice/podman-386.scope',
    [child]: '/system.slice/uapp.service',
  };
  const cases: readonly (readonly [string, readonly number[], string | null])[] = [
    ['its first process', [unit, container], 'nginx.service'],
    ['its first process, whichever is named first', [container, unit], 'nginx.service'],
    [
      'the next one, where somebody looks around there',
      [session, container],
      'docker:a1b2c3d4e5f6',
    ],
    ['the next one, where the first has ended', [0, container], 'docker:a1b2c3d4e5f6'],
    ['the next one, where the first forwards ports', [pasta, container], 'docker:a1b2c3d4e5f6'],
    ['the next one, where that is a part of it', [child, container], 'docker:a1b2c3d4e5f6'],
    ['nothing where ports are only forwarded', [pasta, child], null],
    ['nothing where that is in a scope', [scope, container], null],
    ['nothing where that belongs to nothing', [nowhere, container], null],
    ['nothing where all look around', [session, session], null],
    ['nothing where there is none', [], null],
  ];
  it.each(cases)('a place is called by %s', async (_, pids, expected) => {
    const proc = machine(cgroups, { [pasta]: 'pasta', [child]: 'exe', [parent]: 'rootlessport' });
    expect(await labelsOfPlaces(proc, containerNamer(proc, null), [pids, [unit]])).toEqual([
      expected,
      'nginx.service',
    ]);
  });
});

describe('residentsOfPlaces', () => {
  const infra = 'b'.repeat(64);
  const [front, back] = ['c'.repeat(64), 'd'.repeat(64)];
  /** Names that a storage would have. */
  const names: Readonly<Record<string, string>> = {
    ...{ [infra]: '438438465ea7-infra', [front]: 'front', [back]: 'back', [id]: 'web' },
  };
  const namer: ContainerNamer = {
    beginRound() {},
    learn: async () => {},
    named: lazilyFor((one) => ({ ...one, name: names[one.id ?? ''] ?? one.name })),
  };
  const podman = (one: string, inner = '') => `/pods.slice/libpod-${one}.scope${inner}`;
  const proc = machine({
    ...{ 1: podman(infra), 2: podman(front, '/a'), 3: podman(front, '/b'), 4: podman(back) },
    ...{ 5: `/docker/${id}`, 6: '/system.slice/nginx.service', 7: '/' },
    ...{ 8: '/system.slice/nginx.service/worker', 9: '/user.slice/session-3.scope' },
    ...{ 10: '/system.slice/dns.service', 11: '/user.slice/run-1.scope' },
    12: podman(back),
  });
  const cases: readonly (readonly [string, readonly number[], string, readonly string[]])[] = [
    ['a container', [5], 'docker:web', ['docker:web']],
    ['the container that was there first', [5, 6], 'docker:web', ['docker:web']],
    ['the container whose network another one uses', [5, 12], 'docker:web', ['docker:web']],
    ['a unit', [6], 'nginx.service', ['nginx.service']],
    [
      'a unit, where somebody looks around and a process has ended',
      [6, 8, 9, 99],
      'nginx.service',
      ['nginx.service'],
    ],
    ['the container of a pod', [1, 2, 3], 'podman:front', ['podman:front']],
    [
      'the containers of a pod, which is called after the one that keeps it',
      [1, 2, 3, 4],
      'podman:438438465ea7-infra',
      ['podman:front', 'podman:back'],
    ],
    ['what keeps an empty pod', [1], 'podman:438438465ea7-infra', ['podman:438438465ea7-infra']],
  ];
  it.each(cases)('are %s', async (_, pids, label, workloads) => {
    const [found, nobody] = await residentsOfPlaces(proc, namer, [pids, [7]]);
    expect([found?.label, found?.workloads.map(workloadLabel)]).toEqual([label, workloads]);
    expect(nobody).toBe(null);
  });
  const shared: readonly (readonly [string, readonly number[]])[] = [
    ['another unit', [6, 10]],
    ['a process of none', [6, 7]],
    ['a scope', [6, 11]],
    ['a container that came later', [6, 12]],
  ];
  it.each(shared)('are not known of a unit that shares its place with %s', async (_, pids) => {
    expect(await residentsOfPlaces(proc, namer, [pids])).toEqual([null]);
  });
});

describe('tenantsOf', () => {
  it('finds the workload of each process, with all words for it', async () => {
    const proc = machine({
      1: `/docker/${id}`,
      2: '/init.scope',
      3: '/system.slice/nginx.service',
    });
    const tenants = await tenantsOf(proc, containerNamer(proc, null), [1, 1, 2, 3, 99]);
    const [container, same, scope, unit, none] = tenants;
    expect(container).toMatchObject({ label: 'docker:a1b2c3d4e5f6', isContained: true });
    expect(container?.words).toContain('a1b2c3d4e5f6');
    expect(container?.words).toContain(id);
    expect([same, scope, none]).toEqual([container, null, null]);
    expect(unit).toMatchObject({ label: 'nginx.service', isContained: false });
  });

  it('asks for the names of all of them at once', async () => {
    const proc = machine({ 1: `/docker/${id}`, 2: '/init.scope', 3: '/system.slice/a.service' });
    const learned: unknown[] = [];
    const namer: ContainerNamer = {
      beginRound() {},
      learn: async (workloads) => void learned.push(workloads.map(workloadLabel)),
      named: (one) => (learned.length > 0 && one.id === id ? { ...one, name: 'web' } : one),
    };
    const [container] = await tenantsOf(proc, namer, [1, 2, 3]);
    expect(container?.label).toBe('docker:web');
    expect(learned).toEqual([['docker:a1b2c3d4e5f6', 'a.service']]);
  });
});
