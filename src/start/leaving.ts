/**
 * A property of the global object in a run that leaves a code cache behind: what other runs will need is to be
 * compiled in it, though it does without.
 */
export const leavesCodeCache = Symbol.for('tsnetstat leaves its code cache');
