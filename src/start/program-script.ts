import { dirname } from 'node:path';
import { Script } from 'node:vm';

/** Runs the program as Node would run a CommonJS module; it is passed `require`. */
export type Program = (require: NodeJS.Require) => void;

/** The function around a CommonJS module (nodejs.org/api/modules.html, "The module wrapper"). */
type Wrapper = (
  exports: unknown,
  require: NodeJS.Require,
  module: { exports: unknown },
  fileName: string,
  folder: string,
) => void;

/**
 * Compiles the program: `source` is the content of `file`, a CommonJS module in its wrapper, as the build
 * writes it. `cachedData` comes from `script.createCachedData()` for the same file; V8 rejects it if another V8
 * version or other flags made it, and compiles as if there were none.
 */
export function programScript(file: string, source: string, cachedData?: Buffer): Script {
  return new Script(
    source,
    cachedData === undefined ? { filename: file } : { filename: file, cachedData },
  );
}

/** The program in a script that `programScript` made of `file`. */
export function programOf(script: Script, file: string): Program {
  const call = script.runInThisContext() as Wrapper;
  return (require) => {
    const module = { exports: {} };
    call(module.exports, require, module, file, dirname(file));
  };
}
