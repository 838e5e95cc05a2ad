import { mostDescriptors } from '../../model/machine/limits.ts';
import { countText } from '../../text/counted.ts';
import { pidsOfService } from '../service-processes.ts';
import { check } from './check.ts';
import { percent, reachesShare } from './numbers.ts';
import { processText } from './socket-sets.ts';

/** Programs that will soon be unable to open more files. */
export const openFiles = check({
  name: 'open-files',
  summary: 'processes near their limit of open descriptors',
  text: {
    meaning:
      'At the limit (RLIMIT_NOFILE, the soft one) a program can open no file and accept no connection: "Too many open files".',
    found: [
      ['critical', 'A process has opened `last` percent of its permitted descriptors.'],
      ['warning', 'It has opened `full` percent.'],
    ],
    silent:
      'Processes with fewer than 32 descriptors. If the filter selects one service (`--port 7071`, `--program NAME`), only its processes are looked at, and those of this machine that are connected to it.',
    remedy:
      'See what it holds (`ls -l /proc/PID/fd`): sockets in CLOSE_WAIT, or files that only grow, are a leak. If it needs that many, raise the limit (LimitNOFILE= of its unit).',
  },
  about: 'machine',
  ofService: true,
  thresholds: {
    full: { value: 85, unit: '%', meaning: 'of the limit is open' },
    last: { value: 98, unit: '%', meaning: 'of the limit is open, for critical' },
  },
  needs: { protocols: [], facts: ['descriptors'] },
  find({ system, service }, { full, last }) {
    const meant = service === null ? null : pidsOfService(service);
    return [...(system.values.descriptors ?? [])]
      .filter(({ pid }) => meant === null || meant.has(pid))
      .filter(({ open, limit }) => reachesShare(open, limit, full))
      .sort((a, b) => b.open / b.limit - a.open / a.limit)
      .map(({ pid, program, open, limit, hardLimit }) => ({
        severity: reachesShare(open, limit, last) ? ('critical' as const) : ('warning' as const),
        certainty: 'sure' as const,
        title: `${processText({ pid, program })} has ${percent(open, limit)} % of its descriptors open`,
        observations: [`It has ${countText(open)} open, of at most ${countText(limit)}.`],
        seen: { open, limit },
        sockets: [],
        processes: [{ pid, program }],
        why: 'At the limit accept(2), open(2) and connect(2) fail with EMFILE ("Too many open files"): a server accepts no more connections, and often loops on the error.',
        remedy: `Check what it holds (\`tsnetstat -anp pid = ${pid}\`, \`ls -l /proc/${pid}/fd\`): sockets in CLOSE_WAIT or files that only grow are a leak. If it needs that many, raise the limit: LimitNOFILE= of its unit${raisedNow(pid, limit, hardLimit)}.`,
        command: ['-anp', 'pid', '=', String(pid)],
      }));
  },
});

/** How twice the limit, or as much as it may be, is given to a running process. Lowering the hard limit is for good. */
function raisedNow(pid: number, limit: number, hardLimit: number | null): string {
  const wanted = 2 * limit;
  if (hardLimit === null || (hardLimit <= limit && wanted > mostDescriptors)) return '';
  const [value, who] =
    hardLimit > limit ? [`${Math.min(wanted, hardLimit)}:`, ''] : [`${wanted}`, ', as root'];
  return `, or \`prlimit --pid ${pid} --nofile=${value}\` now${who}`;
}
