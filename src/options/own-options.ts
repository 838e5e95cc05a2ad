import { isNetstatError, reworded } from '../errors.ts';
import { allFlags } from './flag-table.ts';
import type { FlagGroup } from './flags.ts';
import { type FlagName, type GivenFlags, nameOf } from './given-flags.ts';
import { metricFormatOf } from './metrics-from.ts';
import { parseFlags } from './parse-flags.ts';
import { checkSeconds } from './schedule-from.ts';
import { usageError } from './usage.ts';

/** A text with the user's own default options, and its name for messages. */
export interface OwnText {
  /** `TSNETSTAT_OPTIONS`, or a file's path. */
  readonly name: string;
  readonly text: string;
  /** Whether it is a file; error messages then include the line. */
  readonly hasLines: boolean;
}

/** Groups of options that may be set as defaults: how things are shown, never what is asked. */
const groups: readonly FlagGroup[] = ['display', 'output'];
const never: readonly FlagName[] = [
  ...(['quiet', 'pids', 'wait', 'wait-gone', 'follow', 'live'] as const),
  ...(['save', 'save-mode', 'diff', 'ignore'] as const),
  ...(['serve', 'serve-auth', 'serve-anyone', 'serve-timeout'] as const),
  ...(['metrics-top', 'metrics-remote'] as const),
];

/**
 * Parses these texts; later texts and lines take precedence.
 * @param checkRows throws for unknown columns or sort keys; they are those of sockets
 * @throws NetstatError `usage`, which names the text and the line
 */
export function ownFlags(
  texts: readonly OwnText[],
  platform: string,
  checkRows: (flags: GivenFlags) => void = () => undefined,
): GivenFlags {
  const words: string[] = [];
  for (const { name, text, hasLines } of texts) {
    for (const [i, line] of (hasLines ? text.split(/\r?\n/) : [text]).entries()) {
      const place = hasLines ? `${name}, line ${i + 1}` : name;
      try {
        const found = splitWords(line);
        const given = parseFlags(found, platform);
        check(given);
        checkSeconds(given);
        checkRows(given);
        words.push(...found);
      } catch (error) {
        if (!isNetstatError(error)) throw error;
        // A flag of the file is none of the words that another tool's habit would be looked for in.
        throw reworded(error, `${place}: ${error.summary}`, { about: null, at: null });
      }
    }
  }
  return parseFlags(words, platform);
}

function check(given: GivenFlags): void {
  const [word] = given.words;
  if (word !== undefined)
    throw usageError(`${word}: expected an option; filters belong on the command line`);
  for (const flag of allFlags) {
    const name = nameOf(flag);
    const isMeasuring = name === 'format' && metricFormatOf(given) !== null;
    const isOfShow = groups.includes(flag.group) && !never.includes(name) && !isMeasuring;
    if (!given.has(name) || isOfShow) continue;
    const shown = flag.long === undefined ? `-${flag.short}` : `--${flag.long}`;
    throw usageError(`${shown}: expected a display option; this one selects what is listed`);
  }
}

/**
 * Splits a line into words as a shell does: at blanks, with quotes and backslashes; nothing else is special. A `#`
 * at the beginning of a word starts a comment.
 * @throws NetstatError `usage` for an unterminated quote
 */
export function splitWords(line: string): readonly string[] {
  const words: string[] = [];
  let word: string | null = null;
  for (let i = 0; i < line.length; i++) {
    const character = line[i] as string;
    if (/\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else if (character === '#' && word === null) {
      break;
    } else if (character === "'" || character === '"') {
      const [text, end] = quotedText(line, i);
      word = (word ?? '') + text;
      i = end;
    } else if (character === '\\' && i + 1 < line.length) {
      word = (word ?? '') + line[++i];
    } else {
      word = (word ?? '') + character;
    }
  }
  if (word !== null) words.push(word);
  return words;
}

/** The text of the quotation that begins at `start`, and the index of its end. */
function quotedText(line: string, start: number): readonly [text: string, end: number] {
  const quote = line[start] as string;
  let text = '';
  for (let i = start + 1; i < line.length; i++) {
    const character = line[i] as string;
    if (character === quote) return [text, i];
    const isEscaped = quote === '"' && character === '\\' && /["\\]/.test(line[i + 1] ?? '');
    text += isEscaped ? line[++i] : character;
  }
  throw usageError(`${quote}: expected the end of the quote`);
}
