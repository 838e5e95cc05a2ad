import { longestCommandLine, type Owner } from '../../../model/socket/owner.ts';
import type { Proc } from '../proc/proc.ts';
import { processFactsReader } from './process-facts.ts';
import { executableOf, nameBytes, type ProcessNames, processNames } from './process-names.ts';
import type { Unseen } from './unseen-processes.ts';

/**
 * Characters of command lines to keep, of all processes together: a user may have thousands. Beyond that, only the
 * part needed for the name is read.
 */
const keptText = 16 * 1024 * 1024;

/**
 * A command line of so many characters is shown with every socket, however many share it: Linux before 4.2 had no
 * longer ones. One that is cut keeps as many bytes.
 */
const ordinaryCommandLine = 4096;

/**
 * Characters of longer command lines in all rows together: each is written with every socket of its process, and
 * processes can share thousands. One that would exceed this is cut to the ordinary length, in all of its rows.
 */
const repeatedText = 16 * 1024 * 1024;

/** What a process is described in detail with. */
interface DetailsAsked {
  /** How many sockets a process holds. */
  socketsOf(pid: number): number;
}

/** Describes a process, reading its names on first use. `details`: as in OwnerQuery; null: none. */
export function describer(
  proc: Proc,
  details: DetailsAsked | null,
  unnamed: Unseen,
): (pid: number) => Omit<Owner, 'fd'> {
  const known = new Map<number, Omit<Owner, 'fd'>>();
  const factsOf = processFactsReader(proc);
  let room = keptText;
  let repeatedRoom = repeatedText;

  function namesOf(pid: number): ProcessNames {
    const read = (most: number) => processNames(proc, pid, most, unnamed);
    if (details === null || room <= 0) return read(nameBytes);
    const names = read(longestCommandLine);
    const length = names.commandLine?.length ?? 0;
    if (length <= ordinaryCommandLine) return names;
    const repeated = length * details.socketsOf(pid);
    if (repeated > repeatedRoom) return read(ordinaryCommandLine);
    repeatedRoom -= repeated;
    return names;
  }

  return (pid) => {
    let owner = known.get(pid);
    if (owner === undefined) {
      const { program, commandLine, isCut } = namesOf(pid);
      room -= commandLine?.length ?? 0;
      const executable = details ? executableOf(proc, pid) : null;
      owner = {
        pid,
        program,
        commandLine: details ? commandLine : null,
        ...(details && isCut && { commandTruncated: true }),
        executable: executable?.path ?? null,
        ...(details && { executableDeleted: executable?.isDeleted ?? null, ...factsOf(pid) }),
      };
      known.set(pid, owner);
    }
    return owner;
  };
}
