import { NetstatError } from '../../errors.ts';
import { loadNative, type Native } from '../native.ts';
import { serviceManager } from './koffi/advapi32.ts';
import { networkTables } from './koffi/iphlpapi.ts';
import { processes } from './koffi/kernel32.ts';
import type { WindowsApi } from './windows-api.ts';

/**
 * Windows' own libraries, called through koffi.
 * @throws NetstatError `unsupported` if koffi's native part or a Windows function is missing
 */
export function loadWindowsApi(load: () => Native = loadNative): WindowsApi {
  let native: Native;
  try {
    native = load();
  } catch (cause) {
    const name = `@koromix/koffi-win32-${process.arch}`;
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
