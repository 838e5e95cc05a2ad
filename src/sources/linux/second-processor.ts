import { createRequire } from 'node:module';

/** Whether a second thread would run beside this one. Loads `node:os`, so ask only before much work. */
export function hasSecondProcessor(): boolean {
  const require = createRequire(process.execPath);
  return (require('node:os') as typeof import('node:os')).availableParallelism() > 1;
}
