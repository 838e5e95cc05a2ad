const units = ['B/s', 'kB/s', 'MB/s', 'GB/s', 'TB/s'] as const;

/** Bytes a second with three digits: `0 B/s`, `1.25 MB/s`; `-` for null. */
export function rateText(rate: number | null): string {
  if (rate === null) return '-';
  let value = rate;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

const bars = '▁▂▃▄▅▆▇█';

/** Values as bars, the latest at the right, the largest at full height; a blank for null. */
export function sparkline(values: readonly (number | null)[], width: number): string {
  const last = values.slice(-width);
  const most = Math.max(0, ...last.map((value) => value ?? 0));
  return last
    .map((value) => {
      if (value === null) return ' ';
      const height = most === 0 ? 0 : Math.ceil((value / most) * bars.length) - 1;
      return bars[Math.max(0, height)];
    })
    .join('');
}
