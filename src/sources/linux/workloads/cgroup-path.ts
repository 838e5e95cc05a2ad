import type { Workload, WorkloadKind, WorkloadRuntime } from '../../../model/workload.ts';

/**
 * The line of a hierarchy in /proc/PID/cgroup (cgroups(7)): `ID:controllers:path`. A path may have every character
 * but a line feed, so that a dot here means those too which JavaScript takes for the end of a line.
 */
const line = /^(\d+):([^:]*):(\/.*)$/s;

/**
 * The paths that /proc/PID/cgroup has, the most telling first: that of version 2, that of systemd's own
 * hierarchy, then those of version 1's controllers, which a container's runtime may use alone.
 */
export function cgroupPaths(text: string): readonly string[] {
  const systemd: string[] = [];
  const unified: string[] = [];
  const others: string[] = [];
  for (const one of text.split('\n')) {
    const [, id, controllers, path] = line.exec(one) ?? [];
    if (path === undefined) continue;
    const list = controllers === 'name=systemd' ? systemd : id === '0' ? unified : others;
    list.push(cleaned(path));
  }
  return [...new Set([...unified, ...systemd, ...others])];
}

/** Without what is said of a cgroup that was removed, and of the way out of the reader's own. */
function cleaned(path: string): string {
  return path.replace(/ \(deleted\)$/, '').replace(/^(?:\/\.\.)+(?=\/|$)/, '') || '/';
}

/**
 * What the names on a path tell, from the outside in; the innermost container counts, and the innermost unit: one in
 * the container, else the one that has the container in it, as of Podman's Quadlet.
 */
interface Told {
  container: Pick<Workload, 'runtime' | 'name' | 'id'> | null;
  podUid: string | null;
  packaged: { readonly kind: WorkloadKind; readonly name: string } | null;
  unit: string | null;
}

/** An ID of Docker and all that took it over. */
const hex64 = '[0-9a-f]{64}';

/** The name of a cgroup that is a container's, where its runtime stands in it. */
const namedContainers: readonly (readonly [RegExp, WorkloadRuntime])[] = [
  [new RegExp(`^docker-(${hex64})(?:\\.scope)?$`), 'docker'],
  [new RegExp(`^libpod-(?:payload-)?(${hex64})(?:\\.scope)?$`), 'podman'],
  [new RegExp(`^(?:cri-containerd|nerdctl)-(${hex64})(?:\\.scope)?$`), 'containerd'],
  [new RegExp(`^crio-(${hex64})(?:\\.scope)?$`), 'crio'],
  // containerd as systemd's cgroup driver is misconfigured: `SLICE:PREFIX:ID`.
  [new RegExp(`^[^:]+:cri-containerd:(${hex64})$`), 'containerd'],
  [new RegExp(`^[^:]+:crio:(${hex64})$`), 'crio'],
];

const bareId = new RegExp(`^${hex64}$`);

/** A virtual machine of libvirt is `machine-qemu…`, and no container. */
const nspawn =
  /^(?:machine-(?!qemu\\x2d|lxc\\x2d|libvirt)(.+)\.scope|systemd-nspawn@(.+)\.service)$/;

/** What a bare ID stands under. */
const runtimeFolders: ReadonlyMap<string, WorkloadRuntime> = new Map([
  ['docker', 'docker'],
  ['libpod_parent', 'podman'],
  ['lxc', 'lxc'],
]);

/** A pod's cgroup, its UID with `-` or, in systemd's slices, `_`; a static pod's has neither. */
const pod = /(?:^|-)pod([0-9a-f]{8}(?:[-_]?[0-9a-f]{4}){3}[-_]?[0-9a-f]{12})(?:\.slice)?(?::|$)/;

/**
 * What a cgroup belongs to, by its path, in every form that runtimes give them; null: to nothing that has a
 * name here. A container counts before units, and of containers in containers the innermost.
 */
export function workloadOfPath(path: string): Workload | null {
  const told: Told = { container: null, podUid: null, packaged: null, unit: null };
  let isKubernetes = false;
  let above = '';
  for (const name of path.split('/')) {
    isKubernetes ||= name.includes('kubepods');
    const uid = isKubernetes ? pod.exec(name)?.[1] : undefined;
    if (uid !== undefined) {
      // A node of Kubernetes may be a container itself.
      told.podUid = uid.replaceAll('_', '-');
      told.container = null;
    }
    const container = containerNamed(name, above, told.podUid !== null && told.container === null);
    if (container !== null) {
      // One in a pod's container is not the pod's own.
      if (told.container !== null) told.podUid = null;
      told.container = container;
      told.packaged = null;
    }
    if (isUnit(name)) {
      told.packaged = packagedAs(name) ?? told.packaged;
      // The manager of a user's session runs it, and is told only where nothing below has a name.
      if (name !== 'init.scope' || told.unit === null) told.unit = name;
    }
    above = name;
  }
  return workloadOf(told);
}

/** The container that a cgroup of this name is, under one of that name; null: it is none. */
function containerNamed(name: string, above: string, isPod: boolean): Told['container'] {
  for (const [form, runtime] of namedContainers) {
    const id = form.exec(name)?.[1];
    if (id !== undefined) return { runtime, name: null, id };
  }
  if (bareId.test(name)) {
    const runtime = isPod ? null : (runtimeFolders.get(above) ?? null);
    return { runtime, name: null, id: name };
  }
  // LXC 3.1 had a folder of that name.
  if (above === 'lxc' || above === 'lxc.payload' || name.startsWith('lxc.payload.')) {
    return { runtime: 'lxc', name: name.replace(/^lxc\.payload\./, ''), id: null };
  }
  const machine = nspawn
    .exec(name)
    ?.slice(1)
    .find((part) => part !== undefined);
  return machine === undefined ? null : { runtime: 'nspawn', name: unescaped(machine), id: null };
}

/** Units that processes run in. */
function isUnit(name: string): boolean {
  return /.\.(?:service|scope|socket|mount|swap)$/.test(name);
}

function packagedAs(unit: string): Told['packaged'] {
  const flatpak = /^app-flatpak-(.+)-\d+\.scope$/.exec(unit)?.[1];
  if (flatpak !== undefined) return { kind: 'flatpak', name: unescaped(flatpak) };
  const [, snap, app] = snapUnit.exec(unit) ?? [];
  if (snap === undefined || app === undefined) return null;
  // As `snap run` takes it.
  return { kind: 'snap', name: snap === app ? snap : `${snap}.${app}` };
}

/**
 * `snap.PACKAGE.APP.service`, and of what a user starts `snap.PACKAGE.APP-UUID.scope`, once with a dot; of a hook
 * `hook.NAME` is the APP.
 */
const snapUnit =
  /^snap\.([^.]+)\.((?:hook\.)?[^.]+?)(?:[-.][0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})?\.(?:service|scope)$/;

/** What systemd made of characters that unit names have not (systemd.unit(5)): `\x2d` is `-`. */
function unescaped(name: string): string {
  return name.replace(/\\x([0-9a-f]{2})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}

function workloadOf({ container, podUid, packaged, unit }: Told): Workload | null {
  const nothing = { namespace: null, podUid: null, container: null, image: null };
  if (podUid !== null) {
    const { runtime = null, id = null } = container ?? {};
    return { ...nothing, kind: 'pod', runtime, name: null, id, podUid, unit };
  }
  if (container !== null) return { ...nothing, kind: 'container', ...container, unit };
  if (packaged !== null) {
    const runtime = packaged.kind === 'snap' ? 'snapd' : 'flatpak';
    return { ...nothing, ...packaged, runtime, id: null, unit };
  }
  if (unit === null) return null;
  const kind = unit.endsWith('.scope') ? 'scope' : 'unit';
  return { ...nothing, kind, runtime: 'systemd', name: unit, id: null, unit };
}
