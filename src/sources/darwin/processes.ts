/** What `ps -axo pid=,comm=` says of a process: its number and its first argument. */

/** Lines of `PID TEXT` to a table; lines that are none (a blank one, a stray message) are left out. */
export function parseProcesses(text: string): Map<number, string> {
  const found = new Map<number, string>();
  for (const line of text.split('\n')) {
    const [, pid, rest] = /^\s*(\d{1,10})(?:\s(.*))?$/s.exec(line) ?? [];
    if (pid !== undefined) found.set(Number(pid), (rest ?? '').trim());
  }
  return found;
}

/** As on Linux, where netstat looks no further; a process can give itself a name of a megabyte. */
const longestName = 511;

/**
 * The name netstat shows for a first argument: its folders dropped where it starts with `/`. ps
 * puts the kernel's name in parentheses where it may not see the arguments.
 */
export function programName(comm: string): string | null {
  const head = comm.slice(0, longestName);
  const name = /^\((.+)\)$/.exec(head)?.[1] ?? head;
  const base = name.startsWith('/') ? name.slice(name.lastIndexOf('/') + 1) : name;
  return base || name || null;
}
