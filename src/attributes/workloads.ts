import type { Socket } from '../model/socket/socket.ts';
import {
  noWorkloads,
  type Workload,
  workloadKinds,
  workloadLabel,
  workloadsOf,
  workloadWords,
} from '../model/socket/workload.ts';
import { type Attribute, type Cell, needing, type Rest, textual } from './attribute.ts';
import { workloadFilter } from './workload-filter.ts';

/** Shared properties: owners must be known, and CSV has the columns only then. */
const asked = needing(['owners', 'workloads'], ['workloads']);

/** Whether it cannot be known what the socket belongs to. */
const isUnavailable = ({ noWorkload }: Socket) =>
  noWorkload === 'unknown' || noWorkload === 'denied';

/** An attribute with one text for each workload; rows are sorted by the first one's. */
function ofWorkloads(
  rest: Rest<Socket>,
  pick: (workload: Workload) => string | null,
  words: (workload: Workload) => readonly (string | null)[] = (workload) => [pick(workload)],
): Attribute<Socket> {
  return {
    align: 'left',
    value: (socket): Cell => workloadsOf(socket).map((one) => pick(one) ?? ''),
    sort: ({ workload }) => (workload ? pick(workload) : null),
    filter: {
      kind: 'text',
      expected: 'a name',
      of: (socket) => workloadsOf(socket).flatMap(words),
    },
    isUnavailable,
    ...asked,
    ...rest,
  };
}

const label = ofWorkloads(
  {
    key: 'workload',
    fact: 'workloads',
    header: 'Workload',
    meaning:
      'What the socket belongs to: the name of a systemd unit, or a container, pod, snap or flatpak with its kind: `nginx.service`, `docker:web`, `pod:shop/web-0`.',
    long: true,
    width: 16,
    filter: workloadFilter((socket) => workloadsOf(socket).flatMap(workloadWords)),
  },
  workloadLabel,
);

/** Whether a workload is a container, alone or in a pod. */
const isContainer = ({ kind }: Workload) => kind === 'container' || kind === 'pod';

function containerName(workload: Workload): string | null {
  const { kind, name, container, id } = workload;
  if (!isContainer(workload)) return null;
  return (kind === 'pod' ? container : name) ?? id;
}

/** The attributes of what a socket belongs to. */
export const workloadAttributes: readonly Attribute<Socket>[] = [
  // The workload, or why there is none: `(denied)` may have one, `-` has none.
  {
    ...label,
    show: (socket, context) => {
      const { noWorkload } = socket;
      if (!noWorkload) return label.value(socket, context);
      return noWorkload === 'none' ? '' : `(${noWorkload})`;
    },
  },
  ofWorkloads(
    {
      key: 'workloadkind',
      fact: 'workloads',
      header: 'Kind',
      meaning:
        '`container` (Docker, Podman, containerd, CRI-O, LXC, systemd-nspawn), `pod` (Kubernetes), `unit` (systemd), `scope` (processes that systemd groups but did not start), `service` (Windows), `snap`, `flatpak`.',
      fields: ['workload.kind'],
      filter: {
        kind: 'text',
        expected: 'a kind of workload',
        words: workloadKinds,
        of: (socket) => workloadsOf(socket).map(({ kind }) => kind),
      },
    },
    ({ kind }) => kind,
  ),
  ofWorkloads(
    {
      key: 'unit',
      fact: 'workloads',
      header: 'Unit',
      meaning: 'The systemd unit it runs in: a service, scope or socket.',
      fields: ['workload.unit'],
      long: true,
    },
    ({ unit }) => unit,
  ),
  ofWorkloads(
    {
      key: 'container',
      fact: 'workloads',
      header: 'Container',
      meaning: "The container's name, for one in a pod its name there; its ID if it has none.",
      fields: ['workload.container'],
      long: true,
    },
    containerName,
    (workload) => (isContainer(workload) ? [containerName(workload), workload.id] : []),
  ),
  ofWorkloads(
    {
      key: 'pod',
      fact: 'workloads',
      header: 'Pod',
      meaning: 'The Kubernetes pod, as `namespace/name`; its UID if the name is not known.',
      long: true,
    },
    ({ kind, ...workload }) => (kind === 'pod' ? podName(workload) : null),
    ({ kind, ...workload }) =>
      kind === 'pod' ? [podName(workload), workload.name, workload.podUid] : [],
  ),
  ofWorkloads(
    {
      key: 'image',
      fact: 'workloads',
      header: 'Image',
      meaning: "The container's image; null if not known.",
      fields: ['workload.image'],
      long: true,
    },
    ({ image }) => image,
  ),
  {
    ...textual(
      {
        key: 'cgroup',
        fact: 'workloads',
        header: 'Cgroup',
        meaning:
          'Path of the cgroup (cgroups(7)) that determined the workload, the first if there are several: that of an owner, or of the process that created the socket; null if not known.',
        fields: ['inetSocket.cgroup', 'unixSocket.cgroup'],
        long: true,
        isUnavailable: (socket) => isUnavailable(socket) && !socket.cgroup,
        ...asked,
      },
      ({ cgroup }) => cgroup,
    ),
    filter: { kind: 'text', expected: 'a path', of: ({ cgroup }) => [cgroup ?? null] },
  },
  textual(
    {
      key: 'noworkload',
      fact: 'workloads',
      header: 'No Workload',
      meaning:
        'Why there is no workload; null if there is one. `denied`: no permission to read its processes, and no other source. `none`: its program runs outside any workload or has closed the socket (TIME_WAIT), or that is not made yet (SYN_RECV). `unknown`: no process holds it, as before it is accepted, or its cgroup is not known.',
      fields: ['inetSocket.noWorkload', 'unixSocket.noWorkload'],
      tone: 'quiet',
      isUnavailable: () => false,
      ...asked,
      filter: {
        kind: 'text',
        expected: 'a reason',
        words: noWorkloads,
        of: ({ noWorkload }) => [noWorkload ?? null],
      },
    },
    ({ noWorkload }) => noWorkload,
  ),
];

function podName({ name, namespace, podUid }: Omit<Workload, 'kind'>): string | null {
  const pod = name ?? podUid;
  return pod === null || namespace === null ? pod : `${namespace}/${pod}`;
}
