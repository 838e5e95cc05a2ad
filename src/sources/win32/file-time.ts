/** From 1601 (the epoch of FILETIME) to 1970, in units of 100 ns. */
const unixEpoch = 116_444_736_000_000_000n;
const ticksPerMillisecond = 10_000n;
/** Before this, years have four digits. */
const end = Date.UTC(10_000, 0);

/**
 * Returns a FILETIME as ISO 8601 in UTC, in milliseconds; null for 0, which means unknown, and for times before 1970 or
 * after the year 9999.
 */
export function fileTimeText(ticks: bigint): string | null {
  if (ticks < unixEpoch) return null;
  const milliseconds = Number((ticks - unixEpoch) / ticksPerMillisecond);
  return milliseconds < end ? new Date(milliseconds).toISOString() : null;
}
