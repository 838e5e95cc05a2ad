import { readFileSync } from 'node:fs';

/** The build puts the version here. */
declare const __VERSION__: string | undefined;

/** Run as source, the program has the version of the package that it lies in. */
export const version: string =
  typeof __VERSION__ === 'string'
    ? __VERSION__
    : JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;
