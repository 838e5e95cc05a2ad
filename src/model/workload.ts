/** What a socket's program can belong to. */
export const workloadKinds = [
  ...(['container', 'pod', 'unit', 'scope', 'service', 'snap', 'flatpak'] as const),
] as const;

/**
 * `container`: of Docker, Podman, containerd, CRI-O, LXC or systemd-nspawn. `pod`: of Kubernetes. `unit`: a
 * systemd unit that systemd itself starts (`nginx.service`, `ssh.socket`). `scope`: processes that another
 * program started and systemd keeps together (`session-3.scope`). `service`: of Windows.
 */
export type WorkloadKind = (typeof workloadKinds)[number];

/** What started it and keeps it. */
export type WorkloadRuntime =
  | 'docker'
  | 'podman'
  | 'containerd'
  | 'crio'
  | 'lxc'
  | 'nspawn'
  | 'systemd'
  | 'snapd'
  | 'flatpak'
  | 'windows';

/** What a socket belongs to: a container, a pod, a unit. */
export interface Workload {
  readonly kind: WorkloadKind;
  /** null where nothing tells, as in a pod whose runtime does not name itself. */
  readonly runtime: WorkloadRuntime | null;
  /** As its runtime calls it; of a pod, the pod's name. null: only its ID is known. */
  readonly name: string | null;
  /** A container's ID, whole; null where it has none. */
  readonly id: string | null;
  /** Kubernetes: the pod's namespace, its UID, and the container's name in it; null: not told. */
  readonly namespace: string | null;
  readonly podUid: string | null;
  readonly container: string | null;
  /** What a container was made of; null: not told. */
  readonly image: string | null;
  /** The systemd unit it runs in: a service, scope or socket; null where there is none. */
  readonly unit: string | null;
}

/** All that a socket belongs to, as far as that is told. */
export function workloadsOf({
  workload,
  workloads,
}: {
  readonly workload?: Workload | null;
  readonly workloads?: readonly Workload[];
}): readonly Workload[] {
  return workloads ?? (workload ? [workload] : []);
}

/**
 * Why a socket shows no workload.
 * `denied`: its processes may not be looked into, and nothing else tells.
 * `none`: it belongs to none: its program runs outside of all, or it has none (TIME_WAIT).
 * `unknown`: it cannot be told: nobody holds it, or its cgroup is not told.
 */
export type NoWorkload = 'denied' | 'none' | 'unknown';

/** How many digits of an ID are enough for people. */
const shortId = 12;

/**
 * A workload in one word, as `--workload` takes it: a unit's name by itself, all others behind what they
 * are: `docker:web`, `pod:shop/web-0`, `snap:firefox`. What has no name goes by the first digits of its ID.
 */
export function workloadLabel(workload: Workload): string {
  const { kind, runtime, name, id, podUid, namespace } = workload;
  switch (kind) {
    case 'unit':
    case 'scope':
    case 'service':
      return name ?? '';
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

/**
 * Everything that a workload may be called by whoever looks for it: its label, its name, its ID, and these
 * behind its kind or its runtime: `container:web`, `podman:web`. A scope is a unit too.
 */
export function workloadWords(workload: Workload): readonly string[] {
  const { kind, runtime, name, id, podUid, namespace, container } = workload;
  const short = id?.slice(0, shortId) ?? null;
  const names =
    kind === 'pod'
      ? [name, namespace === null ? null : `${namespace}/${name}`, podUid, container, id, short]
      : [name, id, short];
  const kinds = [
    kind,
    ...(kind === 'scope' ? ['unit'] : []),
    ...(runtime === null ? [] : [runtime]),
  ];
  const known = names.filter((one) => one !== null);
  const prefixed = known.flatMap((one) => kinds.map((prefix) => `${prefix}:${one}`));
  return [workloadLabel(workload), ...known, ...prefixed];
}

/**
 * What Kubernetes adds to names, of its own letters: of a ReplicaSet's pods twice, of a DaemonSet's once, of a CronJob's
 * behind the time.
 */
const generated =
  /(?:-(?:[bcdfghjklmnpqrstvwxz2456789]{8,10}|\d{8,10}))?-[bcdfghjklmnpqrstvwxz2456789]{5}$/;

/** UUIDs, IDs and numbers in the name of what is started for once: `session-3.scope`, `run-r1f0c….service`. */
const passing = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{8,}|\d+/g;

/**
 * A unit that systemd starts for one connection (`Accept=` of systemd.socket(5)): behind the `@` stands the
 * connection's number, then its two ends, or the PID and UID of who has come.
 */
const ofConnection =
  /^(.+@)\d+-(?:unknown|[\d_-]*\d-\d+|[\d_-]*[\da-f.:]+:\d+-[\da-f.:]+:\d+)(\.service)$/;

/** A program of a desktop, which is started again under another ID. */
const ofDesktop =
  /^(app-.+@)(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{8,})(\.service)$/;

/** What systemd itself, and a bus, call by numbers. */
const isNumbered = /^(?:run-|dbus-:\d)/;

function lastingUnit(name: string): string {
  if (isNumbered.test(name)) return name.replace(passing, '*');
  return name.replace(ofConnection, '$1*$2').replace(ofDesktop, '$1*$2');
}

/**
 * A workload's label as it still is after a restart: without what is made anew each time (the ID of a container,
 * the end of a pod's name, the number of a session, the ends of a connection). null: nothing else is known of it.
 */
export function lastingLabel(workload: Workload): string | null {
  const { kind, name, namespace } = workload;
  if (name === null) return null;
  switch (kind) {
    case 'pod': {
      const pod = name.replace(generated, '');
      return namespace === null ? `pod:${pod}` : `pod:${namespace}/${pod}`;
    }
    case 'scope':
      return name.replace(passing, '*');
    case 'unit':
      return lastingUnit(name);
    default:
      return workloadLabel(workload);
  }
}
