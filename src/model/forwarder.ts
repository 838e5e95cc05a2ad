/** Docker's program that takes a port's connections and hands them on, by the kernel's name for it. */
export const dockerProxy = 'docker-proxy';

/** Programs that take a host's port for a container of somebody without rights, and hand on what comes. */
export const rootlessForwarders: ReadonlySet<string> = new Set([
  ...['rootlessport', 'rootlesskit', 'slirp4netns', 'pasta', 'pasta.avx2', 'passt'],
]);

/** Whether a program of this name takes ports for containers. */
export function isForwarder(program: string | null): boolean {
  return program !== null && (program === dockerProxy || rootlessForwarders.has(program));
}
