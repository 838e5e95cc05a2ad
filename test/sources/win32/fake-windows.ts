import type { Handle, ServicesAnswer, WindowsApi } from '../../../src/sources/win32/windows-api.ts';

/** Bytes at offsets: the rows here are written by the numbers of Microsoft's headers, not by the code's. */
export type Member = readonly [at: number, bytes: readonly number[]];

export function row(size: number, ...members: readonly Member[]): Buffer {
  const bytes = Buffer.alloc(size);
  for (const [at, values] of members) bytes.set(values, at);
  return bytes;
}

/** A DWORD in memory: little-endian. */
export function dword(value: number): number[] {
  return [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, (value >>> 24) & 0xff];
}

/** A ULONG64 in memory. */
export function qword(value: number | bigint): number[] {
  const [low, high] = [BigInt(value) & 0xffff_ffffn, BigInt(value) >> 32n];
  return [...dword(Number(low)), ...dword(Number(high))];
}

/** A port in its DWORD: network order, and two bytes that may hold anything. */
export function port(value: number, rest: readonly number[] = [0, 0]): number[] {
  return [value >> 8, value & 0xff, ...rest];
}

export function wide(text: string): number[] {
  return [...Buffer.from(text, 'utf16le')];
}

/** `fe80::1` and the like, whole groups only, to bytes. */
export function ipv6(text: string): number[] {
  const [head = '', tail = ''] = text.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':'));
  const gap = 8 - groups(head).length - groups(tail).length;
  return [...groups(head), ...Array<string>(gap).fill('0'), ...groups(tail)].flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

/** A counted table: a DWORD, padding up to `firstRow`, the rows. */
export function table(rows: readonly Buffer[], { firstRow = 4, count = rows.length } = {}): Buffer {
  return Buffer.concat([row(firstRow, [0, dword(count)]), ...rows]);
}

interface Tcp {
  state: number;
  local?: readonly [number[], number];
  remote?: readonly [number[], number];
  pid?: number;
  scope?: number;
}

const loopback4 = [127, 0, 0, 1];

export function tcp4({ state, local = [loopback4, 80], remote = [[0, 0, 0, 0], 0], pid = 7 }: Tcp) {
  return row(
    24,
    [0, dword(state)],
    [4, local[0]],
    [8, port(local[1])],
    [12, remote[0]],
    [16, port(remote[1])],
    [20, dword(pid)],
  );
}

export function tcp6({
  state,
  local = [ipv6('::1'), 80],
  remote = [ipv6('::'), 0],
  pid = 7,
  scope = 0,
}: Tcp) {
  return row(
    56,
    [0, local[0]],
    [16, dword(scope)],
    [20, port(local[1])],
    [24, remote[0]],
    [40, dword(scope)],
    [44, port(remote[1])],
    [48, dword(state)],
    [52, dword(pid)],
  );
}

export function udp4(address: number[], number: number, pid = 7) {
  return row(12, [0, address], [4, port(number)], [8, dword(pid)]);
}

export function udp6(address: number[], number: number, { pid = 7, scope = 0 } = {}) {
  return row(28, [0, address], [16, dword(scope)], [20, port(number)], [24, dword(pid)]);
}

/** The same row as the OWNER_MODULE classes have it: longer, with a FILETIME at `createdAt`. */
export function withTime(
  short: Buffer,
  { size, createdAt }: { size: number; createdAt: number },
  ticks: bigint,
): Buffer {
  const long = row(size, [0, [...short]], [createdAt, qword(ticks)]);
  // dwFlags, OwningModuleInfo: anything.
  return long.fill(0xcc, createdAt + 8);
}

/** Answers as Windows does: the size that would do, and the table where the room is enough. */
export function fill(buffer: Buffer, bytes: Buffer): { status: number; size: number } {
  if (buffer.length < bytes.length) return { status: 122, size: bytes.length };
  bytes.copy(buffer);
  return { status: 0, size: bytes.length };
}

interface FakeProcess {
  readonly pid: number;
  readonly name: string;
  /** null: it refuses. */
  readonly path?: string | null;
}

/** A service as EnumServicesStatusExW tells it. */
export interface FakeService {
  readonly name: string;
  readonly displayName: string;
  readonly pid: number;
}

/** Where the stand-in says that a caller's buffer lies. */
export const bufferAddress = 0x7ff6_1234_5670n;

/**
 * Writes as many services as there is room for, as Windows does: ENUM_SERVICE_STATUS_PROCESSW from the
 * beginning, their names from the end of the buffer.
 */
export function writeServices(
  buffer: Buffer,
  services: readonly FakeService[],
  from: number,
): ServicesAnswer {
  const texts = ({ name, displayName }: FakeService) =>
    [name, displayName].map((text) => Buffer.from(wide(`${text}\0`)));
  const sizeOf = (service: FakeService) =>
    56 + texts(service).reduce((sum, { length }) => sum + length, 0);
  buffer.fill(0xcc);
  let [count, end] = [0, buffer.length];
  let left = services.slice(from);
  for (let first = left[0]; first !== undefined; first = left[0]) {
    const at = count * 56;
    if (end - at < sizeOf(first)) break;
    const pointers = texts(first).map((text) => {
      end -= text.length;
      buffer.set(text, end);
      return qword(bufferAddress + BigInt(end));
    });
    const [type, running] = [0x20, 4];
    const status = [type, running, 0xc5, 0, 0, 0, 0, first.pid, 0].flatMap(dword);
    row(56, [0, pointers.flat()], [16, status]).copy(buffer, at);
    count++;
    left = left.slice(1);
  }
  const needed = left.reduce((sum, service) => sum + sizeOf(service), 0);
  const resume = left.length === 0 ? 0 : from + count;
  const status = left.length === 0 ? 0 : 234;
  return { status, count, needed, resume, address: bufferAddress };
}

/** A Windows with the tables, processes and services given, and nothing else. Handles that stay open are counted. */
export function fakeWindows({
  tcp = { 2: table([]), 23: table([]) },
  udp = { 2: table([]), 23: table([]) },
  processes = [],
  services = [],
  ...overrides
}: {
  tcp?: Record<number, Buffer>;
  udp?: Record<number, Buffer>;
  processes?: readonly FakeProcess[];
  services?: readonly FakeService[];
} & Partial<WindowsApi> = {}): { api: WindowsApi; open: Set<Handle>; calls: string[] } {
  const open = new Set<Handle>();
  const calls: string[] = [];
  let next = 0;
  const snapshotHandle = 1n;
  const managerHandle = 2n;
  const handleOf = (pid: number) => BigInt(pid) + 1000n;
  const entry = (buffer: Buffer): boolean => {
    const process = processes[next++];
    if (process === undefined) return false;
    buffer.fill(0xcc, 4, buffer.length);
    buffer.set(dword(process.pid), 8);
    buffer.set(wide(`${process.name}\0`), 44);
    return true;
  };
  const nothing = () => ({ status: 1168, table: Buffer.alloc(8) });

  const api: WindowsApi = {
    tcpTable: (family, buffer) => fill(buffer, tcp[family] ?? table([])),
    udpTable: (family, buffer) => fill(buffer, udp[family] ?? table([])),
    ipForwardTable: nothing,
    ipInterfaceTable: nothing,
    unicastAddressTable: nothing,
    ifTable: nothing,
    processSnapshot: () => {
      calls.push('snapshot');
      next = 0;
      open.add(snapshotHandle);
      return snapshotHandle;
    },
    firstProcess: (_snapshot, buffer) => buffer.readUInt32LE(0) === 568 && entry(buffer),
    nextProcess: (_snapshot, buffer) => entry(buffer),
    openProcess: (pid) => {
      calls.push(`open ${pid}`);
      const process = processes.find((known) => known.pid === pid);
      if (process === undefined || process.path === null) return null;
      open.add(handleOf(pid));
      return handleOf(pid);
    },
    imageName: (handle, buffer) => {
      const path = processes.find((known) => handleOf(known.pid) === handle)?.path;
      if (path === undefined || path === null) return null;
      buffer.set(wide(path));
      return path.length;
    },
    closeHandle: (handle) => {
      open.delete(handle);
    },
    openServiceManager: () => {
      calls.push('services');
      open.add(managerHandle);
      return managerHandle;
    },
    listServices: (manager, buffer, resume) => {
      if (!open.has(manager)) throw new Error('no open manager');
      return writeServices(buffer, services, resume);
    },
    closeServiceHandle: (handle) => {
      open.delete(handle);
    },
    lastError: () => 5,
    ...overrides,
  };
  return { api, open, calls };
}

/** A SOCKADDR_INET: 28 bytes, its family first. */
export function sockaddr(address: readonly number[], rest = 0): number[] {
  const bytes = Array<number>(28).fill(rest);
  const v4 = address.length === 4;
  bytes.splice(0, 2, v4 ? 2 : 23, 0);
  bytes.splice(v4 ? 4 : 8, address.length, ...address);
  return bytes;
}

/** A table of netioapi.h: its rows begin at 8. */
export function mib(rows: readonly Buffer[], count = rows.length): Buffer {
  return table(rows, { firstRow: 8, count });
}
