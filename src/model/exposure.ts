/** How far a server can be reached. */
export const exposureKinds = ['loopback', 'host', 'published', 'internal', 'unknown'] as const;

/**
 * `loopback`: by this machine alone. `host`: at an address of the network namespace that was asked about, as far
 * as no firewall keeps others away. `published`: it is a container's, or stands for one, and a port of the
 * host leads there. `internal`: of another network namespace, and no port of the host leads there. `unknown`:
 * whether one does cannot be told.
 */
export type ExposureKind = (typeof exposureKinds)[number];

/** A port of the host that leads into another network namespace. */
export interface PublishedPort {
  readonly protocol: 'tcp' | 'udp' | 'sctp';
  /** The host's address; null: any. */
  readonly hostAddress: string | null;
  readonly hostPort: number;
  /** Where it leads. */
  readonly address: string;
  readonly port: number;
  /** What lives there, as `workloadLabel` has it; null: not told. */
  readonly workload: string | null;
}

/** How far a server can be reached, and how that is known. */
export interface Exposure {
  readonly kind: ExposureKind;
  /** The ports that lead there, or that it stands for; of other kinds than `published` there are none. */
  readonly published: readonly PublishedPort[];
  /** Why it is `unknown`; of others null. */
  readonly reason: string | null;
}

/** `published: 8080 → web:80`, others by their kind. */
export function exposureText({ kind, published }: Exposure): string {
  if (published.length === 0) return kind;
  const ports = published.map(({ hostAddress, hostPort, address, port, workload }) => {
    const host = hostAddress === null ? `${hostPort}` : `${bracketed(hostAddress)}:${hostPort}`;
    return `${host} → ${workload ?? bracketed(address)}:${port}`;
  });
  return `${kind}: ${ports.join(', ')}`;
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
