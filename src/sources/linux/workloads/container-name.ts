/** A container's place in Kubernetes. */
export interface PodName {
  readonly name: string;
  readonly namespace: string | null;
  readonly uid: string | null;
  /** The container's name in the pod; null: not known, or the container that only keeps the pod together. */
  readonly container: string | null;
}

/** The names of a container. */
export interface ContainerName {
  /** Its name for people; in a pod, the name there. null: not known. */
  readonly name: string | null;
  /** Its image, as the runtime writes it; null: not known. */
  readonly image: string | null;
  /** null: in no pod, or not known. */
  readonly pod: PodName | null;
}

/** A container of which only the ID is known. */
export const unnamed: ContainerName = {
  name: null,
  image: null,
  pod: null,
};

/** Whether it has a name that people know. */
export function isNamed({ name, pod }: ContainerName): boolean {
  return name !== null || pod !== null;
}

/** `known`, completed by what only another source has `found`. */
export function completed(known: ContainerName, found: ContainerName): ContainerName {
  return {
    name: known.name ?? found.name,
    image: known.image ?? found.image,
    pod: known.pod ?? found.pod,
  };
}

/** Longer than any name that Kubernetes allows (253), and than anybody would choose. */
const longestName = 255;

/** 255 for a name, 128 for a tag, 71 for a digest, and a registry before them. */
const longestImage = 1024;

function textUpTo(value: unknown, most: number): string | null {
  return typeof value === 'string' && value !== '' && value.length <= most ? value : null;
}

/** A name, unchanged; null if it is not text, empty, or too long for a name. */
export function nameFrom(value: unknown): string | null {
  return textUpTo(value, longestName);
}

/** An image's name, unchanged; null as for names. */
export function imageFrom(value: unknown): string | null {
  return textUpTo(value, longestImage);
}

/** The container name of a sandbox, which keeps a pod together. */
const sandboxName = 'POD';

/** A container in a pod; null if the pod has no name. */
export function inPod(given: {
  readonly pod: unknown;
  readonly namespace: unknown;
  readonly uid: unknown;
  readonly container: unknown;
}): PodName | null {
  const name = nameFrom(given.pod);
  if (name === null) return null;
  const container = nameFrom(given.container);
  return {
    name,
    namespace: nameFrom(given.namespace),
    uid: nameFrom(given.uid),
    container: container === sandboxName ? null : container,
  };
}

/**
 * A container by the name in its runtime. The kubelet's names, for Docker and CRI-O, are
 * `k8s_<container>_<pod>_<namespace>_<uid>_<attempt>`, and no part can contain a `_`.
 */
export function namedBy(name: string | null): ContainerName {
  const parts = name?.startsWith('k8s_') ? name.split('_') : [];
  if (parts.length !== 6) return { ...unnamed, name };
  const [, container, podName, namespace, uid] = parts;
  const pod = inPod({ pod: podName, namespace, uid, container });
  return pod === null ? { ...unnamed, name } : { ...unnamed, name: pod.container, pod };
}
