/** Docker's program that accepts connections on a published port and forwards them, by its kernel name. */
export const dockerProxy = 'docker-proxy';

/** Podman's program that forwards a published port to a rootless container. */
export const rootlessPort = 'rootlessport';

/** Programs that forward a host's port to a rootless container. */
export const rootlessForwarders: ReadonlySet<string> = new Set([
  ...[rootlessPort, 'rootlesskit', 'slirp4netns', 'pasta', 'pasta.avx2', 'passt'],
]);

/** Whether a program of this name forwards ports to containers. */
export function isForwarder(program: string | null): boolean {
  return program !== null && (program === dockerProxy || rootlessForwarders.has(program));
}
