import { addTo } from '../../model/add-to.ts';
import type { WarningSink } from '../source.ts';
import { errorCode, failure } from './error-code.ts';
import { wideText } from './mib-table.ts';
import type { Handle, WindowsApi } from './windows-api.ts';

/** A service as Windows lists it. */
export interface Service {
  /** The name that `sc` and `net` take: `Dnscache`. */
  readonly name: string;
  /** The name for people, in the system's language: `DNS Client`. */
  readonly displayName: string;
}

/** Services by the process that they live in; several can share one (svchost.exe). */
export type ServicesByPid = ReadonlyMap<number, readonly Service[]>;

/** ENUM_SERVICE_STATUS_PROCESSW (winsvc.h) on 64-bit Windows: two pointers, then SERVICE_STATUS_PROCESS. */
const entry = { size: 56, name: 0, displayName: 8, pid: 16 + 28 } as const;

/** The longest that a service's names can be, in UTF-16 units. */
const longestName = 256;

/** Enough for some 300 services at the first call; the most that EnumServicesStatusExW takes. */
const firstSize = 64 * 1024;
const largestSize = 256 * 1024;
/** 256 KiB each: more services than a machine can run. */
const mostCalls = 64;

const listCall = 'EnumServicesStatusExW';

/**
 * The services that run now, by the process that they live in. Needs no rights: every user may list
 * services. Those without a process are left out.
 *
 * @param roomAtFirst bytes offered at the first call
 * @returns what was told, though a warning may say that more was not; null where nothing can be told, which
 * costs a warning
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
      message: `${failure(source, api.lastError())}; services are not told`,
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

/** Calls until nothing is left: with more room each time, and from where the call before ended. */
function listServices(
  api: WindowsApi,
  manager: Handle,
  warnings: WarningSink,
  roomAtFirst: number,
): ServicesByPid | null {
  const found = new Map<number, Service[]>();
  const known = new Set<string>();
  const end = (what: string) => {
    const partly = known.size > 0 ? 'some services are not told' : 'services are not told';
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
      // A list that changes between two calls may tell one twice.
      if (pid === 0 || known.has(service.name)) continue;
      known.add(service.name);
      addTo(found, pid, service);
    }
    if (status === errorCode.success) return found;
    if (count === 0 && room === largestSize) break;
    resume = answer.resume;
    room = Math.min(largestSize, Math.max(room * 2, needed));
  }
  return end(`${listCall} comes to no end`);
}

/**
 * The entries in a buffer that lies at `address`, as many as are whole in it: their names stand in the same
 * buffer. `warnings` tells how many are not.
 */
export function* decodeServices(
  buffer: Buffer,
  count: number,
  address: bigint,
  warnings: WarningSink,
): Generator<Service & { readonly pid: number }> {
  /** The text that a pointer at `at` leads to; null: it leads elsewhere. */
  const textAt = (at: number): string | null => {
    const offset = buffer.readBigUInt64LE(at) - address;
    if (offset < 0n || offset >= BigInt(buffer.length)) return null;
    return wideText(buffer, Number(offset), longestName);
  };
  const whole = Math.min(count, Math.floor(buffer.length / entry.size));
  let told = 0;
  for (let row = 0; row < whole; row++) {
    const at = row * entry.size;
    const name = textAt(at + entry.name);
    if (name === null || name === '') continue;
    const displayName = textAt(at + entry.displayName) || name;
    told++;
    yield { pid: buffer.readUInt32LE(at + entry.pid), name, displayName };
  }
  if (told === count) return;
  warnings.warn({
    code: 'malformed',
    message: `${listCall}: only ${told} of its ${count} services came whole`,
    source: listCall,
  });
}
