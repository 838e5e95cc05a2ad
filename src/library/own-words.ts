import { isNetstatError, NetstatError } from '../errors.ts';

/** What messages say for people at a command line, and what it is for a program. */
const phrases: readonly (readonly [string, string])[] = [
  ['--all-netns, --netns', 'netns'],
  ['--all-netns', "netns 'all'"],
  ['--diagnose', 'checks'],
  ['--metrics-remote', 'remotePorts'],
  [': add -c or --interval', ', as follow() reads them'],
  ['the counters of -s', 'the counters of statistics()'],
  // No option of the library's.
  [', or --source proc was given', ''],
  [', or was not asked (--source proc)', ''],
  ['--on', 'the option on'],
];

const known = new Map(phrases);

/** Phrases, or a flag; what is quoted is passed over. An apostrophe within a word begins no quotation. */
const pattern = new RegExp(
  [
    '"(?:[^"\\\\]|\\\\.)*"',
    "(?<!\\w)'[^']*'(?!\\w)",
    ...phrases.map(([phrase]) => `${phrase.replace(/[()]/g, '\\$&')}(?![\\w-])`),
    '(?<![\\w-])--[a-z][a-z-]*(?: and its columns)?',
  ].join('|'),
  'g',
);

/** A message for whoever gives options: flags are called by the options that they are, as `procRoot`. */
export function inOptions(message: string): string {
  return message.replace(pattern, (found) => {
    if (/^["']/.test(found)) return found;
    return known.get(found) ?? optionOf(found.replace(' and its columns', ''));
  });
}

/** `--proc-root` is `procRoot`. */
function optionOf(flag: string): string {
  return flag.slice(2).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** The same of something with a message, such as a warning. */
export function toldInOptions<T extends { readonly message: string }>(told: T): T {
  return { ...told, message: inOptions(told.message) };
}

/** What `task` gives; the errors that we throw on purpose speak of options. */
export async function speakingOfOptions<T>(task: () => Promise<T> | T): Promise<T> {
  try {
    return await task();
  } catch (error) {
    throw errorInOptions(error);
  }
}

/** An error that speaks of options, where it is one of ours. */
export function errorInOptions(error: unknown): unknown {
  if (!isNetstatError(error)) return error;
  const { code, summary, path, excerpt } = error;
  return new NetstatError(code, inOptions(summary), {
    ...{ excerpt, ...(path !== null && { path: /^--/.test(path) ? inOptions(path) : path }) },
    ...('cause' in error && { cause: error.cause }),
  });
}
