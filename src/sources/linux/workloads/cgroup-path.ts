import type { Workload, WorkloadKind, WorkloadRuntime } from '../../../model/socket/workload.ts';

/**
 * A hierarchy's line in /proc/PID/cgroup (cgroups(7)): `ID:controllers:path`. A path may contain any character but
 * a line feed, so the dot must match other line separators of JavaScript too.
 */
export const cgroupLine = /^(\d+):([^:]*):(\/.*)$/s;

/**
 * The paths in /proc/PID/cgroup, the most informative first: version 2, then systemd's own hierarchy, then those of
 * version 1's controllers, which a container runtime may use alone.
 */
export function cgroupPaths(text: string): readonly string[] {
  const systemd: string[] = [];
  const unified: string[] = [];
  const others: string[] = [];
  for (const one of text.split('\n')) {
    const [, id, controllers, path] = cgroupLine.exec(one) ?? [];
    if (path === undefined) continue;
    const list = controllers === 'name=systemd' ? systemd : id === '0' ? unified : others;
    list.push(cleaned(path));
  }
  return [...new Set([...unified, ...systemd, ...others])];
}

/** Without the mark of a removed cgroup, and the way out of the reader's own. */
function cleaned(path: string): string {
  return path.replace(/ \(deleted\)$/, '').replace(/^(?:\/\.\.)+(?=\/|$)/, '') || '/';
}

/**
 * What the names on a path mean, from the outside in. The innermost container counts, and the innermost unit: one
 * in the container, else the one that contains it, as for Podman's Quadlet.
 */
interface PathFacts {
  container: Pick<Workload, 'runtime' | 'name' | 'id'> | null;
  /** The path of the innermost container, which may be a node whose pods are meant. */
  innermost: string | null;
  /** The path of the container that `container`, or the pod, is nested in. */
  within: string | null;
  podUid: string | null;
  packaged: { readonly kind: WorkloadKind; readonly name: string } | null;
  unit: string | null;
  /** Whether it is below a user's slice, outside of all containers. */
  isInSlice: boolean;
  /** The user whose own systemd names the rest of the path, outside of all containers; null: the system. */
  user: number | null;
  /** Whether that systemd runs `unit`. */
  isUsersUnit: boolean;
}

/** A user's cgroup. Root's systemd makes those in it, for sessions and for the user's systemd. */
const userSlice = /^user-\d+\.slice$/;

/** That of a user's systemd: it is the user's, who names all that is below. */
const userManager = /^user@(\d+)\.service$/;

/** A path without what is below a user's cgroup: sessions, and the user's own units, which may have any names. */
export function withoutUsers(path: string): string {
  const names = path.split('/');
  const users = names.findIndex((name) => userSlice.test(name) || userManager.test(name));
  return users < 0 ? path : names.slice(0, users + 1).join('/');
}

/** The user of a workload; none if it is the system's, as root's is, or if that is not known. */
export function whose(uid: number | null): Pick<Workload, 'user'> {
  return uid === null || uid === 0 ? {} : { user: uid };
}

/** An ID of Docker and of runtimes that adopted its form. */
const hex64 = '[0-9a-f]{64}';

/**
 * The unit that Podman makes for the process that keeps a container, and holds the ports of the host that lead to it: it
 * belongs to the container, but is not in it.
 */
const podmanKeeper = new RegExp(`^libpod-conmon-(${hex64})\\.scope$`);

/** Names of container cgroups that contain the runtime. */
const namedContainers: readonly (readonly [RegExp, WorkloadRuntime])[] = [
  [new RegExp(`^docker-(${hex64})(?:\\.scope)?$`), 'docker'],
  [new RegExp(`^libpod-(?:payload-)?(${hex64})(?:\\.scope)?$`), 'podman'],
  [new RegExp(`^(?:cri-containerd|nerdctl)-(${hex64})(?:\\.scope)?$`), 'containerd'],
  [new RegExp(`^crio-(${hex64})(?:\\.scope)?$`), 'crio'],
  // containerd configured for the wrong cgroup driver under systemd: `SLICE:PREFIX:ID`.
  [new RegExp(`^[^:]+:cri-containerd:(${hex64})$`), 'containerd'],
  [new RegExp(`^[^:]+:crio:(${hex64})$`), 'crio'],
  [podmanKeeper, 'podman'],
];

const bareId = new RegExp(`^${hex64}$`);

/** Whether runtimes make a cgroup for processes that keep containers, so that no container is in it. */
export function isOnlyKeepers(path: string): boolean {
  return /\/(?:(?:libpod|crio)-conmon-[^/]*\.scope|supervisor)$/.test(path);
}

/** A virtual machine of libvirt is `machine-qemu…`, and not a container. */
const nspawn =
  /^(?:machine-(?!qemu\\x2d|lxc\\x2d|libvirt)(.+)\.scope|systemd-nspawn@(.+)\.service)$/;

/** The units that systemd-nspawn may run in as one of several: those of sessions, of users' systemds and its own. */
const sharedUnit = /^(?:session-.+\.scope|init\.scope|user@\d+\.service)$/;

/**
 * The machine of systemd-nspawn in a unit of another form: it makes a cgroup `payload` there, beside its own
 * `supervisor`. Its name is not shown, only the unit's.
 */
function payloadOf(unit: string): string | undefined {
  const stem = /^(.+)\.(?:service|scope)$/.exec(unit)?.[1];
  return sharedUnit.test(unit) || nspawn.test(unit) ? undefined : stem;
}

/** The parent folder of the bare IDs of Podman's pods, without systemd; containers there have a prefix. */
const podmanPods = 'libpod_parent';

/** The parent folders of bare IDs. */
const runtimeFolders: ReadonlyMap<string, WorkloadRuntime> = new Map([
  ['docker', 'docker'],
  [podmanPods, 'podman'],
  ['lxc', 'lxc'],
]);

/** A pod's cgroup, whose UID has `-` or, in systemd's slices, `_`; a static pod's has neither. */
const pod = /(?:^|-)pod([0-9a-f]{8}(?:[-_]?[0-9a-f]{4}){3}[-_]?[0-9a-f]{12})(?:\.slice)?(?::|$)/;

/**
 * The workload of a cgroup, from its path, in every form that runtimes use; null: none that has a name. A container
 * has precedence over units, and the innermost over other containers. A user may give any name to the cgroups below
 * that of their systemd, so the workload tells whose it is.
 */
export function workloadOfPath(path: string): Workload | null {
  return workloadOf(factsOf(path));
}

/**
 * The innermost container of a cgroup, by its own path; null: in none. What contains it cannot be made up from inside:
 * a container's root may give any name to cgroups below its own only.
 */
export function containerPath(path: string): string | null {
  return factsOf(path).innermost;
}

function factsOf(path: string): PathFacts {
  const facts: PathFacts = {
    ...{ container: null, innermost: null, within: null, podUid: null, packaged: null, unit: null },
    ...{ isInSlice: false, user: null, isUsersUnit: false },
  };
  let isKubernetes = false;
  let above = '';
  let end = -1;
  for (const name of path.split('/')) {
    end += 1 + name.length;
    const isManaged = facts.user !== null;
    if (facts.container === null && facts.podUid === null) noteUser(facts, name);
    isKubernetes ||= name.includes('kubepods');
    const uid = isKubernetes ? pod.exec(name)?.[1] : undefined;
    if (uid !== undefined) {
      // A node of Kubernetes may itself be a container.
      facts.podUid = uid.replaceAll('_', '-');
      facts.container = null;
      facts.within = facts.innermost;
    }
    const container = containerNamed(
      name,
      // What is directly in a container's cgroup is no machine in a unit.
      name === 'payload' && facts.innermost === path.slice(0, end - name.length - 1) ? '' : above,
      facts.podUid !== null && facts.container === null,
    );
    if (container !== null) {
      // A container nested in a pod's container does not belong to the pod.
      if (facts.container !== null) facts.podUid = null;
      facts.container = container;
      facts.within = facts.innermost;
      // A pod of Podman's is shown like a container, but its containers are not nested in one.
      const isPodmanPod = above === podmanPods && bareId.test(name);
      if (!isPodmanPod && !podmanKeeper.test(name)) facts.innermost = path.slice(0, end);
      facts.packaged = null;
    }
    // In a session of the system's systemd, what a user calls a unit is none.
    const isInSession = facts.isInSlice && !isManaged && facts.unit !== null;
    if (isUnit(name) && !isInSession) {
      facts.packaged = packagedAs(name) ?? facts.packaged;
      // The manager of a user's session: used only if nothing below it has a name.
      if (name !== 'init.scope' || facts.unit === null) {
        facts.unit = name;
        facts.isUsersUnit = isManaged;
      }
    }
    above = name;
  }
  return facts;
}

/** The outermost counts: below, a user may have any names. */
function noteUser(facts: PathFacts, name: string): void {
  if (userSlice.test(name)) facts.isInSlice = true;
  const uid = userManager.exec(name)?.[1];
  if (uid !== undefined) facts.user ??= Number(uid);
}

/** The container of a cgroup with this name and parent; null: not a container. */
function containerNamed(name: string, above: string, isPod: boolean): PathFacts['container'] {
  for (const [form, runtime] of namedContainers) {
    const id = form.exec(name)?.[1];
    if (id !== undefined) return { runtime, name: null, id };
  }
  if (bareId.test(name)) {
    const runtime = isPod ? null : (runtimeFolders.get(above) ?? null);
    return { runtime, name: null, id: name };
  }
  // LXC 3.1 had a folder with that name.
  if (above === 'lxc' || above === 'lxc.payload' || name.startsWith('lxc.payload.')) {
    return { runtime: 'lxc', name: name.replace(/^lxc\.payload\./, ''), id: null };
  }
  const machine =
    name === 'payload'
      ? payloadOf(above)
      : nspawn
          .exec(name)
          ?.slice(1)
          .find((part) => part !== undefined);
  return machine === undefined ? null : { runtime: 'nspawn', name: unescaped(machine), id: null };
}

/** Units that processes run in. */
function isUnit(name: string): boolean {
  return /.\.(?:service|scope|socket|mount|swap)$/.test(name);
}

function packagedAs(unit: string): PathFacts['packaged'] {
  const flatpak = /^app-flatpak-(.+)-\d+\.scope$/.exec(unit)?.[1];
  if (flatpak !== undefined) return { kind: 'flatpak', name: unescaped(flatpak) };
  const [, snap, app] = snapUnit.exec(unit) ?? [];
  if (snap === undefined || app === undefined) return null;
  // In the form that `snap run` takes.
  return { kind: 'snap', name: snap === app ? snap : `${snap}.${app}` };
}

/**
 * `snap.PACKAGE.APP.service`, or if started by a user `snap.PACKAGE.APP-UUID.scope`, formerly with a dot; for a
 * hook, APP is `hook.NAME`.
 */
const snapUnit =
  /^snap\.([^.]+)\.((?:hook\.)?[^.]+?)(?:[-.][0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})?\.(?:service|scope)$/;

/** Undoes systemd's escapes of bytes in unit names (systemd.unit(5)): `\x2d` is `-`. */
function unescaped(name: string): string {
  const bytes = Buffer.from(name).toString('latin1');
  const plain = bytes.replace(/\\x([0-9a-f]{2})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
  return Buffer.from(plain, 'latin1').toString('utf8');
}

function workloadOf(facts: PathFacts): Workload | null {
  const { container, within, podUid, packaged, unit, user, isUsersUnit } = facts;
  const isUsers = isUsersUnit || container !== null || podUid !== null;
  const ofUser = whose(isUsers ? user : null);
  const whoseWhere = { ...ofUser, ...(within !== null && { within }) };
  const nothing = { namespace: null, podUid: null, container: null, image: null };
  if (podUid !== null) {
    const { runtime = null, id = null } = container ?? {};
    return { ...nothing, kind: 'pod', runtime, name: null, id, podUid, unit, ...whoseWhere };
  }
  if (container !== null) {
    return { ...nothing, kind: 'container', ...container, unit, ...whoseWhere };
  }
  if (packaged !== null) {
    const runtime = packaged.kind === 'snap' ? 'snapd' : 'flatpak';
    return { ...nothing, ...packaged, runtime, id: null, unit, ...ofUser };
  }
  if (unit === null) return null;
  const kind = unit.endsWith('.scope') ? 'scope' : 'unit';
  return { ...nothing, kind, runtime: 'systemd', name: unit, id: null, unit, ...ofUser };
}
