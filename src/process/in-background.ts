import { fstatSync, readFileSync } from 'node:fs';

/**
 * Whether a terminal is in the hands of another job now: setting its modes would stop this process, and continue with
 * that, before any other signal, whenever it goes on. Linux tells: proc_pid_stat(5); elsewhere false.
 * @param fd a descriptor of the terminal
 */
export function isInBackground(fd: number): boolean {
  try {
    const stat = readFileSync('/proc/self/stat', 'latin1');
    // Behind the name, which may have blanks: state, parent, group, session, terminal and the group before it.
    const facts = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [, , group, , terminal, inFront] = facts.map(Number);
    // 0: it is in another PID namespace; -1: there is no terminal.
    if (inFront === undefined || inFront <= 0 || inFront === group) return false;
    return fstatSync(fd).rdev === terminal;
  } catch {
    return false;
  }
}
