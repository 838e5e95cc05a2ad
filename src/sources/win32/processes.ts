import { lazilyFor } from '../../flow/lazily.ts';
import type { Owner } from '../../model/socket/owner.ts';
import type { WarningSink } from '../source.ts';
import { failure } from './error-code.ts';
import { wideText } from './mib-table.ts';
import type { WindowsApi } from './windows-api.ts';

/** PROCESSENTRY32W (tlhelp32.h) on 64-bit Windows. */
const entrySize = 568;
const entryPid = 8;
const entryName = 44;
/** MAX_PATH */
const nameUnits = 260;
/** The longest path in Windows, in UTF-16 units. */
const longestPath = 32_768;

/** Processes that Toolhelp names differently (`[System Process]`) or that may not be opened. */
const fixedNames: readonly (readonly [number, string])[] = [
  [0, 'System Idle Process'],
  [4, 'System'],
];

/** Returns the PID and the executable's file name from a PROCESSENTRY32W. */
export function decodeProcessEntry(entry: Buffer): { pid: number; program: string } {
  return { pid: entry.readUInt32LE(entryPid), program: wideText(entry, entryName, nameUnits) };
}

/**
 * Returns each process's program by PID. Needs no privileges. If Windows refuses, returns only the well-known ones,
 * with a warning.
 */
export function programNames(api: WindowsApi, warnings: WarningSink): Map<number, string> {
  const names = new Map<number, string>();
  const snapshot = api.processSnapshot();
  if (snapshot === null) {
    const source = 'CreateToolhelp32Snapshot';
    warnings.warn({
      code: 'forbidden',
      message: `${failure(source, api.lastError())}; programs are shown by PID only`,
      source,
    });
  } else {
    try {
      const entry = Buffer.alloc(entrySize);
      entry.writeUInt32LE(entrySize, 0);
      for (
        let more = api.firstProcess(snapshot, entry);
        more;
        more = api.nextProcess(snapshot, entry)
      ) {
        const { pid, program } = decodeProcessEntry(entry);
        names.set(pid, program);
      }
    } finally {
      api.closeHandle(snapshot);
    }
  }
  for (const [pid, name] of fixedNames) names.set(pid, name);
  return names;
}

/** Returns the full path of a process's executable; null if the process has ended or may not be opened. */
export function imagePath(api: WindowsApi, pid: number): string | null {
  const process = api.openProcess(pid);
  if (process === null) return null;
  try {
    const buffer = Buffer.alloc(longestPath * 2);
    const units = api.imageName(process, buffer);
    return units === null ? null : buffer.subarray(0, units * 2).toString('utf16le');
  } finally {
    api.closeHandle(process);
  }
}

/**
 * Returns a lookup of owners by PID, cached. A process that has ended keeps its PID and has no program. Windows does
 * not report descriptors, nor other processes' command lines without privileges.
 */
export function ownersByPid(
  api: WindowsApi,
  details: boolean,
  warnings: WarningSink,
): (pid: number) => readonly Owner[] {
  const names = programNames(api, warnings);
  return lazilyFor((pid: number) => [
    {
      pid,
      program: names.get(pid) ?? null,
      commandLine: null,
      executable: details ? imagePath(api, pid) : null,
      fd: null,
    },
  ]);
}
