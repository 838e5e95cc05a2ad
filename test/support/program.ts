import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtProgram } from './requirements.js';

/** The project's folder. */
const root = fileURLToPath(new URL('../../', import.meta.url));

const executable = process.env.TSNETSTAT_EXE || null;
/** Whether the suites test a standalone executable instead of the package. */
export const isExecutable = executable !== null;

/**
 * The program under test, as a command: the built package in this Node, or the executable that
 * $TSNETSTAT_EXE names.
 */
export const program: readonly [string, ...string[]] =
  executable === null
    ? [process.execPath, join(root, 'bin/tsnetstat.js')]
    : [resolve(root, executable)];

/** The same where the first file of the command and the project's folder have other places. */
export function programAt(first: string, project: string): readonly [string, ...string[]] {
  return executable === null ? [first, join(project, 'bin/tsnetstat.js')] : [first];
}

/** What must be there to run it, with what to do when it is not (for `reasonToSkip`). */
export const programFiles: Readonly<Record<string, string>> =
  executable === null ? builtProgram : { [program[0]]: '$TSNETSTAT_EXE names it' };

/** The program with single quotes around each part, for a shell. */
export const quotedProgram = program.map((part) => `'${part}'`).join(' ');
