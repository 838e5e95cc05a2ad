import { NetstatError } from '../../errors.ts';
import { loadNative, type Native, type NativeFunction } from '../native.ts';
import { errorCode } from './error-code.ts';
import { mibFirstRow, mibRowSize } from './mib-table.ts';
import type {
  AddressFamily,
  Handle,
  MibAnswer,
  ServicesAnswer,
  SizedAnswer,
  WindowsApi,
} from './windows-api.ts';

/** TCP_TABLE_CLASS and UDP_TABLE_CLASS (iprtrmib.h): OWNER_PID(_ALL) and OWNER_MODULE(_ALL). */
const tcpTableClass = { pid: 5, module: 8 } as const;
const udpTableClass = { pid: 1, module: 2 } as const;
/** TH32CS_SNAPPROCESS (tlhelp32.h), PROCESS_QUERY_LIMITED_INFORMATION (winnt.h). */
const snapProcess = 0x2;
const queryLimitedInformation = 0x1000;
/** SC_MANAGER_CONNECT and SC_MANAGER_ENUMERATE_SERVICE, which every user has (winsvc.h). */
const connectAndEnumerate = 0x1 | 0x4;
/** SC_ENUM_PROCESS_INFO, SERVICE_WIN32, SERVICE_ACTIVE (winsvc.h, winnt.h). */
const withProcess = 0;
const serviceWin32 = 0x30;
const serviceActive = 1;
/** INVALID_HANDLE_VALUE: -1 as a pointer of 64 or 32 bits. */
const invalidHandles: readonly bigint[] = [0xffff_ffff_ffff_ffffn, 0xffff_ffffn, -1n];

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
  return bind(native);
}

function bind(native: Native): WindowsApi {
  const iphlpapi = openLibrary(native, 'iphlpapi.dll');
  const kernel32 = openLibrary(native, 'kernel32.dll');

  const getExtendedTcpTable = iphlpapi(
    'uint32_t __stdcall GetExtendedTcpTable(void *table, _Inout_ uint32_t *size, int order, uint32_t family, int tableClass, uint32_t reserved)',
  );
  const getExtendedUdpTable = iphlpapi(
    'uint32_t __stdcall GetExtendedUdpTable(void *table, _Inout_ uint32_t *size, int order, uint32_t family, int tableClass, uint32_t reserved)',
  );
  const getIpForwardTable2 = iphlpapi(
    'uint32_t __stdcall GetIpForwardTable2(uint16_t family, _Out_ void **table)',
  );
  const getIpInterfaceTable = iphlpapi(
    'uint32_t __stdcall GetIpInterfaceTable(uint16_t family, _Out_ void **table)',
  );
  const getUnicastIpAddressTable = iphlpapi(
    'uint32_t __stdcall GetUnicastIpAddressTable(uint16_t family, _Out_ void **table)',
  );
  const getIfTable2 = iphlpapi('uint32_t __stdcall GetIfTable2(_Out_ void **table)');
  const freeMibTable = iphlpapi('void __stdcall FreeMibTable(void *table)');

  const createToolhelp32Snapshot = kernel32(
    'void * __stdcall CreateToolhelp32Snapshot(uint32_t flags, uint32_t pid)',
  );
  const process32First = kernel32('int __stdcall Process32FirstW(void *snapshot, void *entry)');
  const process32Next = kernel32('int __stdcall Process32NextW(void *snapshot, void *entry)');
  const openProcess = kernel32(
    'void * __stdcall OpenProcess(uint32_t access, int inherit, uint32_t pid)',
  );
  const queryFullProcessImageName = kernel32(
    'int __stdcall QueryFullProcessImageNameW(void *process, uint32_t flags, void *name, _Inout_ uint32_t *units)',
  );
  const closeHandle = kernel32('int __stdcall CloseHandle(void *handle)');
  const getLastError = kernel32('uint32_t __stdcall GetLastError()');

  /** Fills the caller's buffer. Returns the status and the size needed. */
  function sized(
    call: NativeFunction,
    tableClass: number,
    family: AddressFamily,
    buffer: Buffer,
  ): SizedAnswer {
    const size: [number] = [buffer.length];
    const status = call(buffer, size, 0, family, tableClass, 0) as number;
    return { status, size: size[0] };
  }

  /** Copies a table that Windows allocated, and frees Windows' memory. */
  function copied(rowSize: number, call: (table: [bigint | null]) => unknown): MibAnswer {
    const pointer: [bigint | null] = [null];
    const status = call(pointer) as number;
    const [table] = pointer;
    if (status !== 0 || table === null) return { status, table: Buffer.alloc(mibFirstRow) };
    try {
      const rows = native.decode(table, 'uint32_t') as number;
      const length = mibFirstRow + rows * rowSize;
      return { status, table: Buffer.from(native.decode(table, 'uint8_t', length) as Uint8Array) };
    } finally {
      freeMibTable(table);
    }
  }

  let services: ReturnType<typeof bindServices> | null = null;
  /** The library is loaded on first use. */
  function serviceManager() {
    services ??= bindServices(openLibrary(native, 'advapi32.dll'));
    return services;
  }

  function listServices(manager: Handle, buffer: Buffer, resume: number): ServicesAnswer {
    const needed: [number] = [0];
    const count: [number] = [0];
    const next: [number] = [resume];
    const isWhole = serviceManager().enumServicesStatusEx(
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
    return needed > 0 ? errorCode.moreData : (getLastError() as number);
  }

  const handleOf = (value: unknown): Handle | null =>
    typeof value !== 'bigint' || value === 0n || invalidHandles.includes(value) ? null : value;

  return {
    tcpTable: (family, buffer, form) =>
      sized(getExtendedTcpTable, tcpTableClass[form], family, buffer),
    udpTable: (family, buffer, form) =>
      sized(getExtendedUdpTable, udpTableClass[form], family, buffer),
    ipForwardTable: (family) =>
      copied(mibRowSize.ipForward, (table) => getIpForwardTable2(family, table)),
    ipInterfaceTable: (family) =>
      copied(mibRowSize.ipInterface, (table) => getIpInterfaceTable(family, table)),
    unicastAddressTable: (family) =>
      copied(mibRowSize.unicastAddress, (table) => getUnicastIpAddressTable(family, table)),
    ifTable: () => copied(mibRowSize.interface, (table) => getIfTable2(table)),
    processSnapshot: () => handleOf(createToolhelp32Snapshot(snapProcess, 0)),
    firstProcess: (snapshot, entry) => process32First(snapshot, entry) !== 0,
    nextProcess: (snapshot, entry) => process32Next(snapshot, entry) !== 0,
    openProcess: (pid) => handleOf(openProcess(queryLimitedInformation, 0, pid)),
    imageName: (process, buffer) => {
      const units: [number] = [buffer.length / 2];
      return queryFullProcessImageName(process, 0, buffer, units) === 0 ? null : units[0];
    },
    closeHandle: (handle) => void closeHandle(handle),
    openServiceManager: () =>
      handleOf(serviceManager().openSCManager(null, null, connectAndEnumerate)),
    listServices,
    closeServiceHandle: (handle) => void serviceManager().closeServiceHandle(handle),
    lastError: () => getLastError() as number,
  };
}

function bindServices(advapi32: (declaration: string) => NativeFunction) {
  return {
    openSCManager: advapi32(
      'void * __stdcall OpenSCManagerW(void *machine, void *database, uint32_t access)',
    ),
    enumServicesStatusEx: advapi32(
      'int __stdcall EnumServicesStatusExW(void *manager, int level, uint32_t type, uint32_t state, void *services, uint32_t size, _Out_ uint32_t *needed, _Out_ uint32_t *count, _Inout_ uint32_t *resume, void *group)',
    ),
    closeServiceHandle: advapi32('int __stdcall CloseServiceHandle(void *handle)'),
  };
}

/** Declares functions of a library; throws an error that names the function if this Windows lacks it. */
function openLibrary(native: Native, name: string): (declaration: string) => NativeFunction {
  const library = native.load(name);
  return (declaration) => {
    try {
      return library.func(declaration);
    } catch (cause) {
      const call = /(\w+)\(/.exec(declaration)?.[1] ?? declaration;
      throw new NetstatError('unsupported', `this Windows has no ${call} in ${name}`, {
        path: name,
        cause,
      });
    }
  };
}
