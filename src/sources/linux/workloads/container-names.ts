import { statSync } from 'node:fs';
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
  /** The user who could have given the cgroup any ID; absent: the system's. */
  readonly user?: number;
}

/** Whether it is a container of the system's engines, so that their names are meant. */
function isSystems({ user }: WantedContainer): boolean {
  return user === undefined;
}

/** Whether it is a container of the current user. */
function isOurs({ user }: WantedContainer): boolean {
  return user !== undefined && user === process.getuid?.();
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
  found(container: WantedContainer, name: ContainerName | null | undefined): void;
}

/**
 * Names of containers whose IDs are known: first from files on the machine, then from its engines. `root`: the
 * folder of the machine's files; empty for our own. A user's containers get names only from that user's processes,
 * files and engines. Containers without a name are left out; nothing in a file or an engine can make this fail or
 * exceed the time limit.
 */
export async function containerNames(
  proc: Proc,
  root: string,
  wanted: readonly WantedContainer[],
  options: ContainerNamesOptions = {},
): Promise<ReadonlyMap<WantedContainer, ContainerName>> {
  const { deadline = 500, environment = process.env } = options;
  const names = new Map<WantedContainer, ContainerName>();
  const asked = wanted.filter(({ id }) => plausibleId.test(id));
  const search: Search = {
    root,
    lacking: (runtimes, what) =>
      asked.filter((container) => {
        if (!runtimes.includes(container.runtime)) return false;
        const known = names.get(container) ?? unnamed;
        return !isNamed(known) || (what !== 'name' && known.image === null);
      }),
    found: (container, name) => {
      if (name !== null && name !== undefined) {
        names.set(container, completed(names.get(container) ?? unnamed, name));
      }
    },
  };
  const bundles = await askConmon(proc, search);
  readDocker(search);
  readStorage(search, bundles, environment);
  readBundles(search, bundles);
  readLogNames(search);
  await askEngines(search, environment, deadline);
  for (const [container, name] of names) if (!isNamed(name)) names.delete(container);
  return names;
}

/** The bundles of containers. */
type Bundles = ReadonlyMap<WantedContainer, string>;

/** Finds names on conmon's command lines. Returns the bundles of the trusted ones. */
async function askConmon(proc: Proc, search: Search): Promise<Bundles> {
  const bundles = new Map<WantedContainer, string>();
  const lacking = search.lacking(conmonRuntimes, 'name');
  if (lacking.length === 0) return bundles;
  const kept = groupedBy(await keptContainers(proc), ({ id }) => id);
  for (const container of lacking) {
    const one = believable(kept.get(container.id) ?? [], container, proc.isLive);
    if (one === null) continue;
    search.found(container, namedBy(nameFrom(one.name)));
    const isTrusted = one.uid === 0 || one.uid === process.getuid?.();
    if (one.bundle?.startsWith('/') && isTrusted) bundles.set(container, one.bundle);
  }
  return bundles;
}

/**
 * The process to trust: any user can name a process conmon. For a user's container only that user's is; else root's is
 * trusted, and another user's only where the runtime may be one without root (Podman), and all agree. A copy of a /proc
 * may not show the user; it is trusted.
 */
function believable(
  claims: readonly KeptContainer[],
  container: WantedContainer,
  isLive: boolean,
): KeptContainer | null {
  const { runtime, user = 0 } = container;
  const own = claims.find(({ uid }) => uid === user || (uid === null && !isLive));
  if (own !== undefined) return own;
  const [first, ...others] = runtime === 'podman' && isSystems(container) ? claims : [];
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
  const lacking = search.lacking(dockerRuntimes, 'name or image').filter(isSystems);
  if (lacking.length === 0) return;
  const folders = dockerFolders(root).filter(
    (folder) => namesOn(root, `${folder}/containers`).length > 0,
  );
  for (const container of lacking) {
    for (const folder of folders) {
      const config = fileOn(root, `${folder}/containers/${container.id}/config.v2.json`);
      if (config !== null) search.found(container, parseDockerConfig(config));
    }
  }
}

/** The drivers of containers/storage that have a folder of containers. */
const drivers = ['overlay', 'vfs', 'btrfs', 'zfs'] as const;

/** Containers that are removed when they end have a file of their own. */
const storageFiles = ['containers.json', 'volatile-containers.json'] as const;

/** Which containers a folder may name. */
type Meant = (container: WantedContainer) => boolean;

/**
 * Where containers/storage keeps containers, including the folders of the user whose home HOME is; these name only that
 * user's.
 */
function storageFolders(root: string, environment: Environment): Map<string, Meant> {
  const folders = new Map<string, Meant>();
  const add = (storage: string, isMeant: Meant) => {
    for (const driver of drivers) folders.set(`${storage}/${driver}-containers`, isMeant);
  };
  add('/var/lib/containers/storage', isSystems);
  const { HOME: home, XDG_DATA_HOME: data = home && `${home}/.local/share` } = environment;
  if (root === '' && data?.startsWith('/')) {
    const storage = `${data}/containers/storage`;
    const owner = ownerOf(storage);
    add(storage, ({ user = process.getuid?.() }) => user === owner);
  }
  return folders;
}

/** The user who owns a folder; null if it cannot be reached. */
function ownerOf(folder: string): number | null {
  try {
    return statSync(folder).uid;
  } catch {
    return null;
  }
}

/** The folder that contains a bundle `<storage>/<driver>-containers/<id>/userdata`; null for any other form. */
function storageOf(id: string, bundle: string): string | null {
  const [, folder, own] = /^(.+)\/([^/]+)\/userdata\/?$/.exec(bundle) ?? [];
  return own === id && folder !== undefined ? folder : null;
}

function readStorage(search: Search, bundles: Bundles, environment: Environment): void {
  if (search.lacking(conmonRuntimes, 'name or image').length === 0) return;
  const folders = storageFolders(search.root, environment);
  for (const [{ id, user }, bundle] of bundles) {
    const folder = storageOf(id, bundle);
    if (folder === null || folders.has(folder)) continue;
    folders.set(folder, (container) => container.user === user);
  }
  for (const [folder, isMeant] of folders) {
    for (const file of storageFiles) {
      const lacking = search.lacking(conmonRuntimes, 'name or image').filter(isMeant);
      if (lacking.length === 0) break;
      const text = fileOn(search.root, `${folder}/${file}`);
      if (text === null) continue;
      const containers = parseStorage(text);
      for (const container of lacking) search.found(container, containers.get(container.id));
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

function readBundles(search: Search, bundles: Bundles): void {
  const { root } = search;
  const lacking = search.lacking(bundleRuntimes, 'name or image');
  if (lacking.length === 0) return;
  const tasks = taskFolders.flatMap((folder) =>
    namesOn(root, folder)
      .slice(0, mostNamespaces)
      .map((namespace) => `${folder}/${namespace}`),
  );
  const kept = crioFolders.filter((folder) => namesOn(root, folder).length > 0);
  for (const container of lacking) {
    const { id } = container;
    const own = bundles.get(container);
    const systems = [
      ...tasks.map((folder) => `${folder}/${id}`),
      ...kept.map((folder) => `${folder}/${id}/userdata`),
    ];
    const places = [...(own === undefined ? [] : [own]), ...(isSystems(container) ? systems : [])];
    for (const place of places) {
      const config = fileOn(root, `${place}/config.json`);
      if (config === null) continue;
      search.found(container, parseBundle(config));
    }
  }
}

/** Where the kubelet links the logs of containers. */
const logFolder = '/var/log/containers';

function readLogNames(search: Search): void {
  const lacking = groupedBy(search.lacking(podRuntimes, 'name').filter(isSystems), ({ id }) => id);
  if (lacking.size === 0) return;
  for (const file of namesOn(search.root, logFolder)) {
    const [id, name] = parseLogName(file) ?? [];
    for (const container of lacking.get(id ?? '') ?? []) search.found(container, name);
  }
}

async function askEngines(
  search: Search,
  environment: Environment,
  deadline: number,
): Promise<void> {
  const ask = async (whose: 'all' | 'ours', isMeant: Meant) => {
    const lacking = search.lacking(engineRuntimes, 'name').filter(isMeant);
    if (lacking.length === 0) return;
    const sockets = engineSockets(search.root, environment, whose);
    if (sockets.length === 0) return;
    const containers = await containersOfEngines(sockets, deadline);
    for (const container of lacking) search.found(container, containers.get(container.id));
  };
  await Promise.all([ask('all', isSystems), ask('ours', isOurs)]);
}
