import { NetstatError } from '../errors.ts';
import type { PlatformName } from '../model/snapshot.ts';
import type { Backend, PlatformHost } from './source.ts';

/** Every platform there is a backend for; each is loaded only where it is used. */
const backends = {
  linux: async (host) => (await import('./linux/index.ts')).linuxBackend(host),
  darwin: async (host) => (await import('./darwin/index.ts')).darwinBackend(host),
  win32: async (host) => (await import('./win32/index.ts')).win32Backend(host),
} satisfies Record<PlatformName, (host: PlatformHost) => Promise<Backend>>;

/** Node's names for systems that are one of these underneath. */
const kin: Readonly<Record<string, PlatformName>> = { android: 'linux' };

/**
 * The backend for this machine.
 * @throws NetstatError `unsupported` on any other platform.
 */
export async function backendFor(host: PlatformHost): Promise<Backend> {
  const name = kin[host.platform] ?? host.platform;
  if (!Object.hasOwn(backends, name)) {
    throw new NetstatError(
      'unsupported',
      `${host.platform}: not a platform that tsnetstat knows; it runs on linux, darwin (macOS) and win32 (Windows)`,
    );
  }
  if (host.procRoot !== null && name !== 'linux') {
    throw new NetstatError('unsupported', `--proc-root: only Linux has a /proc, this is ${name}`, {
      path: host.procRoot,
    });
  }
  return backends[name as PlatformName](host);
}
