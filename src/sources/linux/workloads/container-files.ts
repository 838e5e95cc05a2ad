import {
  type ContainerName,
  imageFrom,
  inPod,
  namedBy,
  nameFrom,
  unnamed,
} from './container-name.ts';
import { elements, jsonFrom, member } from './json.ts';

/**
 * Parsers of container engines' files. Their input may be anything; where it is not what the engine writes they
 * return null, or leave it out.
 */

/** A container's place in Kubernetes, from the kubelet's labels (`io.kubernetes.pod.name` …). */
export function podFromLabels(labels: unknown) {
  return inPod({
    pod: member(labels, 'io.kubernetes.pod.name'),
    namespace: member(labels, 'io.kubernetes.pod.namespace'),
    uid: member(labels, 'io.kubernetes.pod.uid'),
    container: member(labels, 'io.kubernetes.container.name'),
  });
}

/** Docker's `containers/<id>/config.v2.json`. */
export function parseDockerConfig(text: string | Buffer): ContainerName | null {
  const config = jsonFrom(text);
  const given = nameFrom(member(config, 'Name'))?.replace(/^\//, '') ?? null;
  const named = namedBy(nameFrom(given));
  const pod = podFromLabels(member(config, 'Config', 'Labels')) ?? named.pod;
  const name = pod === null ? named.name : pod.container;
  if (name === null && pod === null) return null;
  return { name, pod, image: imageFrom(member(config, 'Config', 'Image')) };
}

/** A limit above what one machine can hold. */
const mostContainers = 100_000;

/**
 * `containers.json` of containers/storage, used by Podman and CRI-O: containers by ID. The image's name is in
 * `metadata`, which is JSON within a string.
 */
export function parseStorage(text: string | Buffer): ReadonlyMap<string, ContainerName> {
  const found = new Map<string, ContainerName>();
  for (const container of elements(jsonFrom(text), mostContainers)) {
    const id = nameFrom(member(container, 'id'));
    const name = nameFrom(elements(member(container, 'names'), 1)[0]);
    if (id === null || name === null || found.has(id)) continue;
    const metadata = member(container, 'metadata');
    const details = typeof metadata === 'string' ? jsonFrom(metadata) : null;
    found.set(id, { ...namedBy(name), image: imageFrom(member(details, 'image-name')) });
  }
  return found;
}

/**
 * `config.json` of a bundle (the OCI's runtime specification): Kubernetes' names are annotations by containerd's
 * CRI plugin or CRI-O, and nerdctl's name is one too. null: none found.
 */
export function parseBundle(text: string | Buffer): ContainerName | null {
  const annotations = member(jsonFrom(text), 'annotations');
  const annotation = (key: string) => member(annotations, key);
  const pod =
    inPod({
      pod: annotation('io.kubernetes.cri.sandbox-name'),
      namespace: annotation('io.kubernetes.cri.sandbox-namespace'),
      // Since containerd 1.6.11.
      uid: annotation('io.kubernetes.cri.sandbox-uid'),
      container: annotation('io.kubernetes.cri.container-name'),
    }) ?? podFromLabels(annotations);
  const name = pod === null ? nameFrom(annotation('nerdctl/name')) : pod.container;
  const image =
    imageFrom(annotation('io.kubernetes.cri.image-name')) ??
    imageFrom(annotation('io.kubernetes.cri-o.ImageName'));
  return name === null && pod === null ? null : { ...unnamed, name, image, pod };
}

/** Parses a name in /var/log/containers, `<pod>_<namespace>_<container>-<id>.log`; null for any other name. */
export function parseLogName(file: string): readonly [id: string, name: ContainerName] | null {
  const parts = file.split('_');
  const [podName, namespace, last] = parts;
  const [, container, id] = /^(.+)-([0-9a-f]{64})\.log$/.exec(last ?? '') ?? [];
  if (parts.length !== 3 || id === undefined) return null;
  const pod = inPod({ pod: podName, namespace, uid: null, container });
  return pod === null ? null : [id, { ...unnamed, name: pod.container, pod }];
}
