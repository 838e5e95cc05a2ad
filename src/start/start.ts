/**
 * The program's start: what Node would do for `require`, but with V8's code cache. The first run that
 * finds none leaves one behind where it may, as Python does.
 */
import { canKeepCodeCache, readCodeCache, writeCodeCache } from './code-cache.js';
import { programOf, programScript } from './program-script.js';

/** A run with owners has had nearly everything compiled that most runs need. */
const isUsual = () => process.argv.slice(2).some((word) => /^-[a-z]*p/.test(word));

const program = `${__dirname}/program.js`;
const cached = readCodeCache(program);
const script = programScript(program, cached);

if (cached === undefined && isUsual() && canKeepCodeCache(program)) {
  process.once('exit', (code) => {
    if (code !== 0) return;
    try {
      writeCodeCache(program, script.createCachedData());
    } catch {
      // The disk may be full; the next start compiles again.
    }
  });
}

programOf(script, program)(require);
