/** The median; of an even count, the mean of the middle two. */
export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * The ratio of `subject` to `against` in wall time, pair by pair: {median, low, high}; null if there is no pair. A program
 * stopped for being late took longer than its sample says, so that a ratio to it is an upper bound: `atMost`.
 */
export function ratioOf(subject, against) {
  const pairs = Math.min(subject.length, against.length);
  const ratios = [];
  for (let i = 0; i < pairs; i++) {
    if (!subject[i].late) ratios.push(subject[i].wall / against[i].wall);
  }
  if (ratios.length === 0) return null;
  return {
    median: median(ratios),
    low: Math.min(...ratios),
    high: Math.max(...ratios),
    atMost: against.some(({ late }) => late),
  };
}

/** The medians of a program's samples, except for the peak, which is the maximum. */
export function summaryOf(samples) {
  const middle = (quantity) => median(samples.map((sample) => sample[quantity]));
  return {
    runs: samples.length,
    wall: middle('wall'),
    cpu: middle('cpu'),
    peak: Math.max(...samples.map(({ peak }) => peak)),
    bytes: middle('bytes'),
    late: samples.some(({ late }) => late),
  };
}

/** The first round of a repeated report, the median of the later ones, and their ratio. */
export function followSummaryOf(rounds) {
  const [first, ...later] = rounds.map(({ cpu }) => cpu);
  const steady = median(later);
  return { first, steady, ratio: steady / first, bytes: rounds[0].bytes };
}
