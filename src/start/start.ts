/**
 * The program's start: what Node does for `require`, but with V8's code cache. A run that finds no cache writes one
 * if it may, as Python does. TSNETSTAT_NO_CODE_CACHE, set to any value, turns both off.
 */
import { writeSync } from 'node:fs';
import {
  canKeepCodeCache,
  type ProgramFile,
  readCodeCache,
  readProgram,
  writeCodeCache,
} from './code-cache.ts';
import { leavesCodeCache } from './leaving.ts';
import { programOf, programScript } from './program-script.ts';

/**
 * Whether this is a listing with owners (`-p`, without help or another report): such a run compiles nearly
 * everything that most runs need.
 */
function isTypical(words: readonly string[]): boolean {
  return (
    words.some((word) => /^(-[A-Za-z\d]*p|--prog)/.test(word)) &&
    !words.some((word) => /^(-[A-Za-z\d]*[ghirsV]|--[ceghirv])/.test(word))
  );
}

/** V8 accepts a cache only with the flags that it was made with: those of a start without options. */
const hasNoNodeOptions = () => process.execArgv.length === 0 && !process.env.NODE_OPTIONS;

function readFile(): ProgramFile {
  try {
    return readProgram(program);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    writeSync(2, `tsnetstat: ${program}: cannot be read (${code}); reinstall tsnetstat\n`);
    process.exit(2);
  }
}

const program = `${__dirname}/program.js`;
const content = readFile();
// In ASCII, as the build writes it. Its memory is used again for the code.
const source = content.source.toString('latin1');
const isOff = Boolean(process.env.TSNETSTAT_NO_CODE_CACHE);
const cached = isOff ? undefined : readCodeCache(program, content);
const script = programScript(program, source, cached);

const lacksCache = !isOff && (cached === undefined || script.cachedDataRejected === true);
if (
  lacksCache &&
  isTypical(process.argv.slice(2)) &&
  hasNoNodeOptions() &&
  canKeepCodeCache(program)
) {
  Object.defineProperty(globalThis, leavesCodeCache, { value: true });
  process.once('exit', (code) => {
    if (code !== 0) return;
    try {
      writeCodeCache(program, Buffer.from(source, 'latin1'), script.createCachedData());
    } catch {
      // The disk may be full; the next start compiles again.
    }
  });
}

programOf(script, program)(require);
