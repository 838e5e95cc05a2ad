import { addTo } from '../../model/add-to.ts';
import type { WarningSink } from '../source.ts';
import { errorCode, failure } from './error-code.ts';
import { wideText } from './mib-table.ts';
import type { Handle, WindowsApi } from './windows-api.ts';

/** A Windows service. */
export interface Service {
  /** The name that `sc` and `net` use: `Dnscache`. */
  readonly name: string;
}

/** Services by process; several can share one (svchost.exe). */
export type ServicesByPid = ReadonlyMap<number, readonly Service[]>;

/** ENUM_SERVICE_STATUS_PROCESSW (winsvc.h) on 64-bit Windows: two pointers, then SERVICE_STATUS_PROCESS. */
const entry = { size: 56, name: 0, pid: 16 + 28 } as const;

/** The longest service name, in UTF-16 units. */
const longestName = 256;

/** Enough for some 300 services in the first call; the most that EnumServicesStatusExW accepts. */
const firstSize = 64 * 1024;
const largestSize = 256 * 1024;
/** 256 KiB each: more services than a machine can run. */
const mostCalls = 64;

const listCall = 'EnumServicesStatusExW';

/**
 * Returns the running services by process. Needs no privileges: every user may list services. Those without a process
 * are left out.
 * @param roomAtFirst buffer size of the first call, in bytes
 * @returns the services, possibly with a warning that some are missing; null, with a warning, if there is no list
 */
export function servicesByPid(
  api: WindowsApi,
  warnings: WarningSink,
  roomAtFirst: number = firstSize,
): ServicesByPid | null {
  const manager = api.openServiceManager();
  if (manager === null) {
    const source = 'OpenSCManagerW';
    warnings.warn({
      code: 'forbidden',
      message: `${failure(source, api.lastError())}; services are not available`,
      source,
    });
    return null;
  }
  try {
    return listServices(api, manager, warnings, roomAtFirst);
  } finally {
    api.closeServiceHandle(manager);
  }
}

/** Calls until nothing is left, with a larger buffer each time, continuing after the previous call. */
function listServices(
  api: WindowsApi,
  manager: Handle,
  warnings: WarningSink,
  roomAtFirst: number,
): ServicesByPid | null {
  const found = new Map<number, Service[]>();
  const known = new Set<string>();
  const end = (what: string) => {
    const partly = known.size > 0 ? 'some services are missing' : 'services are not available';
    warnings.warn({ code: 'unreadable', message: `${what}; ${partly}`, source: listCall });
    return known.size > 0 ? found : null;
  };
  let room = roomAtFirst;
  let resume = 0;
  for (let calls = 0; calls < mostCalls; calls++) {
    const buffer = Buffer.alloc(room);
    const answer = api.listServices(manager, buffer, resume);
    const { status, count, needed } = answer;
    if (status !== errorCode.success && status !== errorCode.moreData) {
      return end(failure(listCall, status));
    }
    for (const { pid, ...service } of decodeServices(buffer, count, answer.address, warnings)) {
      // If the list changes between two calls, a service may appear twice.
      if (pid === 0 || known.has(service.name)) continue;
      known.add(service.name);
      addTo(found, pid, service);
    }
    if (status === errorCode.success) return found;
    if (count === 0 && room === largestSize) break;
    resume = answer.resume;
    room = Math.min(largestSize, Math.max(room * 2, needed));
  }
  return end(`${listCall} does not end`);
}

/**
 * Decodes the entries that are complete in a buffer, whose address is `address`: the names they point to are in the
 * same buffer. Warns of entries that are missing.
 */
export function* decodeServices(
  buffer: Buffer,
  count: number,
  address: bigint,
  warnings: WarningSink,
): Generator<Service & { readonly pid: number }> {
  /** Returns the text that the pointer at `at` points to; null if that is outside the buffer. */
  const textAt = (at: number): string | null => {
    const offset = buffer.readBigUInt64LE(at) - address;
    if (offset < 0n || offset >= BigInt(buffer.length)) return null;
    return wideText(buffer, Number(offset), longestName);
  };
  const whole = Math.min(count, Math.floor(buffer.length / entry.size));
  let complete = 0;
  for (let row = 0; row < whole; row++) {
    const at = row * entry.size;
    const name = textAt(at + entry.name);
    if (name === null || name === '') continue;
    complete++;
    yield { pid: buffer.readUInt32LE(at + entry.pid), name };
  }
  if (complete === count) return;
  warnings.warn({
    code: 'malformed',
    message: `${listCall}: only ${complete} of its ${count} services were complete`,
    source: listCall,
  });
}
