import { NetstatError } from '../../errors.ts';
import { loadNative, type Native } from '../native.ts';
import { serviceManager } from './koffi/advapi32.ts';
import { networkTables } from './koffi/iphlpapi.ts';
import { processes } from './koffi/kernel32.ts';
import type { WindowsApi } from './windows-api.ts';

/** The processors whose structures are read here: with pointers of 64 bits these lie elsewhere than with 32. */
const processors: ReadonlySet<string> = new Set(['x64', 'arm64']);

/**
 * Windows' own libraries, called through koffi.
 * @throws NetstatError `unsupported` if koffi's native part or a Windows function is missing, or on another processor
 * than x64 and arm64
 */
export function loadWindowsApi(
  load: () => Native = loadNative,
  arch: string = process.arch,
): WindowsApi {
  if (!processors.has(arch)) {
    throw new NetstatError(
      'unsupported',
      `on Windows this needs a Node for x64 or arm64, and this one is for ${arch}: ` +
        'install a 64-bit Node; on a 32-bit Windows netstat -ano lists the sockets',
    );
  }
  let native: Native;
  try {
    native = load();
  } catch (cause) {
    const name = `@koromix/koffi-win32-${arch}`;
    throw new NetstatError(
      'unsupported',
      `on Windows this needs the optional package ${name}, which cannot be loaded; ` +
        `install it where tsnetstat is installed: npm install ${name}`,
      { path: name, cause },
    );
  }
  const tables = networkTables(native);
  const ofProcesses = processes(native);
  return { ...tables, ...ofProcesses, ...serviceManager(native, ofProcesses.lastError) };
}
