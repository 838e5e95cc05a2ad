import { NetstatError } from '../../errors.ts';
import { lazily } from '../../flow/lazily.ts';
import type { Warning } from '../../model/report/snapshot.ts';
import { longestCommandLine, type Owner } from '../../model/socket/owner.ts';
import type { Socket } from '../../model/socket/socket.ts';
import type { OwnerQuery, WarningSink } from '../source.ts';
import { wholeText } from './lines.ts';
import { parseProcesses, programName } from './processes.ts';
import type { RunCommand } from './run-command.ts';

/**
 * The C locale with another character set, which every macOS has under this name: in the plain C locale ps escapes each
 * byte beyond ASCII (`M-CM-)`).
 */
const locale = { LC_CTYPE: 'UTF-8' };

/**
 * -ww: otherwise ps cuts lines to the width of any terminal it finds. One -o per column: in POSIX, and in FreeBSD's ps,
 * everything after `=` is the header, commas included.
 */
const listing = (keyword: 'comm' | 'command') => ['-axww', '-o', 'pid=', '-o', `${keyword}=`];

/**
 * Returns a function that completes owners, of which netstat reported only the PID, with data from ps, which is asked
 * once, when the first owner comes: netstat must have looked at all sockets by then, since a process that ps does not
 * list has ended, so that the socket's owner is unknown. If ps fails, or does not list all processes, the PIDs stay,
 * with a warning.
 */
export function ownerCompleter(
  run: RunCommand,
  { details }: OwnerQuery,
  warnings: WarningSink,
): (sockets: readonly Socket[]) => Promise<readonly Socket[]> {
  const processes = lazily(() => askProcesses(run, details, warnings));
  return async (sockets) => {
    if (!sockets.some(({ owners }) => owners?.length)) return sockets;
    const ownersOf = await processes();
    return sockets.map((socket) => {
      // netstat reports one at most.
      const [owner] = socket.owners ?? [];
      if (owner === undefined) return socket;
      const owners = ownersOf(owner);
      return { ...socket, owners, noOwner: owners.length === 0 ? 'unknown' : null };
    });
  };
}

/** Asks ps. Returns a function that completes an owner; none is left if its process has ended. */
async function askProcesses(
  run: RunCommand,
  details: boolean,
  warnings: WarningSink,
): Promise<(owner: Owner) => readonly Owner[]> {
  const [names, commandLines] = await Promise.all([
    ask(run, 'comm', warnings),
    details ? ask(run, 'command', warnings) : null,
  ]);
  if (names === null) return (owner) => [owner];
  const isWhole = names.has(firstProcess);
  if (!isWhole) warnings.warn(partialList);
  const complete = (owner: Owner): readonly Owner[] => {
    const comm = names.get(owner.pid);
    if (comm === undefined) return isWhole ? [] : [owner];
    const program = programName(comm) ?? owner.program;
    return [{ ...owner, program, ...bounded(commandLines?.get(owner.pid)) }];
  };
  /** By PID: a process's sockets share its facts. */
  const completed = new Map<number, readonly Owner[]>();
  return (owner) => {
    const known = completed.get(owner.pid) ?? complete(owner);
    completed.set(owner.pid, known);
    return known;
  };
}

/** launchd always runs: a list without it is incomplete, as in a sandbox. */
const firstProcess = 1;

const partialList: Warning = {
  code: 'owners-denied',
  message: 'program names are missing: ps does not list every process here',
  source: 'ps',
};

/** Returns a command line, limited in length. */
function bounded(text: string | undefined): Pick<Owner, 'commandLine' | 'commandTruncated'> {
  if (text === undefined || text === '') return { commandLine: null };
  if (text.length <= longestCommandLine) return { commandLine: text };
  const start = text.slice(0, longestCommandLine).replace(/[\ud800-\udbff]$/, '');
  return { commandLine: start, commandTruncated: true };
}

async function ask(
  run: RunCommand,
  keyword: 'comm' | 'command',
  warnings: WarningSink,
): Promise<Map<number, string> | null> {
  try {
    return parseProcesses(await wholeText(run('ps', listing(keyword), { locale })));
  } catch (error) {
    if (!(error instanceof NetstatError)) throw error;
    const what = keyword === 'comm' ? 'program names' : 'command lines';
    const message = `${what} are missing: ${error.message}`;
    warnings.warn({ code: 'owners-denied', message, source: 'ps' });
    return null;
  }
}
