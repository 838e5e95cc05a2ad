/**
 * Random examples are the same in every run of a suite, so that a failure is of the change at hand and comes
 * again. TSNETSTAT_SEED=N tries others; CI does so every night, beside `npm run fuzz`.
 */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env.TSNETSTAT_SEED ?? 1) });
