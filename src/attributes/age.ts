/** Milliseconds between a time (ISO 8601) and `now`; at least 0, even if the clock was set back. null: not known. */
export function ageAt(time: string | null, now: number = Date.now()): number | null {
  return time === null ? null : Math.max(0, now - Date.parse(time));
}

/** A time is compared by how long ago it was: `started < 5m`. */
export const timeAgo = { expected: 'a time ago', unit: 'ms', isAge: true } as const;
