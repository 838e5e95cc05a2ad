/**
 * The Windows functions used here, as an interface that tests can fake. `koffi-api.ts` binds them to the real
 * libraries.
 */

/** Address families in Windows (ws2def.h): AF_INET, AF_INET6. */
export const addressFamily = { inet: 2, inet6: 23 } as const;

/** A Windows address family. */
export type AddressFamily = (typeof addressFamily)[keyof typeof addressFamily];

/**
 * The form of a socket table: `pid` (TCP_TABLE_OWNER_PID_ALL, UDP_TABLE_OWNER_PID), or `module`
 * (TCP_TABLE_OWNER_MODULE_ALL, UDP_TABLE_OWNER_MODULE), whose rows are three to thirteen times as long and contain the
 * time of creation.
 */
export type TableForm = 'pid' | 'module';

/** The result of a call that fills a caller's buffer: the error code, and the size needed in bytes. */
export interface SizedAnswer {
  readonly status: number;
  readonly size: number;
}

/** A copy of a table that the system allocated, whose memory is freed. Empty if the call failed. */
export interface MibAnswer {
  readonly status: number;
  readonly table: Buffer;
}

/** The result of EnumServicesStatusExW, beside the buffer. */
export interface ServicesAnswer {
  /** An error code; `moreData` if the buffer was too small for all entries. */
  readonly status: number;
  /** The number of entries in the buffer. */
  readonly count: number;
  /** The size of the remaining entries in bytes; 0: none is left. */
  readonly needed: number;
  /** Where the next call continues. */
  readonly resume: number;
  /** The buffer's address: entries contain pointers to their names in it. */
  readonly address: bigint;
}

/** A HANDLE: an opaque pointer. */
export type Handle = bigint;

/** The tables of the network. */
export interface NetworkTables {
  /** GetExtendedTcpTable */
  tcpTable(family: AddressFamily, buffer: Buffer, form: TableForm): SizedAnswer;
  /** GetExtendedUdpTable */
  udpTable(family: AddressFamily, buffer: Buffer, form: TableForm): SizedAnswer;

  ipForwardTable(family: AddressFamily): MibAnswer;
  ipInterfaceTable(family: AddressFamily): MibAnswer;
  unicastAddressTable(family: AddressFamily): MibAnswer;
  ifTable(): MibAnswer;
}

/** Processes, and what all calls share. */
export interface Processes {
  /** CreateToolhelp32Snapshot of all processes; null if it fails. */
  processSnapshot(): Handle | null;
  /** Process32FirstW and Process32NextW: fill a PROCESSENTRY32W; false at the end of the list. */
  firstProcess(snapshot: Handle, entry: Buffer): boolean;
  nextProcess(snapshot: Handle, entry: Buffer): boolean;
  /** OpenProcess with PROCESS_QUERY_LIMITED_INFORMATION; null if the process has ended or access is denied. */
  openProcess(pid: number): Handle | null;
  /** QueryFullProcessImageNameW: returns the UTF-16 units written to `buffer`; null if it fails. */
  imageName(process: Handle, buffer: Buffer): number | null;
  closeHandle(handle: Handle): void;
  /** GetLastError of the previous call. */
  lastError(): number;
}

/** The services of this machine. */
export interface ServiceManager {
  /** OpenSCManagerW of this machine, to list services; null if access is denied. */
  openServiceManager(): Handle | null;
  /** EnumServicesStatusExW: returns the active services, starting at `resume` (at first 0). */
  listServices(manager: Handle, buffer: Buffer, resume: number): ServicesAnswer;
  /** CloseServiceHandle */
  closeServiceHandle(handle: Handle): void;
}

/** The Windows functions that are used. */
export interface WindowsApi extends NetworkTables, Processes, ServiceManager {}
