/**
 * The few Windows functions that this platform is made of, in the narrowest form that tests can
 * stand in for. `koffi-api.ts` binds them to the real libraries.
 */

/** Address families by Windows' numbers (ws2def.h): AF_INET, AF_INET6. */
export const addressFamily = { inet: 2, inet6: 23 } as const;

/** One of them. */
export type AddressFamily = (typeof addressFamily)[keyof typeof addressFamily];

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

/** A HANDLE: an opaque pointer. */
export type Handle = bigint;

/** The calls, by what they are for; each names the function it stands for. */
export interface WindowsApi {
  /** GetExtendedTcpTable, class TCP_TABLE_OWNER_PID_ALL. */
  tcpTable(family: AddressFamily, buffer: Buffer): SizedAnswer;
  /** GetExtendedUdpTable, class UDP_TABLE_OWNER_PID. */
  udpTable(family: AddressFamily, buffer: Buffer): SizedAnswer;

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
  /** GetLastError of the call before. */
  lastError(): number;
}
