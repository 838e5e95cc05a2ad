/** Kinds of workloads that a socket's program can belong to. */
export const workloadKinds = [
  ...(['container', 'pod', 'unit', 'scope', 'service', 'snap', 'flatpak'] as const),
] as const;

/**
 * `container`: of Docker, Podman, containerd, CRI-O, LXC or systemd-nspawn. `pod`: of Kubernetes. `unit`: a systemd
 * unit whose processes systemd itself starts (`nginx.service`, `ssh.socket`). `scope`: processes that another
 * program started and systemd groups (`session-3.scope`). `service`: of Windows.
 */
export type WorkloadKind = (typeof workloadKinds)[number];

const workloadRuntimes = [
  ...(['docker', 'podman', 'containerd', 'crio', 'lxc', 'nspawn'] as const),
  ...(['systemd', 'snapd', 'flatpak', 'windows'] as const),
] as const;

/** The system that runs the workload. */
export type WorkloadRuntime = (typeof workloadRuntimes)[number];

/** What may stand before a name in the words that find a workload: the kinds, then the other runtimes. */
export const workloadPrefixes = [...new Set([...workloadKinds, ...workloadRuntimes])] as const;

/** What a socket belongs to: a container, a pod, a unit. */
export interface Workload {
  readonly kind: WorkloadKind;
  /** null if it is not known, as in a pod whose runtime does not identify itself. */
  readonly runtime: WorkloadRuntime | null;
  /** Its name in its runtime; for a pod, the pod's name. null: only its ID is known. */
  readonly name: string | null;
  /** A container's full ID; null if it has none. */
  readonly id: string | null;
  /** Kubernetes: the pod's namespace; null: not known. */
  readonly namespace: string | null;
  /** Kubernetes: the pod's UID; null: not known. */
  readonly podUid: string | null;
  /** Kubernetes: the container's name in the pod; null: not known. */
  readonly container: string | null;
  /** A container's image; null: not known. */
  readonly image: string | null;
  /** The systemd unit that it runs in: a service, scope or socket; null if there is none. */
  readonly unit: string | null;
  /** The user (UID) who runs it, and could give its cgroup any name; absent: the system or root does. */
  readonly user?: number;
  /** The cgroup of the container that this container or pod is nested in, whose root could give it any ID; absent: none. */
  readonly within?: string;
}

/** All known workloads of a socket. */
export function workloadsOf({
  workload,
  workloads,
}: {
  readonly workload?: Workload | null;
  readonly workloads?: readonly Workload[];
}): readonly Workload[] {
  return workloads ?? (workload ? [workload] : []);
}

/** The reasons of `NoWorkload`. */
export const noWorkloads = ['denied', 'none', 'unknown'] as const;

/**
 * Why a socket shows no workload.
 * `denied`: its processes may not be inspected, and nothing else identifies it.
 * `none`: it belongs to none: its program runs outside of all workloads or has closed it (TIME_WAIT), or the socket is
 * not made yet (SYN_RECV).
 * `unknown`: no process holds it, as before it is accepted, or its cgroup is not known.
 */
export type NoWorkload = (typeof noWorkloads)[number];

/** How many digits of an ID are shown to people. */
const shortId = 12;

/** A container's ID in the name of a unit that belongs to it, as of Podman's health checks: `ID-1a2b.service`. */
const idInUnit = /[0-9a-f]{64}/g;

/**
 * A workload in one word, as `--workload` takes it: a unit by its name alone, one of a user's own systemd behind the
 * system's unit for that (`user@1000.service/web.service`), all others after their kind: `docker:web`,
 * `pod:shop/web-0`, `snap:firefox`. Without a name, the first digits of its ID, as of IDs in units.
 */
export function workloadLabel(workload: Workload): string {
  const { kind, runtime, name, id, podUid, namespace } = workload;
  switch (kind) {
    case 'unit':
    case 'scope':
    case 'service':
      return ofUser(
        workload,
        (name ?? '').replace(idInUnit, (digits) => digits.slice(0, shortId)),
      );
    case 'container':
      return `${runtime ?? kind}:${name ?? id?.slice(0, shortId) ?? ''}`;
    case 'pod': {
      const pod = name ?? podUid?.slice(0, shortId) ?? id?.slice(0, shortId) ?? '';
      return namespace === null ? `pod:${pod}` : `pod:${namespace}/${pod}`;
    }
    case 'snap':
    case 'flatpak':
      return `${kind}:${name ?? ''}`;
  }
}

/** What a label has before the name of a container, pod or package, or of a user's unit. */
export const beforeName = /^(?:[a-z]+:|user@\d+\.service\/)/;

/** A unit's name, in one of a user's own systemd behind that: users give their units any names. */
function ofUser({ user }: Workload, unit: string): string {
  return user === undefined ? unit : `user@${user}.service/${unit}`;
}

/**
 * Every word that finds a workload: its label, its name, its ID, and these after its kind or its runtime:
 * `container:web`, `podman:web`. A scope is a unit too.
 */
export function workloadWords(workload: Workload): readonly string[] {
  const { kind, runtime, name, id, podUid, namespace, container, user } = workload;
  const label = workloadLabel(workload);
  const isUsersUnit = user !== undefined && (kind === 'unit' || kind === 'scope');
  const short = id?.slice(0, shortId) ?? null;
  const names =
    kind === 'pod'
      ? [name, namespace === null ? null : `${namespace}/${name}`, podUid, container, id, short]
      : [name, isUsersUnit ? label : null, id, short];
  const kinds = [
    kind,
    ...(kind === 'scope' ? ['unit'] : []),
    ...(runtime === null ? [] : [runtime]),
  ];
  const known = names.filter((one) => one !== null);
  const prefixed = known.flatMap((one) => kinds.map((prefix) => `${prefix}:${one}`));
  return [label, ...known, ...prefixed];
}

/**
 * Suffixes that Kubernetes generates, from its own set of letters: two for a ReplicaSet's pods, one for a
 * DaemonSet's, one after the time for a CronJob's.
 */
const generatedSuffix =
  /(?:-(?:[bcdfghjklmnpqrstvwxz2456789]{8,10}|\d{8,10}))?-[bcdfghjklmnpqrstvwxz2456789]{5}$/;

/** UUIDs, IDs and numbers in the names of one-time units: `session-3.scope`, `run-r1f0c….service`. */
const oneTimeId = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{8,}|\d+/g;

/**
 * A unit that systemd starts for one connection (`Accept=` of systemd.socket(5)): after the `@` come the
 * connection's number, then its two ends, or the PID and UID of the client.
 */
const connectionUnit =
  /^(.+@)\d+-(?:unknown|[\d_-]*\d-\d+|[\d_-]*[\da-f.:]+:\d+-[\da-f.:]+:\d+)(\.service)$/;

/** A desktop program, which gets another ID at each start. */
const desktopUnit =
  /^(app-.+@)(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{8,})(\.service)$/;

/** Units that systemd itself, or a D-Bus, names by number. */
const isNumbered = /^(?:run-|dbus-:\d)/;

function lastingUnit(name: string): string {
  if (isNumbered.test(name)) return name.replace(oneTimeId, '*');
  return name.replace(connectionUnit, '$1*$2').replace(desktopUnit, '$1*$2');
}

/**
 * A workload's label as it will be after a restart: without what is generated each time (a container's ID, the end
 * of a pod's name, a session's number, a connection's ends). null: nothing else is known of it.
 */
export function lastingLabel(workload: Workload): string | null {
  const { kind, name, namespace } = workload;
  if (name === null) return null;
  switch (kind) {
    case 'pod': {
      const pod = name.replace(generatedSuffix, '');
      return namespace === null ? `pod:${pod}` : `pod:${namespace}/${pod}`;
    }
    case 'scope':
      return ofUser(workload, name.replace(oneTimeId, '*'));
    case 'unit':
      return ofUser(workload, lastingUnit(name));
    default:
      return workloadLabel(workload);
  }
}

/** The fields of a row whose workload is not known. */
export const unknownWorkload = {
  workload: null,
  workloads: [],
  noWorkload: 'unknown',
  cgroup: null,
} as const;
