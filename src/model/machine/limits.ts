/** Names of limits in /proc/PID/limits. */
export type LimitName = 'Max open files' | 'Max address space';

/** The highest limit of open descriptors, unless root raised fs.nr_open. */
export const mostDescriptors = 1_048_576;

/** A limit of a process, in its unit; Infinity: unlimited. */
export interface Limit {
  readonly soft: number;
  /** As far as the soft one may be raised; null: not known. */
  readonly hard: number | null;
}

/**
 * The limit with this name in the text of /proc/PID/limits (fs/proc/base.c); null: not there, or not in the kernel's
 * form.
 */
export function parseLimit(text: string, name: LimitName): Limit | null {
  const line = text.split('\n').find((one) => one.startsWith(`${name} `)) ?? '';
  const [soft = '', hard = ''] = line.slice(name.length).trimStart().split(/ +/, 2);
  const found = amountIn(soft);
  return found === null ? null : { soft: found, hard: amountIn(hard) };
}

/** Its soft limit alone. */
export function parseSoftLimit(text: string, name: LimitName): number | null {
  return parseLimit(text, name)?.soft ?? null;
}

function amountIn(text: string): number | null {
  if (text === 'unlimited') return Number.POSITIVE_INFINITY;
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}
