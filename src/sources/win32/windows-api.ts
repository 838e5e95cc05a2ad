/**
 * The few Windows functions that this platform is made of, in the narrowest form that tests can
 * stand in for. `koffi-api.ts` binds them to the real libraries.
 */

/** Address families by Windows' numbers (ws2def.h): AF_INET, AF_INET6. */
export const addressFamily = { inet: 2, inet6: 23 } as const;

/** One of them. */
export type AddressFamily = (typeof addressFamily)[keyof typeof addressFamily];

/**
 * Which form of a socket table: `pid` (TCP_TABLE_OWNER_PID_ALL, UDP_TABLE_OWNER_PID), or `module`
 * (TCP_TABLE_OWNER_MODULE_ALL, UDP_TABLE_OWNER_MODULE), whose rows are three to thirteen times as long and
 * also tell when the socket was created.
 */
export type TableForm = 'pid' | 'module';

/** What a call that fills a caller's buffer answers: its error code, and the bytes it wants. */
export interface SizedAnswer {
  readonly status: number;
  readonly size: number;
}

/** A table that the system allocated: copied, and its memory given back. Empty where the call failed. */
export interface MibAnswer {
  readonly status: number;
  readonly table: Buffer;
}

/** What EnumServicesStatusExW answers, beside what it wrote into the buffer. */
export interface ServicesAnswer {
  /** An error code; `moreData` where the buffer had no room for all. */
  readonly status: number;
  /** How many entries are in the buffer. */
  readonly count: number;
  /** What room the entries that are left want, in bytes; 0: none is left. */
  readonly needed: number;
  /** Where the next call goes on. */
  readonly resume: number;
  /** The buffer's own address: the entries point at their names in it. */
  readonly address: bigint;
}

/** A HANDLE: an opaque pointer. */
export type Handle = bigint;

/** The calls, by what they are for; each names the function it stands for. */
export interface WindowsApi {
  /** GetExtendedTcpTable */
  tcpTable(family: AddressFamily, buffer: Buffer, form: TableForm): SizedAnswer;
  /** GetExtendedUdpTable */
  udpTable(family: AddressFamily, buffer: Buffer, form: TableForm): SizedAnswer;

  ipForwardTable(family: AddressFamily): MibAnswer;
  ipInterfaceTable(family: AddressFamily): MibAnswer;
  unicastAddressTable(family: AddressFamily): MibAnswer;
  ifTable(): MibAnswer;

  /** CreateToolhelp32Snapshot of all processes; null where it failed. */
  processSnapshot(): Handle | null;
  /** Process32FirstW and Process32NextW: fill a PROCESSENTRY32W; false at the end of the list. */
  firstProcess(snapshot: Handle, entry: Buffer): boolean;
  nextProcess(snapshot: Handle, entry: Buffer): boolean;
  /** OpenProcess with PROCESS_QUERY_LIMITED_INFORMATION; null where the process is gone or refuses. */
  openProcess(pid: number): Handle | null;
  /** QueryFullProcessImageNameW: the UTF-16 units written to `buffer`; null where it failed. */
  imageName(process: Handle, buffer: Buffer): number | null;
  closeHandle(handle: Handle): void;

  /** OpenSCManagerW of this machine, to list services; null where it refuses. */
  openServiceManager(): Handle | null;
  /** EnumServicesStatusExW: the services that are active, from `resume` on (at first 0). */
  listServices(manager: Handle, buffer: Buffer, resume: number): ServicesAnswer;
  /** CloseServiceHandle */
  closeServiceHandle(handle: Handle): void;
  /** GetLastError of the call before. */
  lastError(): number;
}
