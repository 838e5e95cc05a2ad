/**
 * Prints, as JSON, what the source tells of the services of the Windows it runs on, and what that Windows
 * tells of each by another call.
 */
import { writeSync } from 'node:fs';
import type { Warning } from '../../../src/model/report/snapshot.ts';
import { loadNative } from '../../../src/sources/native.ts';
import { loadWindowsApi } from '../../../src/sources/win32/koffi-api.ts';
import { programNames } from '../../../src/sources/win32/processes.ts';
import { type ServicesByPid, servicesByPid } from '../../../src/sources/win32/services.ts';

/** What is printed. */
export interface ServicesTold {
  readonly services: readonly ServiceTold[];
  /** The same, asked with room for less than one service at first. */
  readonly withLittleRoom: readonly ServiceTold[];
  readonly warnings: readonly Warning[];
}

interface ServiceTold {
  readonly name: string;
  readonly pid: number;
  /** The program of that process; null: there is none. */
  readonly program: string | null;
  /** What QueryServiceStatusEx tells of the service. */
  readonly pidByName: number | null;
}

const warnings: Warning[] = [];
const sink = { warn: (warning: Warning) => void warnings.push(warning) };
const api = loadWindowsApi();
const programs = programNames(api, sink);

const advapi32 = loadNative().load('advapi32.dll');
const openManager = advapi32.func(
  'void * __stdcall OpenSCManagerW(void *machine, void *database, uint32_t access)',
);
const openService = advapi32.func(
  'void * __stdcall OpenServiceW(void *manager, void *name, uint32_t access)',
);
const queryStatus = advapi32.func(
  'int __stdcall QueryServiceStatusEx(void *service, int level, void *status, uint32_t size, _Out_ uint32_t *needed)',
);
const manager = openManager(null, null, 1);

/** By OpenServiceW (SERVICE_QUERY_STATUS) and QueryServiceStatusEx: the eighth member of SERVICE_STATUS_PROCESS. */
function pidByName(name: string): number | null {
  const service = openService(manager, Buffer.from(`${name}\0`, 'utf16le'), 4);
  const status = Buffer.alloc(36);
  return queryStatus(service, 0, status, status.length, [0]) === 0 ? null : status.readUInt32LE(28);
}

function told(byPid: ServicesByPid | null): readonly ServiceTold[] {
  return [...(byPid ?? [])].flatMap(([pid, all]) =>
    all.map(({ name }) => ({
      ...{ name, pid, program: programs.get(pid) ?? null },
      pidByName: pidByName(name),
    })),
  );
}

const answer: ServicesTold = {
  services: told(servicesByPid(api, sink)),
  withLittleRoom: told(servicesByPid(api, sink, 16)),
  warnings,
};
writeSync(1, JSON.stringify(answer));
process.exit(0);
