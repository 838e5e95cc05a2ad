import type { Backend, PlatformHost } from '../source.ts';
import { interfaces } from './interfaces.ts';
import { loadWindowsApi } from './koffi-api.ts';
import { routes } from './routes.ts';
import { windowsProtocols } from './socket-table.ts';
import { socketSource } from './sockets.ts';
import type { WindowsApi } from './windows-api.ts';

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
