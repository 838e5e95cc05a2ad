import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtProgram } from './requirements.ts';

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

/** A module as an argument of Node's `--import`. */
function inlineModule(text: string): string {
  return `--import=data:text/javascript,${encodeURIComponent(text)}`;
}

/**
 * The program under test where Node says that this is `platform`. What it starts it looks for in
 * `folder` alone, if one is given. An executable cannot be told so: it has its platform built in.
 */
export function programOn(platform: string, folder?: string): readonly [string, ...string[]] {
  if (platform === process.platform && folder === undefined) return program;
  if (isExecutable) throw new Error(`an executable cannot be told that this is ${platform}`);
  const [node, script] = program as readonly [string, string];
  const told = `Object.defineProperty(process, 'platform', { value: ${JSON.stringify(platform)} });`;
  const found = `import children from 'node:child_process';
    const { spawn } = children;
    children.spawn = (file, ...rest) => spawn(${JSON.stringify(folder)} + '/' + file, ...rest);`;
  return [node, inlineModule(folder === undefined ? told : told + found), script];
}

/** The same where the first file of the command and the project's folder have other places. */
export function programAt(first: string, project: string): readonly [string, ...string[]] {
  return executable === null ? [first, join(project, 'bin/tsnetstat.js')] : [first];
}

/** What must be there to run it, with what to do when it is not (for `reasonToSkip`). */
export const programFiles: Readonly<Record<string, string>> =
  executable === null ? builtProgram : { [program[0]]: '$TSNETSTAT_EXE names it' };

/** A command with single quotes around each part, for a shell. */
export function quotedCommand(command: readonly string[]): string {
  return command.map((part) => `'${part.replaceAll("'", "'\\''")}'`).join(' ');
}

/** The program as a shell is to be given it. */
export const quotedProgram = quotedCommand(program);
