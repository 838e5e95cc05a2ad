/**
 * A property of the global object, set in a run that writes a code cache: such a run should also compile what only
 * other runs need.
 */
export const leavesCodeCache = Symbol.for('tsnetstat leaves its code cache');
