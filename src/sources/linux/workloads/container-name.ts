/** A port of the host that leads to one of a container. */
export interface PublishedPort {
  readonly protocol: 'tcp' | 'udp' | 'sctp';
  /** Of the host, canonical; `0.0.0.0` and `::` mean any. */
  readonly hostAddress: string;
  readonly hostPort: number;
  /** The container's own. */
  readonly port: number;
}

/** A container's place in Kubernetes. */
export interface PodName {
  readonly name: string;
  readonly namespace: string | null;
  readonly uid: string | null;
  /** The container's name in the pod; null: not told, or the container that only keeps the pod together. */
  readonly container: string | null;
}

/** What a container is called. */
export interface ContainerName {
  /** As people call it: its name in the pod where it belongs to one. null: not told. */
  readonly name: string | null;
  /** What it was made of, as its runtime writes it; null: not told. */
  readonly image: string | null;
  /** null: it belongs to none, or none is told. */
  readonly pod: PodName | null;
  /** Its addresses, canonical, where the engine tells them. */
  readonly addresses: readonly string[];
  /** Its published ports, where the engine tells them. */
  readonly ports: readonly PublishedPort[];
}

/** A container of which nothing is known but its ID. */
export const unnamed: ContainerName = {
  name: null,
  image: null,
  pod: null,
  addresses: [],
  ports: [],
};

/** Whether people would know it by that. */
export function isNamed({ name, pod }: ContainerName): boolean {
  return name !== null || pod !== null;
}

/** What is `known`, with what only another source has `found`. */
export function completed(known: ContainerName, found: ContainerName): ContainerName {
  return {
    name: known.name ?? found.name,
    image: known.image ?? found.image,
    pod: known.pod ?? found.pod,
    addresses: known.addresses.length > 0 ? known.addresses : found.addresses,
    ports: known.ports.length > 0 ? known.ports : found.ports,
  };
}

/** Longer than any name that Kubernetes allows (253), and than anybody would give. */
const longestName = 255;

/** A name 255, a tag 128, a digest 71, and a registry before them. */
const longestImage = 1024;

function textUpTo(value: unknown, most: number): string | null {
  return typeof value === 'string' && value !== '' && value.length <= most ? value : null;
}

/** A name as it was told; null for what is no text, empty, or so long that it is no name. */
export function nameFrom(value: unknown): string | null {
  return textUpTo(value, longestName);
}

/** An image's name as it was told; null as for names. */
export function imageFrom(value: unknown): string | null {
  return textUpTo(value, longestImage);
}

/** What a sandbox, the container that keeps a pod together, is called in place of a container's name. */
const sandboxName = 'POD';

/** A container of a pod; null where its pod has no name. */
export function inPod(told: {
  readonly pod: unknown;
  readonly namespace: unknown;
  readonly uid: unknown;
  readonly container: unknown;
}): PodName | null {
  const name = nameFrom(told.pod);
  if (name === null) return null;
  const container = nameFrom(told.container);
  return {
    name,
    namespace: nameFrom(told.namespace),
    uid: nameFrom(told.uid),
    container: container === sandboxName ? null : container,
  };
}

/**
 * A container by the name that its runtime gave it. The kubelet's own, for Docker and CRI-O, are
 * `k8s_<container>_<pod>_<namespace>_<uid>_<attempt>`, none of which can have a `_`.
 */
export function namedBy(name: string | null): ContainerName {
  const parts = name?.startsWith('k8s_') ? name.split('_') : [];
  if (parts.length !== 6) return { ...unnamed, name };
  const [, container, podName, namespace, uid] = parts;
  const pod = inPod({ pod: podName, namespace, uid, container });
  return pod === null ? { ...unnamed, name } : { ...unnamed, name: pod.container, pod };
}
