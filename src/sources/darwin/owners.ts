import { NetstatError } from '../../errors.ts';
import { longestCommandLine, type Owner } from '../../model/owner.ts';
import type { Warning } from '../../model/snapshot.ts';
import type { Socket } from '../../model/socket.ts';
import type { OwnerQuery, WarningSink } from '../source.ts';
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
 * Completes owners, of which netstat reported only the PID, with data from ps. A process that ps does not list has
 * ended, so the socket's owner is unknown. If ps fails, or does not list all processes, the PIDs stay, with a warning.
 */
export async function withOwners(
  run: RunCommand,
  sockets: readonly Socket[],
  query: OwnerQuery,
  warnings: WarningSink,
): Promise<readonly Socket[]> {
  if (!sockets.some(({ owners }) => owners !== null && owners.length > 0)) return sockets;
  const [names, commandLines] = await Promise.all([
    ask(run, 'comm', warnings),
    query.details ? ask(run, 'command', warnings) : null,
  ]);
  if (names === null) return sockets;
  const isWhole = names.has(firstProcess);
  if (!isWhole) warnings.warn(partlyTold);

  const complete = (owner: Owner): Owner[] => {
    const comm = names.get(owner.pid);
    if (comm === undefined) return isWhole ? [] : [owner];
    const program = programName(comm) ?? owner.program;
    return [{ ...owner, program, ...bounded(commandLines?.get(owner.pid)) }];
  };
  return sockets.map((socket) => {
    if (socket.owners === null || socket.owners.length === 0) return socket;
    const owners = socket.owners.flatMap(complete);
    return { ...socket, owners, noOwner: owners.length === 0 ? 'unknown' : null };
  });
}

/** launchd always runs: a list without it is incomplete, as in a sandbox. */
const firstProcess = 1;

const partlyTold: Warning = {
  code: 'owners-denied',
  message: 'program names are missing: ps does not list every process here',
  source: 'ps',
};

/** Returns a command line, limited in length. */
function bounded(text: string | undefined): Pick<Owner, 'commandLine' | 'commandTruncated'> {
  if (text === undefined || text === '') return { commandLine: null };
  if (text.length <= longestCommandLine) return { commandLine: text };
  const told = text.slice(0, longestCommandLine).replace(/[\ud800-\udbff]$/, '');
  return { commandLine: told, commandTruncated: true };
}

async function ask(
  run: RunCommand,
  keyword: 'comm' | 'command',
  warnings: WarningSink,
): Promise<Map<number, string> | null> {
  try {
    return parseProcesses(await run('ps', listing(keyword), { locale }));
  } catch (error) {
    if (!(error instanceof NetstatError)) throw error;
    const what = keyword === 'comm' ? 'program names' : 'command lines';
    const message = `${what} are missing: ${error.message}`;
    warnings.warn({ code: 'owners-denied', message, source: 'ps' });
    return null;
  }
}
