import type { Proc } from '../proc/proc.ts';

/** Enough of /proc/PID/status. */
export const statusBytes = 4096;

/** The users of a process in /proc/PID/status, the first two numbers of `Uid`; null if they are missing. */
export function usersIn(
  text: string,
): { readonly real: number; readonly effective: number } | null {
  const [, real, effective] = /^Uid:\s+(\d+)\s+(\d+)\s/m.exec(text) ?? [];
  return real === undefined ? null : { real: Number(real), effective: Number(effective) };
}

/** The real user of a process; null: not known. */
export function realUserOf(proc: Proc, pid: number): number | null {
  try {
    const status = proc.readFile(`${pid}/status`, statusBytes).toString('latin1');
    return usersIn(status)?.real ?? null;
  } catch {
    return null;
  }
}
