import { realpathSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { isOursAlone } from './installed-file.ts';

/** As much of V8's call sites as is used (https://v8.dev/docs/stack-trace-api). */
interface CallSite {
  getFileName(): string | null | undefined;
}

/** With `--frozen-intrinsics` nobody says how traces are made. */
const isFrozen = Object.isFrozen(Error);

/**
 * Bun and Deno follow a bundle's source map, to a path where it was made, and so may a trace that others have made:
 * then others must not have put a file there.
 */
const isExact = !('bun' in process.versions || 'deno' in process.versions || isFrozen);

/**
 * The real path of the file whose code this is: of the build, or of a bundle that contains it; null: unknown. It is
 * what the engine runs, not `import.meta.url`: for that a bundler may have written a path of the machine where it ran,
 * and here that path may be anybody's.
 */
export function runningFile(): string | null {
  try {
    const name = runningName();
    const isUrl = name.startsWith('file:');
    if (!isUrl && !isAbsolute(name)) return null;
    const file = realpathSync(isUrl ? new URL(name) : name);
    return isExact || isOursAlone(file) ? file : null;
  } catch {
    return null;
  }
}

/** The name by which the engine knows the script that this function is in: a path or a URL. */
function runningName(): string {
  if (isFrozen) return /\((.*?):\d+:\d+\)$/m.exec(String(new Error().stack))?.[1] ?? '';
  const { prepareStackTrace, stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = 1;
    Error.prepareStackTrace = (_, [site]: readonly CallSite[]) => site?.getFileName() ?? '';
    return String(new Error().stack);
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
    Error.stackTraceLimit = stackTraceLimit;
  }
}
