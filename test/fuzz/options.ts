/** The options of scripts/fuzz.js; without it: those of a short run. */
export const options = {
  /** Inputs for each target. */
  runs: Number(process.env.TSNETSTAT_FUZZ_RUNS ?? 200),
  /** null: another one every time. */
  seed:
    process.env.TSNETSTAT_FUZZ_SEED === undefined ? null : Number(process.env.TSNETSTAT_FUZZ_SEED),
  /** null: every target. */
  target: process.env.TSNETSTAT_FUZZ_TARGET ?? null,
  /** In all; null: as long as the runs take. */
  minutes:
    process.env.TSNETSTAT_FUZZ_MINUTES === undefined
      ? null
      : Number(process.env.TSNETSTAT_FUZZ_MINUTES),
} as const;
