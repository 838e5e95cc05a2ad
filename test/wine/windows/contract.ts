/** Holds the backend of the Windows it runs on to the contract, and prints how each promise fared. */
import { writeSync } from 'node:fs';
import { win32Backend } from '../../../src/sources/win32/index.ts';
import { livePromises } from '../../contract/live-promises.ts';
import { promises } from '../../contract/promises.ts';

const outcome: Record<string, string> = {};
for (const { name, isKept } of [...promises, ...livePromises]) {
  try {
    await isKept(await win32Backend({ platform: 'win32', env: process.env, procRoot: null }));
    outcome[name] = 'kept';
  } catch (error) {
    outcome[name] = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}
writeSync(1, JSON.stringify(outcome));
process.exit(0);
