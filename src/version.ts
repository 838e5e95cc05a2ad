import { readFileSync } from 'node:fs';

/** Replaced with the version by the build. */
declare const __VERSION__: string | undefined;

/** If run from source: the version of the package that contains this file. */
export const version: string =
  typeof __VERSION__ === 'string'
    ? __VERSION__
    : JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;
