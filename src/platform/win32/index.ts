import type { Backend, PlatformHost } from '../backend.js';
import { interfaces } from './interfaces.js';
import { loadWindowsApi } from './koffi-api.js';
import { routes } from './routes.js';
import { windowsProtocols } from './socket-table.js';
import { socketSource } from './sockets.js';
import type { WindowsApi } from './windows-api.js';

/**
 * Windows, on x64 and arm64: the IP Helper library and Toolhelp, no text of any program.
 * @throws NetstatError `unsupported` where koffi is not installed
 */
export async function win32Backend(_host: PlatformHost): Promise<Backend> {
  return backendOf(await loadWindowsApi());
}

/** The backend over an API, which may be a stand-in. */
export function backendOf(api: WindowsApi): Backend {
  return {
    platform: 'win32',
    protocols: windowsProtocols,
    ...socketSource(api),
    routes: (query, notes) => routes(api, query, notes),
    interfaces: (query, notes) => interfaces(api, query, notes),
  };
}
