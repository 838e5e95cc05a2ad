/** The program's start: what Node would do for `require`, with the code cache that installing made. */
import { readCodeCache } from './code-cache.js';
import { programOf, programScript } from './program-script.js';

const program = `${__dirname}/program.js`;
programOf(programScript(program, readCodeCache(program)), program)(require);
