/**
 * Makes random examples the same in every run, so that a failure is due to the current change and can be repeated.
 * TSNETSTAT_SEED=N selects others; CI does so every night, in addition to `npm run fuzz`.
 */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env.TSNETSTAT_SEED ?? 1) });
