/** 100 ns from 1601 (a FILETIME's beginning) to 1970. */
const unixEpoch = 116_444_736_000_000_000n;
const ticksPerMillisecond = 10_000n;
/** Years have four digits before it. */
const end = Date.UTC(10_000, 0);

/**
 * A FILETIME as ISO 8601, UTC, to the millisecond; null for 0, by which Windows says that it does not know,
 * and for what lies before 1970 or beyond the year 9999.
 */
export function fileTimeText(ticks: bigint): string | null {
  if (ticks < unixEpoch) return null;
  const milliseconds = Number((ticks - unixEpoch) / ticksPerMillisecond);
  return milliseconds < end ? new Date(milliseconds).toISOString() : null;
}
