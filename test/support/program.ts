import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtProgram } from './requirements.ts';

/** The project's directory. */
const root = fileURLToPath(new URL('../../', import.meta.url));

const executable = process.env.TSNETSTAT_EXE || null;
/** Whether the suites test a standalone executable instead of the package. */
export const isExecutable = executable !== null;

/** The program under test, as a command: the built package in this Node, or the executable in $TSNETSTAT_EXE. */
export const program: readonly [string, ...string[]] =
  executable === null
    ? [process.execPath, join(root, 'bin/tsnetstat.js')]
    : [resolve(root, executable)];

/** A module's source as an argument for Node's `--import`. */
function inlineModule(text: string): string {
  return `--import=data:text/javascript,${encodeURIComponent(text)}`;
}

/**
 * The program under test, in a Node that claims to run on `platform`. If `folder` is given, it looks for programs only
 * there. An executable cannot be made to do so: its platform is built in.
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

/** The same with the command's first file and the project's directory at other places. */
export function programAt(first: string, project: string): readonly [string, ...string[]] {
  return executable === null ? [first, join(project, 'bin/tsnetstat.js')] : [first];
}

/** The files it needs, with what to do if they are missing (for `reasonToSkip`). */
export const programFiles: Readonly<Record<string, string>> =
  executable === null ? builtProgram : { [program[0]]: '$TSNETSTAT_EXE names it' };

/** A command with single quotes around each part, for a shell. */
export function quotedCommand(command: readonly string[]): string {
  return command.map((part) => `'${part.replaceAll("'", "'\\''")}'`).join(' ');
}

/** The program as a command for a shell. */
export const quotedProgram = quotedCommand(program);
