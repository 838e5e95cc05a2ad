import { readFileSync } from 'node:fs';

/** Clock ticks a second, for the times in /proc/PID/stat. */
const ticks = 100;

/** What a process has cost so far: CPU time in seconds, and its resident memory in MiB. */
export function processCost(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1).split(' ');
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return {
    cpu: (Number(stat[11]) + Number(stat[12])) / ticks,
    rss: Number(/^VmRSS:\s+(\d+)/m.exec(status)[1]) / 1024,
  };
}
