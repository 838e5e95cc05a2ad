/** Names of limits in /proc/PID/limits. */
export type LimitName = 'Max open files' | 'Max address space';

/**
 * The soft limit with this name in the text of /proc/PID/limits (fs/proc/base.c), in its unit; Infinity: unlimited;
 * null: not there, or not in the kernel's form.
 */
export function parseSoftLimit(text: string, name: LimitName): number | null {
  const line = text.split('\n').find((one) => one.startsWith(`${name} `)) ?? '';
  const [soft = ''] = line.slice(name.length).trimStart().split(' ', 1);
  if (soft === 'unlimited') return Number.POSITIVE_INFINITY;
  return /^\d{1,15}$/.test(soft) ? Number(soft) : null;
}
