/** The local time of day, as `14:03:12`. `time`: ISO 8601. */
export function timeOfDay(time: string): string {
  const at = new Date(time);
  return [at.getHours(), at.getMinutes(), at.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}
