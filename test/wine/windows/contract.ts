/** Holds the source of the Windows it runs on to the contract, and prints how each promise fared. */
import { writeSync } from 'node:fs';
import { win32Source } from '../../../src/sources/win32/index.ts';
import { promisesOf } from '../../contract/promises.ts';

const outcome: Record<string, string> = {};
for (const { name, isKept } of promisesOf('live')) {
  try {
    await isKept(await win32Source({ platform: 'win32', env: process.env, procRoot: null }));
    outcome[name] = 'kept';
  } catch (error) {
    outcome[name] = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}
writeSync(1, JSON.stringify(outcome));
process.exit(0);
