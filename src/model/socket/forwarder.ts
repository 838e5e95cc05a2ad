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
