import { lazilyFor } from '../../../flow/lazily.ts';
import { longestCommandLine, type Owner } from '../../../model/socket/owner.ts';
import type { Proc } from '../proc/proc.ts';
import { processFactsReader } from './process-facts.ts';
import { executableOf, nameBytes, processNames } from './process-names.ts';
import type { Unseen } from './unseen-processes.ts';

/**
 * Characters of command lines to keep, of all processes together: a user may have thousands. Beyond that, only the
 * part needed for the name is read.
 */
const keptText = 16 * 1024 * 1024;

/** Describes a process, reading its names on first use. `details`: as in OwnerQuery. */
export function describer(
  proc: Proc,
  details: boolean,
  unnamed: Unseen,
): (pid: number) => Omit<Owner, 'fd'> {
  const factsOf = processFactsReader(proc);
  let room = keptText;
  return lazilyFor((pid: number) => {
    const most = details && room > 0 ? longestCommandLine : nameBytes;
    const { program, commandLine, isCut } = processNames(proc, pid, most, unnamed);
    room -= commandLine?.length ?? 0;
    const executable = details ? executableOf(proc, pid) : null;
    return {
      pid,
      program,
      commandLine: details ? commandLine : null,
      ...(details && isCut && { commandTruncated: true }),
      executable: executable?.path ?? null,
      ...(details && { executableDeleted: executable?.isDeleted ?? null, ...factsOf(pid) }),
    };
  });
}
