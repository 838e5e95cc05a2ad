/** Holds the backend of the Windows it runs on to the contract, and prints how each promise fared. */
import { writeSync } from 'node:fs';
import { win32Backend } from '../../../src/platform/win32/index.js';
import { livePromises } from '../../contract/live-promises.js';
import { promises } from '../../contract/promises.js';

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
