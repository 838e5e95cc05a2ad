import { lazily } from '../../flow/lazily.ts';
import { sourceOfReaders } from '../readers.ts';
import type { PlatformHost, Source } from '../source.ts';
import { interfaces } from './interfaces.ts';
import { loadWindowsApi } from './koffi-api.ts';
import { routes } from './routes.ts';
import { windowsProtocols } from './socket-table.ts';
import { sockets } from './sockets.ts';
import type { WindowsApi } from './windows-api.ts';

/**
 * Windows, on x64 and arm64: uses the IP Helper library and Toolhelp, not the output of programs. Reading throws a
 * NetstatError `unsupported` if koffi's native part is not installed: mistakes in what is asked for are told before.
 */
export async function win32Source(
  host: PlatformHost,
  load: () => WindowsApi = loadWindowsApi,
): Promise<Source> {
  return sourceOf(lazily(load), host);
}

/** The source for an API, which may be a fake. */
export function windowsSource(
  api: WindowsApi,
  host: Pick<PlatformHost, 'onManyRows'> = {},
): Source {
  return sourceOf(() => api, host);
}

function sourceOf(api: () => WindowsApi, host: Pick<PlatformHost, 'onManyRows'>): Source {
  const source = sourceOfReaders(
    {
      platform: 'win32',
      protocols: windowsProtocols,
      facts: ['boundSockets', 'creationTimes', 'workloads', 'executables'],
    },
    {
      sockets: (query, warnings, begin) => sockets(api(), query, warnings, begin),
      routes: (query, warnings, begin) => routes(api(), query, warnings, begin),
      interfaces: (query, warnings) => interfaces(api(), query, warnings),
    },
    host,
  );
  return { ...source, check: () => void api() };
}
