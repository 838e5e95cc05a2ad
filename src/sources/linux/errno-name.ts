import nodeModule from 'node:module';

let util: typeof import('node:util') | undefined;

/** ESTALE of <errno.h>, negated. Node has no name for it. */
export const stale = -116;

/**
 * The name of a negated error number, as in the `code` of Node's own errors: ENOENT for -2. EBADMSG for a number that is
 * none. node:util is loaded at the first failure, as it takes 3 % of an executable's start.
 */
export function errnoName(answer: number): string {
  if (answer === stale) return 'ESTALE';
  if (answer >= 0) return 'EBADMSG';
  util ??= nodeModule.createRequire(process.execPath)('node:util') as typeof import('node:util');
  return util.getSystemErrorName(answer);
}
