import { groupedBy } from '../../../model/add-to.ts';
import type { WorkloadRuntime } from '../../../model/socket/workload.ts';
import type { Proc } from '../proc/proc.ts';
import { type KeptContainer, keptContainers } from './conmon.ts';
import { containersOfEngines, type Environment, engineSockets } from './container-engine.ts';
import { parseBundle, parseDockerConfig, parseLogName, parseStorage } from './container-files.ts';
import {
  type ContainerName,
  completed,
  isNamed,
  namedBy,
  nameFrom,
  unnamed,
} from './container-name.ts';
import { jsonFrom, member } from './json.ts';
import { fileOn, namesOn } from './machine-files.ts';

export type { ContainerName } from './container-name.ts';

/** A container by its ID, as found in cgroups. */
export interface WantedContainer {
  readonly id: string;
  /** null: not known, as in a pod. */
  readonly runtime: WorkloadRuntime | null;
}

/** What limits a look-up of names, and whose folders it uses. */
export interface ContainerNamesOptions {
  /** The time limit for all engines together, in milliseconds; default 500. */
  readonly deadline?: number;
  /** The environment that gives the user's folders; default: the process's own. */
  readonly environment?: Environment;
}

/** IDs come from runtimes: only such an ID may become part of a path. */
const plausibleId = /^[0-9A-Za-z][\w.-]{0,127}$/;

type Runtimes = readonly (WorkloadRuntime | null)[];

/** Runtimes that use conmon and containers/storage. */
const conmonRuntimes: Runtimes = ['podman', 'crio', null];
const dockerRuntimes: Runtimes = ['docker', null];
const bundleRuntimes: Runtimes = ['containerd', 'crio', null];
const podRuntimes: Runtimes = ['docker', 'containerd', 'crio', null];
const engineRuntimes: Runtimes = ['docker', 'podman', null];

/** The state of the search. */
interface Search {
  readonly root: string;
  /** Containers still without a name, or without an image if that is asked for. */
  lacking(runtimes: Runtimes, what: 'name' | 'name or image'): readonly WantedContainer[];
  found(id: string, name: ContainerName | null | undefined): void;
}

/**
 * Names of containers whose IDs are known: first from files on the machine, then from its engines. `root`: the
 * folder of the machine's files; empty for our own. Containers without a name are left out; nothing in a file or an
 * engine can make this fail or exceed the time limit.
 */
export async function containerNames(
  proc: Proc,
  root: string,
  wanted: readonly WantedContainer[],
  options: ContainerNamesOptions = {},
): Promise<ReadonlyMap<string, ContainerName>> {
  const { deadline = 500, environment = process.env } = options;
  const names = new Map<string, ContainerName>();
  const asked = wanted.filter(({ id }) => plausibleId.test(id));
  const search: Search = {
    root,
    lacking: (runtimes, what) =>
      asked.filter(({ id, runtime }) => {
        if (!runtimes.includes(runtime)) return false;
        const known = names.get(id) ?? unnamed;
        return !isNamed(known) || (what !== 'name' && known.image === null);
      }),
    found: (id, name) => {
      if (name !== null && name !== undefined) {
        names.set(id, completed(names.get(id) ?? unnamed, name));
      }
    },
  };
  const bundles = await askConmon(proc, search);
  readDocker(search);
  readStorage(search, bundles, environment);
  readBundles(search, bundles);
  readLogNames(search);
  await askEngines(search, environment, deadline);
  for (const [id, name] of names) if (!isNamed(name)) names.delete(id);
  return names;
}

/** Finds names on conmon's command lines. Returns the bundles of the trusted ones, by ID. */
async function askConmon(proc: Proc, search: Search): Promise<ReadonlyMap<string, string>> {
  const bundles = new Map<string, string>();
  const lacking = search.lacking(conmonRuntimes, 'name');
  if (lacking.length === 0) return bundles;
  const kept = groupedBy(await keptContainers(proc), ({ id }) => id);
  for (const { id, runtime } of lacking) {
    const one = believable(kept.get(id) ?? [], runtime, proc.isLive);
    if (one === null) continue;
    search.found(id, namedBy(nameFrom(one.name)));
    const isOurs = one.uid === 0 || one.uid === process.getuid?.();
    if (one.bundle?.startsWith('/') && isOurs) bundles.set(id, one.bundle);
  }
  return bundles;
}

/**
 * The process to trust: any user can name a process conmon. root's is trusted; another user's only where the runtime
 * may be one without root (Podman), and all agree. A copy of a /proc may not show the user; it is trusted.
 */
function believable(
  claims: readonly KeptContainer[],
  runtime: WorkloadRuntime | null,
  isLive: boolean,
): KeptContainer | null {
  const roots = claims.find(({ uid }) => uid === 0 || (uid === null && !isLive));
  if (roots !== undefined) return roots;
  const [first, ...others] = runtime === 'podman' ? claims : [];
  return first !== undefined && others.every(({ name }) => name === first.name) ? first : null;
}

/** Docker's folders: the default one, the snap's, and the one in its configuration. */
function dockerFolders(root: string): readonly string[] {
  const given = member(jsonFrom(fileOn(root, '/etc/docker/daemon.json') ?? ''), 'data-root');
  return [
    ...(typeof given === 'string' && given.startsWith('/') ? [given] : []),
    ...['/var/lib/docker', '/var/snap/docker/common/var-lib-docker'],
  ];
}

function readDocker(search: Search): void {
  const { root } = search;
  const lacking = search.lacking(dockerRuntimes, 'name or image');
  if (lacking.length === 0) return;
  const folders = dockerFolders(root).filter(
    (folder) => namesOn(root, `${folder}/containers`).length > 0,
  );
  for (const { id } of lacking) {
    for (const folder of folders) {
      const config = fileOn(root, `${folder}/containers/${id}/config.v2.json`);
      if (config !== null) search.found(id, parseDockerConfig(config));
    }
  }
}

/** The drivers of containers/storage that have a folder of containers. */
const drivers = ['overlay', 'vfs', 'btrfs', 'zfs'] as const;

/** Containers that are removed when they end have a file of their own. */
const storageFiles = ['containers.json', 'volatile-containers.json'] as const;

/** Where containers/storage keeps containers, including the folders of the current user. */
function storageFolders(root: string, environment: Environment): readonly string[] {
  const { HOME: home, XDG_DATA_HOME: data = home && `${home}/.local/share` } = environment;
  const ours = root === '' && data?.startsWith('/') ? [`${data}/containers/storage`] : [];
  return ['/var/lib/containers/storage', ...ours].flatMap((storage) =>
    drivers.map((driver) => `${storage}/${driver}-containers`),
  );
}

/** The folder that contains a bundle `<storage>/<driver>-containers/<id>/userdata`; null for any other form. */
function storageOf(id: string, bundle: string): string | null {
  const [, folder, own] = /^(.+)\/([^/]+)\/userdata\/?$/.exec(bundle) ?? [];
  return own === id && folder !== undefined ? folder : null;
}

function readStorage(
  search: Search,
  bundles: ReadonlyMap<string, string>,
  environment: Environment,
): void {
  if (search.lacking(conmonRuntimes, 'name or image').length === 0) return;
  const folders = new Set(storageFolders(search.root, environment));
  for (const [id, bundle] of bundles) {
    const folder = storageOf(id, bundle);
    if (folder !== null) folders.add(folder);
  }
  for (const folder of folders) {
    for (const file of storageFiles) {
      const lacking = search.lacking(conmonRuntimes, 'name or image');
      if (lacking.length === 0) return;
      const text = fileOn(search.root, `${folder}/${file}`);
      if (text === null) continue;
      const containers = parseStorage(text);
      for (const { id } of lacking) search.found(id, containers.get(id));
    }
  }
}

/** containerd's folders of running containers, by namespace: its own, and those of k3s and MicroK8s. */
const taskFolders = ['/run', '/run/k3s', '/var/snap/microk8s/common/run'].map(
  (folder) => `${folder}/containerd/io.containerd.runtime.v2.task`,
);

/** Where CRI-O keeps bundles. */
const crioFolders = ['/run/containers/storage', '/var/lib/containers/storage'].flatMap((storage) =>
  drivers.map((driver) => `${storage}/${driver}-containers`),
);

/** The most namespaces of containerd, which has one for each of its users: Docker, Kubernetes, nerdctl. */
const mostNamespaces = 64;

function readBundles(search: Search, bundles: ReadonlyMap<string, string>): void {
  const { root } = search;
  const lacking = search.lacking(bundleRuntimes, 'name or image');
  if (lacking.length === 0) return;
  const tasks = taskFolders.flatMap((folder) =>
    namesOn(root, folder)
      .slice(0, mostNamespaces)
      .map((namespace) => `${folder}/${namespace}`),
  );
  const kept = crioFolders.filter((folder) => namesOn(root, folder).length > 0);
  for (const { id } of lacking) {
    const own = bundles.get(id);
    const places = [
      ...(own === undefined ? [] : [own]),
      ...tasks.map((folder) => `${folder}/${id}`),
      ...kept.map((folder) => `${folder}/${id}/userdata`),
    ];
    for (const place of places) {
      const config = fileOn(root, `${place}/config.json`);
      if (config === null) continue;
      search.found(id, parseBundle(config));
    }
  }
}

/** Where the kubelet links the logs of containers. */
const logFolder = '/var/log/containers';

function readLogNames(search: Search): void {
  const lacking = new Set(search.lacking(podRuntimes, 'name').map(({ id }) => id));
  if (lacking.size === 0) return;
  for (const file of namesOn(search.root, logFolder)) {
    const [id, name] = parseLogName(file) ?? [];
    if (id !== undefined && lacking.has(id)) search.found(id, name);
  }
}

async function askEngines(
  search: Search,
  environment: Environment,
  deadline: number,
): Promise<void> {
  const lacking = search.lacking(engineRuntimes, 'name');
  if (lacking.length === 0) return;
  const sockets = engineSockets(search.root, environment);
  if (sockets.length === 0) return;
  const containers = await containersOfEngines(sockets, deadline);
  for (const { id } of lacking) search.found(id, containers.get(id));
}
