import { lazily } from '../../../flow/lazily.ts';
import type { Native } from '../../native.ts';
import { errorCode } from '../error-code.ts';
import type { Handle, ServiceManager, ServicesAnswer } from '../windows-api.ts';
import { handleOf } from './handle.ts';
import { openLibrary } from './library.ts';

/** SC_MANAGER_CONNECT and SC_MANAGER_ENUMERATE_SERVICE, which every user has (winsvc.h). */
const connectAndEnumerate = 0x1 | 0x4;
/** SC_ENUM_PROCESS_INFO, SERVICE_WIN32, SERVICE_ACTIVE (winsvc.h, winnt.h). */
const withProcess = 0;
const serviceWin32 = 0x30;
const serviceActive = 1;

/** Services in `advapi32.dll`, which is loaded on first use. */
export function serviceManager(native: Native, lastError: () => number): ServiceManager {
  const functions = lazily(() => functionsOf(native));

  function listServices(manager: Handle, buffer: Buffer, resume: number): ServicesAnswer {
    const needed: [number] = [0];
    const count: [number] = [0];
    const next: [number] = [resume];
    const isWhole = functions().enumServicesStatusEx(
      ...[manager, withProcess, serviceWin32, serviceActive, buffer, buffer.length],
      ...[needed, count, next, null],
    );
    const answer = { count: count[0], needed: needed[0], resume: next[0] };
    return { status: statusOf(isWhole !== 0, answer), ...answer, address: native.address(buffer) };
  }

  /**
   * Returns the status. `needed` is above 0 only if the buffer was too small; it is checked first, since Node runs in
   * this thread between two calls and may overwrite the last error.
   */
  function statusOf(isWhole: boolean, { needed }: Pick<ServicesAnswer, 'needed'>): number {
    if (isWhole) return errorCode.success;
    return needed > 0 ? errorCode.moreData : lastError();
  }

  return {
    openServiceManager: () => handleOf(functions().openSCManager(null, null, connectAndEnumerate)),
    listServices,
    closeServiceHandle: (handle) => void functions().closeServiceHandle(handle),
  };
}

function functionsOf(native: Native) {
  const declare = openLibrary(native, 'advapi32.dll');
  return {
    openSCManager: declare(
      'void * __stdcall OpenSCManagerW(void *machine, void *database, uint32_t access)',
    ),
    enumServicesStatusEx: declare(
      'int __stdcall EnumServicesStatusExW(void *manager, int level, uint32_t type, uint32_t state, void *services, uint32_t size, _Out_ uint32_t *needed, _Out_ uint32_t *count, _Inout_ uint32_t *resume, void *group)',
    ),
    closeServiceHandle: declare('int __stdcall CloseServiceHandle(void *handle)'),
  };
}
