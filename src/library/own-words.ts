import { isNetstatError, reworded } from '../errors.ts';

/** Phrases of messages written for a command line, and what the library says instead. */
const phrases: readonly (readonly [string, string])[] = [
  ['--all-netns, --netns', 'netns'],
  ['--all-netns', "netns 'all'"],
  ['--diagnose', 'checks'],
  ['--metrics-remote', 'remotePorts'],
  [': they need -c, --follow or --live', ', as follow() reads them'],
  ['; -l lists their servers', "; which: 'listening' lists their servers"],
  ['the counters of -s', 'the counters of statistics()'],
  ['--source proc', "source 'proc'"],
  [' (--resolve-timeout)', ''],
  ['--on', 'the option on'],
];

const known = new Map(phrases);

/** Matches phrases and flags; skips quoted text. An apostrophe within a word does not start a quotation. */
const pattern = new RegExp(
  [
    '"(?:[^"\\\\]|\\\\.)*"',
    "(?<!\\w)'[^']*'(?!\\w)",
    ...phrases.map(([phrase]) => `${phrase.replace(/[()]/g, '\\$&')}(?![\\w-])`),
    '(?<![\\w-])--[a-z][a-z-]*',
  ].join('|'),
  'g',
);

/** Rewrites a message for users of the library: flags become option names, such as `procRoot`. */
export function inOptions(message: string): string {
  return message.replace(pattern, (found) => {
    if (/^["']/.test(found)) return found;
    return known.get(found) ?? optionOf(found);
  });
}

/** The option for a flag: `--proc-root` is `procRoot`. */
function optionOf(flag: string): string {
  return flag.slice(2).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Rewrites the `message` of an object, such as a warning. */
export function wordedInOptions<T extends { readonly message: string }>(one: T): T {
  return { ...one, message: inOptions(one.message) };
}

/** Runs `task`; a `NetstatError` that it throws names options instead of flags. */
export async function speakingOfOptions<T>(task: () => Promise<T> | T): Promise<T> {
  try {
    return await task();
  } catch (error) {
    throw errorInOptions(error);
  }
}

/** Rewrites a `NetstatError` to name options; returns any other error as it is. */
export function errorInOptions(error: unknown): unknown {
  if (!isNetstatError(error)) return error;
  const { summary, path } = error;
  const isFlag = path !== null && /^--/.test(path);
  return reworded(error, inOptions(summary), isFlag ? { path: inOptions(path) } : {});
}
