import { statSync } from 'node:fs';
import { groupedBy } from '../../../model/add-to.ts';
import type { WorkloadRuntime } from '../../../model/socket/workload.ts';
import type { Proc } from '../proc/proc.ts';
import { isBelieved, isThere, type Whose } from './believed.ts';
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
import { type MachineUser, machineUsers } from './machine-users.ts';
import { speakers, surroundingOfFiles } from './speakers.ts';

/** A container by its ID, as found in cgroups, and who could have given its cgroup any ID. */
export interface WantedContainer extends Whose {
  readonly id: string;
  /** null: not known, as in a pod. */
  readonly runtime: WorkloadRuntime | null;
}

/** Whether it is a container of the system's engines, so that their names are meant. */
function isSystems({ user }: WantedContainer): boolean {
  return user === undefined;
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
  readonly userOf: MachineUser;
  /** Containers still without a name, or without an image if that is asked for. */
  lacking(runtimes: Runtimes, what: 'name' | 'name or image'): readonly WantedContainer[];
  found(container: WantedContainer, name: ContainerName | null | undefined): void;
}

/** The current user, as in the names of cgroups; null: not known. */
function ourUser({ userOf }: Search): number | null {
  return userOf(process.getuid?.() ?? null);
}

/**
 * Names of containers whose IDs are known: first from files on the machine, which also tell of new names, then from the
 * processes that keep them, then from engines. `root`: the folder of the machine's files; empty for our own.
 * `isBelieved` says which processes count; files and engines, too, name only containers of their user, and none that is
 * nested in another container than they are. Containers without a name are left out; nothing in a file or an engine can
 * make this fail or exceed the time limit.
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
  const searchFor = (containers: readonly WantedContainer[]): Search => ({
    root,
    userOf: machineUsers(proc),
    lacking: (runtimes, what) =>
      containers.filter((container) => {
        if (!runtimes.includes(container.runtime)) return false;
        const known = names.get(container) ?? unnamed;
        return !isNamed(known) || (what !== 'name' && known.image === null);
      }),
    found: (container, name) => {
      if (name !== null && name !== undefined) {
        names.set(container, completed(names.get(container) ?? unnamed, name));
      }
    },
  });
  const inside = asked.some(({ within }) => within !== undefined) ? surroundingOfFiles(proc) : null;
  /** Those that our files and engines can be about. */
  const near = new Set(
    asked.filter(({ within }) => within === undefined || isThere(inside, within, proc.isLive)),
  );
  const search = searchFor([...near]);
  readDocker(search);
  readStorage(search, storageFolders(search, environment));
  const bundles = await askConmon(proc, searchFor(asked), (offered) => {
    const ours = new Map([...offered].filter(([container]) => near.has(container)));
    readStorage(search, storagesOf(ours));
    return ours;
  });
  readBundles(search, bundles);
  readLogNames(search);
  await askEngines(search, environment, deadline);
  for (const [container, name] of names) if (!isNamed(name)) names.delete(container);
  return names;
}

/** The bundles of containers. */
type Bundles = ReadonlyMap<WantedContainer, string>;

/**
 * Finds names on conmon's command lines. A container may have been renamed since, so `read` is first given the bundles
 * of the trusted ones; returns those that it returns.
 */
async function askConmon(
  proc: Proc,
  search: Search,
  read: (bundles: Bundles) => Bundles,
): Promise<Bundles> {
  const bundles = new Map<WantedContainer, string>();
  const lacking = search.lacking(conmonRuntimes, 'name or image');
  if (lacking.length === 0) return bundles;
  const speakerAt = speakers(proc, search.userOf);
  const kept = groupedBy(await keptContainers(proc, speakerAt), ({ id }) => id);
  const believed = new Map<WantedContainer, string>();
  for (const container of lacking) {
    const one = believable(kept.get(container.id) ?? [], container, proc);
    if (one === null) continue;
    believed.set(container, one.name);
    const isTrusted = one.by.uid === 0 || one.by.uid === ourUser(search);
    if (one.bundle?.startsWith('/') && isTrusted) bundles.set(container, one.bundle);
  }
  const ours = read(bundles);
  for (const [container, name] of believed) search.found(container, namedBy(nameFrom(name)));
  return ours;
}

/**
 * The process that is believed. Where the cgroup of a container does not show its user, as with version 1, and its
 * runtime may be one without root (Podman), users are believed too if all of them agree.
 */
function believable(
  claims: readonly KeptContainer[],
  container: WantedContainer,
  proc: Proc,
): KeptContainer | null {
  const { runtime, user, within } = container;
  const own = claims.find(({ by }) => isBelieved(by, container, proc));
  if (own !== undefined) return own;
  if (runtime !== 'podman' || user !== undefined) return null;
  const [first, ...others] = claims.filter(({ by }) => isThere(by.inside, within, proc.isLive));
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
function storageFolders(search: Search, environment: Environment): ReadonlyMap<string, Meant> {
  const folders = new Map<string, Meant>();
  const add = (storage: string, isMeant: Meant) => {
    for (const driver of drivers) folders.set(`${storage}/${driver}-containers`, isMeant);
  };
  add('/var/lib/containers/storage', isSystems);
  const { HOME: home, XDG_DATA_HOME: data = home && `${home}/.local/share` } = environment;
  if (search.root === '' && data?.startsWith('/')) {
    const storage = `${data}/containers/storage`;
    const owner = search.userOf(ownerOf(storage));
    add(storage, ({ user = ourUser(search) }) => user === owner);
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

/** The storages that bundles are in; each names only containers of the same user. */
function storagesOf(bundles: Bundles): ReadonlyMap<string, Meant> {
  const folders = new Map<string, Meant>();
  for (const [{ id, user }, bundle] of bundles) {
    const folder = storageOf(id, bundle);
    if (folder !== null) folders.set(folder, (container) => container.user === user);
  }
  return folders;
}

function readStorage(search: Search, folders: ReadonlyMap<string, Meant>): void {
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
  const us = ourUser(search);
  const isOurs: Meant = ({ user }) => user !== undefined && user === us;
  await Promise.all([ask('all', isSystems), ask('ours', isOurs)]);
}
