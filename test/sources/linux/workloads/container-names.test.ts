import { chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { WorkloadRuntime } from '../../../../src/model/socket/workload.ts';
import type { Whose } from '../../../../src/sources/linux/workloads/believed.ts';
import {
  type ContainerNamesOptions,
  containerNames,
} from '../../../../src/sources/linux/workloads/container-names.ts';
import { reasonToSkip } from '../../../support/requirements.ts';
import { fakeProc, systemError } from '../support/fake-proc.ts';
import { answering, fakeEngine } from './fake-engine.ts';
import { addFiles, type MachineFiles, machineRoot } from './machine.ts';

const id = '0123456789abcdef'.repeat(4);
const nothing = { name: null, image: null, pod: null };
const noUser = { deadline: 600_000, environment: {} };

/** A process of conmon, whose it is, and its cgroup. */
const conmon = (name: string, uid: number | null, bundle = '/b', cgroup = '/system.slice') => ({
  ...{ uid, cgroup },
  cmdline: `/usr/bin/conmon\0-c\0${id}\0-b\0${bundle}\0-n\0${name}\0`,
});

/** A live machine on which these processes of conmon run. */
function procWith(processes: readonly ReturnType<typeof conmon>[], isLive = true) {
  const numbered = processes.map((one, i) => [i + 100, one] as const);
  return fakeProc({
    isLive,
    files: Object.fromEntries(
      numbered.flatMap(([pid, { uid, cgroup }]) => [
        [`${pid}/comm`, 'conmon\n'],
        [`${pid}/cgroup`, `0::${cgroup}\n`],
        [`${pid}/status`, uid === null ? systemError('ENOENT') : `Uid:\t${uid}\t0\t0\t0\n`],
      ]),
    ),
    processes: Object.fromEntries(
      numbered.map(([pid, { cmdline }]) => [pid, { fd: {}, cmdline }] as const),
    ),
  });
}

/** What the container is called on a machine with these files and processes. */
async function named(
  runtime: WorkloadRuntime | null,
  files: MachineFiles,
  processes: readonly ReturnType<typeof conmon>[] = [],
  { user, within, ...options }: ContainerNamesOptions & Whose = noUser,
) {
  const root = machineRoot(files);
  const whose = { ...(user !== undefined && { user }), ...(within !== undefined && { within }) };
  const wanted = { id, runtime, ...whose };
  const names = await containerNames(procWith(processes), root, [wanted], options);
  expect([...names.keys()].filter((one) => one !== wanted)).toEqual([]);
  return names.get(wanted) ?? null;
}

const dockerFile = { Name: '/web', Config: { Image: 'nginx' } };
const storageFile = [{ id, names: ['web'], metadata: JSON.stringify({ 'image-name': 'nginx' }) }];
const bundleFile = {
  annotations: {
    'io.kubernetes.cri.sandbox-name': 'web-0',
    'io.kubernetes.cri.sandbox-namespace': 'shop',
    'io.kubernetes.cri.container-name': 'nginx',
    'io.kubernetes.cri.image-name': 'nginx:1',
  },
};
const nerdctlFile = { annotations: { 'nerdctl/name': 'web' } };
const web = { ...nothing, name: 'web', image: 'nginx' };
const pod = { name: 'web-0', namespace: 'shop', uid: null, container: 'nginx' };
const ofPod = { ...nothing, name: 'nginx', image: 'nginx:1', pod };
const log = `/var/log/containers/web-0_shop_nginx-${id}.log`;

describe('a container is named', () => {
  it.each<[string, WorkloadRuntime | null, MachineFiles, object]>([
    [
      'by Docker’s own folder',
      'docker',
      { [`/var/lib/docker/containers/${id}/config.v2.json`]: dockerFile },
      web,
    ],
    [
      'by the folder of Docker’s snap',
      'docker',
      { [`/var/snap/docker/common/var-lib-docker/containers/${id}/config.v2.json`]: dockerFile },
      web,
    ],
    [
      'by the folder that Docker’s configuration names',
      'docker',
      {
        '/etc/docker/daemon.json': { 'data-root': '/data' },
        [`/data/containers/${id}/config.v2.json`]: dockerFile,
      },
      web,
    ],
    [
      'by containers/storage',
      'podman',
      { '/var/lib/containers/storage/overlay-containers/containers.json': storageFile },
      web,
    ],
    [
      'by the file of those that go when they end',
      'podman',
      { '/var/lib/containers/storage/vfs-containers/volatile-containers.json': storageFile },
      web,
    ],
    [
      'by containerd’s bundle',
      'containerd',
      { [`/run/containerd/io.containerd.runtime.v2.task/k8s.io/${id}/config.json`]: bundleFile },
      ofPod,
    ],
    [
      'by nerdctl’s annotation',
      'containerd',
      { [`/run/containerd/io.containerd.runtime.v2.task/default/${id}/config.json`]: nerdctlFile },
      { ...nothing, name: 'web' },
    ],
    [
      'by the bundle of k3s, its runtime unknown',
      null,
      {
        [`/run/k3s/containerd/io.containerd.runtime.v2.task/k8s.io/${id}/config.json`]: bundleFile,
      },
      ofPod,
    ],
    [
      'by the bundle of MicroK8s',
      'containerd',
      {
        [`/var/snap/microk8s/common/run/containerd/io.containerd.runtime.v2.task/k8s.io/${id}/config.json`]:
          bundleFile,
      },
      ofPod,
    ],
    [
      'by CRI-O’s bundle',
      'crio',
      { [`/run/containers/storage/overlay-containers/${id}/userdata/config.json`]: bundleFile },
      ofPod,
    ],
    [
      'by CRI-O’s bundle beside its images, its runtime unknown',
      null,
      {
        [`/var/lib/containers/storage/overlay-containers/${id}/userdata/config.json`]: bundleFile,
      },
      ofPod,
    ],
    ['by the name of its log', 'containerd', { [log]: '' }, { ...nothing, name: 'nginx', pod }],
    ['by the name of its log, of CRI-O', 'crio', { [log]: '' }, { ...nothing, name: 'nginx', pod }],
    [
      'by the name of its log, its runtime unknown',
      null,
      { [log]: '' },
      { ...nothing, name: 'nginx', pod },
    ],
    [
      'through links of the machine',
      'docker',
      {
        '/var/lib/docker': { to: '/data/docker' },
        [`/data/docker/containers/${id}/config.v2.json`]: dockerFile,
      },
      web,
    ],
  ])('%s', async (_, runtime, files, expected) => {
    expect(await named(runtime, files)).toEqual(expected);
  });

  it('by what each file adds to the others', async () => {
    const files = {
      [log]: '',
      '/var/lib/containers/storage/overlay-containers/containers.json': [
        { id, names: ['k8s_nginx_web-0_shop_u-1_0'] },
      ],
      [`/run/containers/storage/overlay-containers/${id}/userdata/config.json`]: bundleFile,
    };
    expect(await named('crio', files)).toEqual({ ...ofPod, pod: { ...pod, uid: 'u-1' } });
  });

  it.each<[string, WorkloadRuntime | null, MachineFiles]>([
    ['nothing lies there', null, {}],
    [
      'another runtime has it',
      'containerd',
      { [`/var/lib/docker/containers/${id}/config.v2.json`]: dockerFile },
    ],
    [
      'it is none of an engine',
      'lxc',
      { [`/var/lib/docker/containers/${id}/config.v2.json`]: dockerFile, [log]: '' },
    ],
    [
      'files are broken',
      null,
      {
        '/etc/docker/daemon.json': '{"data-root": 7}',
        [`/var/lib/docker/containers/${id}/config.v2.json`]: '{"Name":',
        '/var/lib/containers/storage/overlay-containers/containers.json': '[{"id":7}]',
        [`/run/containerd/io.containerd.runtime.v2.task/k8s.io/${id}/config.json`]: '[]',
        '/var/log/containers/a': '',
      },
    ],
    [
      'only others are named',
      null,
      {
        '/var/lib/containers/storage/overlay-containers/containers.json': [
          { id: 'f00d', names: ['web'] },
        ],
        [log.replace(id, 'f'.repeat(64))]: '',
      },
    ],
    [
      'folders are in the place of files',
      null,
      {
        [`/var/lib/docker/containers/${id}/config.v2.json/x`]: '',
        '/var/lib/containers/storage/overlay-containers/containers.json/x': '',
        '/run/containerd/io.containerd.runtime.v2.task': '',
        '/var/log/containers': '',
      },
    ],
  ])('not where %s', async (_, runtime, files) => {
    expect(await named(runtime, files)).toBeNull();
  });

  it('not by an ID that would be another path', async () => {
    const root = machineRoot({ '/etc/config.v2.json': dockerFile });
    mkdirSync(join(root, '/var/lib/docker/containers/x'), { recursive: true });
    const ids = ['../../../../etc', '..', '', 'a/b', `${id}\0`, 'x'.repeat(129)];
    const wanted = ids.map((one) => ({ id: one, runtime: 'docker' as const }));
    expect((await containerNames(procWith([]), root, wanted, noUser)).size).toBe(0);
  });
});

describe('a container is named by conmon', () => {
  const k8s = 'k8s_nginx_web-0_shop_u-1_0';
  const pods = { ...nothing, name: 'nginx', pod: { ...pod, uid: 'u-1' } };

  it.each<[string, WorkloadRuntime | null, ReturnType<typeof conmon>[], object | null]>([
    ['of root', 'podman', [conmon('web', 0)], { ...nothing, name: 'web' }],
    ['of a user', 'podman', [conmon('web', 1000)], { ...nothing, name: 'web' }],
    ['of CRI-O', 'crio', [conmon(k8s, 0)], pods],
    ['in a pod whose runtime is unknown', null, [conmon(k8s, 0)], pods],
    [
      'of root, whatever others say',
      'podman',
      [conmon('forged', 1000), conmon('web', 0)],
      { ...nothing, name: 'web' },
    ],
    [
      'of users that agree',
      'podman',
      [conmon('web', 1000), conmon('web', 1001)],
      { ...nothing, name: 'web' },
    ],
    [
      'not where users contradict each other',
      'podman',
      [conmon('web', 1000), conmon('x', 1001)],
      null,
    ],
    ['not by a user where only root can have started it', 'crio', [conmon(k8s, 1000)], null],
    ['not where it is Docker’s', 'docker', [conmon('web', 0)], null],
    ['not where its name is none', 'podman', [conmon('x'.repeat(300), 0)], null],
  ])('%s', async (_, runtime, processes, expected) => {
    expect(await named(runtime, {}, processes)).toEqual(expected);
  });

  it('in a copy of a /proc that does not show whose it is', async () => {
    const wanted = [{ id, runtime: 'crio' as const }];
    const copy = procWith([conmon(k8s, null)], false);
    const names = await containerNames(copy, machineRoot(), wanted, noUser);
    expect([...names.values()]).toEqual([pods]);
    const live = procWith([conmon(k8s, null)]);
    expect((await containerNames(live, machineRoot(), wanted, noUser)).size).toBe(0);
  });

  it('and its image by the storage that root’s command line leads to', async () => {
    const bundle = `/data/overlay-containers/${id}/userdata`;
    const files = { '/data/overlay-containers/containers.json': storageFile };
    expect(await named('podman', files, [conmon('web', 0, bundle)])).toEqual(web);
    const others = conmon('web', 123_456, bundle);
    expect(await named('podman', files, [others])).toEqual({ ...nothing, name: 'web' });
  });

  it('but by its storage first, which tells of a new name', async () => {
    const files = { '/var/lib/containers/storage/overlay-containers/containers.json': storageFile };
    expect(await named('podman', files, [conmon('old', 0)])).toEqual(web);
    const bundle = `/data/overlay-containers/${id}/userdata`;
    const others = { '/data/overlay-containers/containers.json': storageFile };
    expect(await named('podman', others, [conmon('old', 0, bundle)])).toEqual(web);
  });

  it('only where one is wanted that it can have started', async () => {
    const proc = procWith([conmon('web', 0)]);
    await containerNames(proc, machineRoot(), [{ id, runtime: 'docker' }], noUser);
    await containerNames(proc, machineRoot(), [], noUser);
    expect(proc.calls).toEqual([]);
  });

  it('not where processes cannot be listed', async () => {
    const proc = fakeProc({ unlisted: systemError('EACCES') });
    const wanted = [{ id, runtime: 'podman' as const }];
    expect((await containerNames(proc, machineRoot(), wanted, noUser)).size).toBe(0);
  });
});

const reason = reasonToSkip({ platforms: ['linux', 'darwin'] });

describe.skipIf(reason !== null)(`a container is named by its engine: ${reason ?? ''}`, () => {
  const list = [
    { Id: id, Names: ['/web'], Image: 'nginx' },
    { Id: 'f00d', Names: ['/other'] },
  ];

  it.each<[string, WorkloadRuntime | null]>([
    ['/run/podman/podman.sock', 'podman'],
    ['/var/run/docker.sock', 'docker'],
    ['/var/run/docker.sock', null],
  ])('at %s', async (path, runtime) => {
    const root = machineRoot();
    const { requests, allClosed } = await fakeEngine(root, path, answering(list));
    const names = await containerNames(procWith([]), root, [{ id, runtime }], noUser);
    expect([...names.values()]).toEqual([web]);
    expect(requests).toHaveLength(1);
    await allClosed();
  });

  it('only where nothing else names it', async () => {
    const root = machineRoot();
    const { requests } = await fakeEngine(root, '/run/podman/podman.sock', answering(list));
    const ask = async (runtime: WorkloadRuntime, one: string) => {
      const proc = procWith([conmon('web', 0)]);
      const names = await containerNames(proc, root, [{ id: one, runtime }], noUser);
      return [...names.values()].map(({ name }) => name);
    };
    expect(await ask('podman', id)).toEqual(['web']);
    expect(await ask('containerd', 'f00d')).toEqual([]);
    expect(requests).toEqual([]);
    expect(await ask('podman', 'f00d')).toEqual(['other']);
    expect(requests).toHaveLength(1);
  });

  it('not by an answer about others', async () => {
    const root = machineRoot();
    await fakeEngine(root, '/run/podman/podman.sock', answering(list.slice(1)));
    const wanted = [{ id, runtime: 'podman' as const }];
    expect((await containerNames(procWith([]), root, wanted, noUser)).size).toBe(0);
  });

  it('not by one that is silent, beyond the deadline', async () => {
    const root = machineRoot();
    const { allClosed } = await fakeEngine(root, '/run/podman/podman.sock', () => {});
    const wanted = [{ id, runtime: 'podman' as const }];
    const options = { deadline: 200, environment: {} };
    expect((await containerNames(procWith([]), root, wanted, options)).size).toBe(0);
    await allClosed();
  });
});

describe('the user’s own containers', () => {
  it.each([
    ['HOME', '.local/share/containers/storage'],
    ['XDG_DATA_HOME', 'containers/storage'],
  ])('are named by the storage below %s, on our own machine alone', async (variable, storage) => {
    const home = machineRoot();
    addFiles(home, { [`${storage}/overlay-containers/containers.json`]: storageFile });
    const uid = process.getuid?.() ?? 0;
    const ask = async (root: string, user?: number) => {
      const wanted = [{ id, runtime: 'podman' as const, ...(user !== undefined && { user }) }];
      const options = { deadline: 1, environment: { [variable]: home } };
      return [...(await containerNames(procWith([]), root, wanted, options)).values()];
    };
    expect(await ask('')).toEqual([web]);
    expect(await ask('', uid)).toEqual([web]);
    expect(await ask('', uid + 1)).toEqual([]);
    expect(await ask(machineRoot())).toEqual([]);
    if (uid !== 0) return;
    // HOME of another user, as sudo -E keeps it.
    chownSync(join(home, storage), 1000, 1000);
    expect(await ask('')).toEqual([]);
    expect(await ask('', 1000)).toEqual([web]);
  });
});

const hosts = '/system.slice';
const outer = `/machine.slice/libpod-${'a'.repeat(64)}.scope`;
/** One like that below another container’s cgroup. */
const elsewhere = `/docker/${'b'.repeat(64)}/docker`;

describe('which process names a container:', () => {
  /** The cgroups of processes of root, each called like its place in the list. */
  const nameBy = async (cgroups: readonly string[], whose: Whose) => {
    const processes = cgroups.map((cgroup, at) => conmon(`${at}`, 0, '/b', cgroup));
    return (await named('podman', {}, processes, { ...noUser, ...whose }))?.name ?? null;
  };
  const inside = `${outer}/container`;

  it.each<[string, readonly string[], Whose, string | null]>([
    ['the machine’s, before one in a container', [hosts, inside], {}, '0'],
    ['the machine’s, behind one in a container', [inside, hosts], {}, '1'],
    ['none that is in a container', [inside, elsewhere], {}, null],
    ['for a nested one that beside it', [hosts, elsewhere, inside], { within: outer }, '2'],
    ['for a nested one none elsewhere', [hosts, elsewhere], { within: outer }, null],
  ])('%s', async (_, cgroups, whose, expected) => {
    expect(await nameBy(cgroups, whose)).toBe(expected);
  });

  it('none of a container’s users, though they agree', async () => {
    expect(await named('podman', {}, [conmon('web', 1000, '/b', inside)])).toBeNull();
  });

  it('none in a PID namespace of its own, without a cgroup of a container', async () => {
    const files = {
      ...{ '7/comm': 'conmon\n', '7/cgroup': '0::/user.slice\n' },
      '7/status': 'Uid:\t0\t0\t0\t0\nNSpid:\t7\t2\n',
    };
    const { cmdline } = conmon('web', 0);
    const proc = fakeProc({ isLive: true, files, processes: { 7: { fd: {}, cmdline } } });
    const wanted = [{ id, runtime: 'podman' as const }];
    expect((await containerNames(proc, machineRoot(), wanted, noUser)).size).toBe(0);
  });
});

describe('a container nested in another', () => {
  it.each<WorkloadRuntime | null>(['docker', 'podman', 'containerd', 'crio', null])(
    'is not named by the files of the machine: %s',
    async (runtime) => {
      const files = {
        [`/var/lib/docker/containers/${id}/config.v2.json`]: dockerFile,
        '/var/lib/containers/storage/overlay-containers/containers.json': storageFile,
        [`/run/containerd/io.containerd.runtime.v2.task/k8s.io/${id}/config.json`]: bundleFile,
        [`/run/containers/storage/overlay-containers/${id}/userdata/config.json`]: bundleFile,
        [log]: '',
      };
      expect(await named(runtime, files)).not.toBeNull();
      expect(await named(runtime, files, [], { ...noUser, within: outer })).toBeNull();
    },
  );

  it('does not lead to files by what is said in there', async () => {
    const bundle = `/data/overlay-containers/${id}/userdata`;
    const files = { '/data/overlay-containers/containers.json': storageFile };
    const root = machineRoot(files);
    const nested = { id, runtime: 'podman' as const, within: outer };
    const machines = { id, runtime: 'podman' as const };
    const proc = procWith([conmon('inner', 0, bundle, `${outer}/container`)]);
    const names = await containerNames(proc, root, [nested, machines], noUser);
    expect([names.get(nested), names.get(machines)]).toEqual([
      { ...nothing, name: 'inner' },
      undefined,
    ]);
  });

  it('is named by the files of a machine that is the outer one', async () => {
    const root = machineRoot({
      '/var/lib/containers/storage/overlay-containers/containers.json': storageFile,
    });
    const proc = fakeProc({ isLive: true, files: { '1/cgroup': `0::${outer}/init.scope\n` } });
    const wanted = [{ id, runtime: 'podman' as const, within: outer }];
    expect([...(await containerNames(proc, root, wanted, noUser)).values()]).toEqual([web]);
  });
});

describe('a container of a user', () => {
  const alices = { ...noUser, user: 1000 };

  it.each<[string, ReturnType<typeof conmon>[], string | null]>([
    ['that user', [conmon('forged', 0), conmon('forged', 1001), conmon('web', 1000)], 'web'],
    ['nobody else', [conmon('forged', 0), conmon('forged', 1001)], null],
  ])('is named by a conmon of %s', async (_, processes, name) => {
    const found = await named('podman', {}, processes, alices);
    expect(found?.name ?? null).toBe(name);
  });

  it.each<WorkloadRuntime | null>(['docker', 'podman', 'containerd', 'crio', null])(
    'is not named by the files of the system: %s',
    async (runtime) => {
      const files = {
        [`/var/lib/docker/containers/${id}/config.v2.json`]: dockerFile,
        '/var/lib/containers/storage/overlay-containers/containers.json': storageFile,
        [`/run/containerd/io.containerd.runtime.v2.task/k8s.io/${id}/config.json`]: bundleFile,
        [`/run/containers/storage/overlay-containers/${id}/userdata/config.json`]: bundleFile,
        [log]: '',
      };
      expect(await named(runtime, files)).not.toBeNull();
      expect(await named(runtime, files, [], alices)).toBeNull();
    },
  );

  it.skipIf(reason !== null)('is named by that user’s engine, not by the system’s', async () => {
    const [root, own] = [machineRoot(), machineRoot()];
    const answer = (name: string) => answering([{ Id: id, Names: [`/${name}`] }]);
    const { requests } = await fakeEngine(root, '/var/run/docker.sock', answer('web'));
    const { socket } = await fakeEngine(own, '/docker.sock', answer('own'));
    const uid = process.getuid?.() || 1000;
    if (process.getuid?.() === 0) chownSync(socket, uid, uid);
    const us = vi.spyOn(process, 'getuid').mockReturnValue(uid);
    onTestFinished(() => us.mockRestore());
    const ask = async (user: number, machine: string) => {
      const wanted = [{ id, runtime: 'docker' as const, user }];
      const options = { ...noUser, environment: { XDG_RUNTIME_DIR: own } };
      const names = await containerNames(procWith([]), machine, wanted, options);
      return [...names.values()].map(({ name }) => name);
    };
    expect(await ask(uid, root)).toEqual([]);
    expect(await ask(uid + 1, '')).toEqual([]);
    expect(await ask(uid, '')).toEqual(['own']);
    expect(requests).toEqual([]);
  });
});
