/**
 * The program's start: what Node would do for `require`, but with V8's code cache. A run that finds
 * none leaves one behind where it may, as Python does.
 */
import { canKeepCodeCache, editionOf, readCodeCache, writeCodeCache } from './code-cache.js';
import { programOf, programScript } from './program-script.js';

/**
 * Whether this is a listing with owners, which has nearly all compiled that most runs need: `-p`, and
 * neither help nor another report.
 */
function isUsual(words: readonly string[]): boolean {
  return (
    words.some((word) => /^(-[A-Za-z\d]*p|--prog)/.test(word)) &&
    !words.some((word) => /^(-[A-Za-z\d]*[ghirsV]|--[ceghirv])/.test(word))
  );
}

/** V8 takes a cache under the flags only that it was made with: those of a plain start. */
const isPlain = () => process.execArgv.length === 0 && !process.env.NODE_OPTIONS;

const program = `${__dirname}/program.js`;
const edition = editionOf(program);
const cached = readCodeCache(program, edition);
const script = programScript(program, cached);

const lacksOne = cached === undefined || script.cachedDataRejected === true;
if (lacksOne && isUsual(process.argv.slice(2)) && isPlain() && canKeepCodeCache(program)) {
  process.once('exit', (code) => {
    if (code !== 0) return;
    try {
      writeCodeCache(program, edition, script.createCachedData());
    } catch {
      // The disk may be full; the next start compiles again.
    }
  });
}

programOf(script, program)(require);
