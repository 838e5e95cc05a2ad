import type { Native } from '../../native.ts';
import type { Processes } from '../windows-api.ts';
import { handleOf } from './handle.ts';
import { openLibrary } from './library.ts';

/** TH32CS_SNAPPROCESS (tlhelp32.h), PROCESS_QUERY_LIMITED_INFORMATION (winnt.h). */
const snapProcess = 0x2;
const queryLimitedInformation = 0x1000;

/** Processes and errors in `kernel32.dll`. */
export function processes(native: Native): Processes {
  const declare = openLibrary(native, 'kernel32.dll');
  const createToolhelp32Snapshot = declare(
    'void * __stdcall CreateToolhelp32Snapshot(uint32_t flags, uint32_t pid)',
  );
  const process32First = declare('int __stdcall Process32FirstW(void *snapshot, void *entry)');
  const process32Next = declare('int __stdcall Process32NextW(void *snapshot, void *entry)');
  const openProcess = declare(
    'void * __stdcall OpenProcess(uint32_t access, int inherit, uint32_t pid)',
  );
  const queryFullProcessImageName = declare(
    'int __stdcall QueryFullProcessImageNameW(void *process, uint32_t flags, void *name, _Inout_ uint32_t *units)',
  );
  const closeHandle = declare('int __stdcall CloseHandle(void *handle)');
  const getLastError = declare('uint32_t __stdcall GetLastError()');

  return {
    processSnapshot: () => handleOf(createToolhelp32Snapshot(snapProcess, 0)),
    firstProcess: (snapshot, entry) => process32First(snapshot, entry) !== 0,
    nextProcess: (snapshot, entry) => process32Next(snapshot, entry) !== 0,
    openProcess: (pid) => handleOf(openProcess(queryLimitedInformation, 0, pid)),
    imageName: (process, buffer) => {
      const units: [number] = [buffer.length / 2];
      return queryFullProcessImageName(process, 0, buffer, units) === 0 ? null : units[0];
    },
    closeHandle: (handle) => void closeHandle(handle),
    lastError: () => getLastError() as number,
  };
}
