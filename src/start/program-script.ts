import { dirname } from 'node:path';
import { Script } from 'node:vm';

/** Calls the program as Node would call a CommonJS module; it is given `require`. */
export type Program = (require: NodeJS.Require) => void;

/** What a module of CommonJS is given (nodejs.org/api/modules.html, "The module wrapper"). */
type Wrapper = (
  exports: unknown,
  require: NodeJS.Require,
  module: { exports: unknown },
  fileName: string,
  folder: string,
) => void;

/**
 * The program, compiled: `source` is that of `file`, a CommonJS module in its wrapper, in ASCII, as the
 * build writes it.
 * `cachedData` is what `script.createCachedData()` once gave for the same file; V8 refuses what another
 * version of it made, or with other flags, and compiles as if there were none.
 */
export function programScript(file: string, source: Buffer, cachedData?: Buffer): Script {
  return new Script(
    source.toString('latin1'),
    cachedData === undefined ? { filename: file } : { filename: file, cachedData },
  );
}

/** The program of a script that `programScript` made of `file`. */
export function programOf(script: Script, file: string): Program {
  const call = script.runInThisContext() as Wrapper;
  return (require) => {
    const module = { exports: {} };
    call(module.exports, require, module, file, dirname(file));
  };
}
