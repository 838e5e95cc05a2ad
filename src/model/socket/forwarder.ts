import { isLoopback } from '../address/read.ts';
import { isOfOwnNetns } from '../machine/netns.ts';
import type { InetSocket } from './socket.ts';

/** Docker's program that accepts connections on a published port and forwards them, by its kernel name. */
export const dockerProxy = 'docker-proxy';

/** Podman's program that forwards a published port to a rootless container. */
export const rootlessPort = 'rootlessport';

/** Podman's default since version 5. One program has all of these names, by how it was built and started. */
const passtNames = ['pasta', 'pasta.avx2', 'passt', 'passt.avx2'] as const;

/** Programs that forward a host's port to a rootless container. */
export const rootlessForwarders: ReadonlySet<string> = new Set([
  ...[rootlessPort, 'rootlesskit', 'slirp4netns', ...passtNames],
]);

/** Whether a program of this name is pasta, which keeps open the network namespace that it leads to. */
export function isPasta(program: string): boolean {
  return passtNames.some((name) => name === program);
}

/** Whether a program of this name forwards ports to containers. */
export function isForwarder(program: string | null): boolean {
  return program !== null && (program === dockerProxy || rootlessForwarders.has(program));
}

/** Programs besides the forwarders that hold a port to reserve it, or as part of publishing it. */
const keepers: ReadonlySet<string> = new Set([
  ...['conmon', 'kube-proxy', 'kubelet', 'dockerd', 'podman', 'incusd', 'lxd', 'systemd-nspawn'],
]);

/**
 * Whether ports of the host lead from a server's port to another server. To one in a container or on loopback they lead
 * themselves.
 */
function leadsToAnother(socket: InetSocket): boolean {
  const { exposure, local } = socket;
  const isPublished = exposure?.kind === 'published' && exposure.published.length > 0;
  return isPublished && isOfOwnNetns(socket) && !isLoopback(local.address);
}

/** Whether a rule redirects a server's traffic into a container while another program has the port open. */
export function isRedirected(socket: InetSocket): boolean {
  return leadsToAnother(socket) && isForItself(socket);
}

/** Whether a server at a published port only stands in for the one that the port leads to, also on loopback. */
export function standsForOther(socket: InetSocket): boolean {
  const { exposure } = socket;
  const isAtOwnPort =
    exposure?.kind === 'loopback' && exposure.workloads !== undefined && isOfOwnNetns(socket);
  return (leadsToAnother(socket) || isAtOwnPort) && !isForItself(socket);
}

/** Whether it is known that no program has the port open to publish it. */
function isForItself({ owners }: InetSocket): boolean {
  const known = owners ?? [];
  return (
    known.length > 0 &&
    known.every(({ program }) => !isForwarder(program) && !keepers.has(program ?? ''))
  );
}
