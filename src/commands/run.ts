import { exitCode, isNetstatError, type NetstatError } from '../errors.ts';
import type { Host } from '../host.ts';
import type { Query } from '../model/query.ts';
import { taskFrom } from '../options/index.ts';
import { ownOptionsCount } from '../options/own-flags.ts';
import { type GivenFlags, parseFlags } from '../options/parse-flags.ts';
import { sourceFor } from '../sources/index.ts';
import { sanitize } from '../text/sanitize.ts';
import { complain } from './complain.ts';
import { list } from './list.ts';

/**
 * The whole program: a command line in, text out, an exit code back.
 * Data flows one way: argv → Listing → source → select → resolve → view → stdout.
 */
export async function run(argv: readonly string[], host: Host): Promise<number> {
  let words: readonly string[] | null = null;
  try {
    host.debug?.enter('options');
    const task = taskFrom(argv, host.platform, await ownFlags(argv, host));
    if (task.kind === 'list') words = wordsOf(task.listing.query);
    switch (task.kind) {
      case 'help':
        await (await import('./help.ts')).help(task, host);
        return exitCode.done;
      case 'version':
        host.stdout.write(`tsnetstat ${host.version}\n`);
        return exitCode.done;
      case 'explain':
        host.stdout.write((await import('../explain/explain.ts')).explain(task.state));
        return exitCode.done;
      case 'completion': {
        const { answer, completion } = await import('./completion.ts');
        const isAsked = host.env.TSNETSTAT_LINE !== undefined;
        host.stdout.write(
          isAsked ? await answer(task.shell, argv, host, sourceFor) : completion(task.shell),
        );
        return exitCode.done;
      }
      case 'list':
        if (host.platform === 'win32' && argv.length === 1 && argv[0] === '-e') {
          complain(
            host,
            '-e adds columns to sockets; for the traffic that Windows shows with it, type -i',
          );
        }
        return await list(task.listing, host, sourceFor);
    }
  } catch (error) {
    if (!isNetstatError(error)) throw error;
    host.debug?.failed(error);
    const habit = await habitOf(error, argv, host.platform, words);
    if (habit === null) complain(host, error.summary, error.excerpt);
    else complain(host, habit);
    return exitCode.trouble;
  }
}

/** Options that are always wanted; what reads them is loaded only where some may count. */
async function ownFlags(argv: readonly string[], host: Host): Promise<GivenFlags | null> {
  if (!ownOptionsCount(argv, host.stdout.isTerminal)) return null;
  return (await import('./own-options.ts')).ownOptions(argv, host);
}

/** The words behind the flags, whatever they are to this report. */
function wordsOf({ filters, interfaces }: Query): readonly string[] {
  return interfaces.length > 0 ? interfaces : filters.expression;
}

/** What to say where the mistake is another tool's habit; null: it is none. */
async function habitOf(
  { code, path }: NetstatError,
  argv: readonly string[],
  platform: string,
  words: readonly string[] | null,
): Promise<string | null> {
  const isMistyped = code === 'usage' && (path === 'expression' || path?.startsWith('-') === true);
  if (path === null || !isMistyped) return null;
  const { habitAnswer } = await import('../options/habits.ts');
  // Where the mistake ended the reading of flags there was no listing yet.
  const found = path === 'expression' ? (words ?? parseFlags(argv, platform).words) : [];
  return habitAnswer({ subject: path, argv, words: found });
}

/**
 * What to say of an error that nobody threw on purpose: a fault of this program's. `isDebugging`: also
 * where it came from.
 */
export function faultText(error: unknown, isDebugging: boolean): string {
  const what = sanitize(String(error));
  if (!isDebugging) {
    return `internal error: ${what}; please report it, with what the same command says with --debug`;
  }
  const stack = error instanceof Error ? (error.stack ?? '').split('\n') : [];
  const places = stack.filter((line) => /^ +at /.test(line)).map(sanitize);
  return [`internal error: ${what}`, ...places].join('\n');
}
