/** Parses `ps -axo pid=,comm=`: the process ID and the first argument. */

/** Maps PID to text from lines `PID TEXT`; other lines (blank ones, stray messages) are skipped. */
export function parseProcesses(text: string): Map<number, string> {
  const found = new Map<number, string>();
  for (const line of text.split('\n')) {
    const [, pid, rest] = /^\s*(\d{1,10})(?:\s(.*))?$/s.exec(line) ?? [];
    if (pid !== undefined) found.set(Number(pid), (rest ?? '').trim());
  }
  return found;
}

/** As on Linux, where netstat reads no more; a process can give itself a name of a megabyte. */
const longestName = 511;

/**
 * Returns the name that netstat shows for a first argument: without directories if it begins with `/`. ps prints the
 * kernel's name in parentheses if it may not see the arguments.
 */
export function programName(comm: string): string | null {
  const head = comm.slice(0, longestName);
  const name = /^\((.+)\)$/.exec(head)?.[1] ?? head;
  const base = name.startsWith('/') ? name.slice(name.lastIndexOf('/') + 1) : name;
  return base || name || null;
}
