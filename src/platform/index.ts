import { NetstatError } from '../errors.js';
import type { PlatformName } from '../model/snapshot.js';
import type { Backend, PlatformHost } from './backend.js';

/** Every platform there is a backend for; each is loaded only where it is used. */
const backends = {
  linux: async (host) => (await import('./linux/index.js')).linuxBackend(host),
} satisfies Partial<Record<PlatformName, (host: PlatformHost) => Promise<Backend>>>;

/**
 * The backend for this machine.
 * @throws NetstatError `unsupported` on any other platform.
 */
export async function backendFor(host: PlatformHost): Promise<Backend> {
  const make = (backends as Record<string, (host: PlatformHost) => Promise<Backend>>)[
    host.platform === 'android' ? 'linux' : host.platform
  ];
  if (make === undefined) {
    throw new NetstatError(
      'unsupported',
      `${host.platform}: not a platform tsnetstat knows; it runs on linux, darwin (macOS) and win32 (Windows)`,
    );
  }
  return make(host);
}
