import { isLoopback } from '../address/read.ts';
import { bracketed } from '../address/text.ts';
import { type Workload, workloadLabel } from './workload.ts';

/** From where a server can be reached; `ExposureKind` explains each. */
export const exposureKinds = [
  'loopback',
  'host',
  'published',
  'internal',
  'nowhere',
  'unknown',
] as const;

/**
 * `loopback`: from this machine only. `host`: at an address of the network namespace that was asked about, unless a
 * firewall prevents it. `published`: it belongs to a container, stands in for one, or is at a loopback address, and a
 * port of the host leads there. `internal`: in another network namespace, and no port of the host leads there.
 * `nowhere`: at an address, or bound to an interface, that the network does not have (any more). `unknown`: whether one
 * does is not known.
 */
export type ExposureKind = (typeof exposureKinds)[number];

/** A port of the host that leads into another network namespace, or to a loopback address. */
export interface PublishedPort {
  readonly protocol: 'tcp' | 'udp' | 'sctp';
  /** The host's address; null: any. */
  readonly hostAddress: string | null;
  readonly hostPort: number;
  /** The address that it leads to. */
  readonly address: string;
  readonly port: number;
  /** The workload at that address, such as `docker:web`; null: not known. */
  readonly workload: string | null;
}

/** Whether only the host itself can use a port. */
export function isOnlyOwn({ hostAddress }: PublishedPort): boolean {
  return hostAddress !== null && isLoopback(hostAddress);
}

/** Whether ports of the host lead to a server, and only the host itself can use each of them. */
export function isPublishedToOwn({ published }: Exposure): boolean {
  return published.length > 0 && published.every(isOnlyOwn);
}

/** From where a server can be reached, and how that is known. */
export interface Exposure {
  readonly kind: ExposureKind;
  /** The ports that lead to it, or that it stands in for; empty unless `published`. */
  readonly published: readonly PublishedPort[];
  /** Why the kind is `unknown`; null otherwise. */
  readonly reason: string | null;
  /**
   * The workloads that the host's ports are published for, each once; empty: not known. Also of a proxy at a `loopback`
   * address. Absent: none is published.
   */
  readonly workloads?: readonly Workload[];
}

/** The labels of the workloads that ports of the host are published for. */
export function publishedFor({ published, workloads }: Exposure): readonly string[] {
  // Captures of earlier versions name them only with the ports.
  const labels =
    workloads?.map(workloadLabel) ?? published.flatMap(({ workload }) => workload ?? []);
  return [...new Set(labels)];
}

/** Whether a port of the host may be published for other workloads than those that are known. */
export function mayBeForOthers({ kind, published, workloads }: Exposure): boolean {
  const isUnnamed = kind === 'published' && published.length === 0 && workloads === undefined;
  const isNobody = workloads?.length === 0 || published.some(({ workload }) => workload === null);
  return kind === 'unknown' || isUnnamed || isNobody;
}

/** `published: 8080 → web:80`, or `published for web` if its ports are not known; the other kinds by their name. */
export function exposureText(exposure: Exposure): string {
  const { kind, published } = exposure;
  if (published.length === 0) {
    const workloads = kind === 'published' ? publishedFor(exposure) : [];
    return workloads.length === 0 ? kind : `${kind} for ${workloads.join(', ')}`;
  }
  const ports = published.map(({ hostAddress, hostPort, address, port, workload }) => {
    const host = hostAddress === null ? `${hostPort}` : `${bracketed(hostAddress)}:${hostPort}`;
    return `${host} → ${workload ?? bracketed(address)}:${port}`;
  });
  // A container's addresses of both families have one name.
  return `${kind}: ${[...new Set(ports)].join(', ')}`;
}
