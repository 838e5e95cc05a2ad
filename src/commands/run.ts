import { exitCode, isNetstatError, type NetstatError } from '../errors.ts';
import type { Host } from '../host.ts';
import type { Query } from '../model/request/query.ts';
import type { GivenFlags } from '../options/given-flags.ts';
import { type Task, taskOf } from '../options/index.ts';
import { doOwnOptionsApply } from '../options/own-flags.ts';
import { ownWords, plainFlags } from '../options/plain-flags.ts';
import { sourceFor } from '../sources/index.ts';
import type { SourceFor } from '../sources/source.ts';
import { complain } from './complain.ts';
import { list } from './list/list.ts';

/**
 * Runs the program: takes a command line, writes text, and returns the exit code. Data flows one way: argv →
 * Listing → source → select → resolve → view → stdout.
 */
export async function run(argv: readonly string[], host: Host): Promise<number> {
  let words: readonly string[] | null = null;
  let own: GivenFlags | null = null;
  try {
    host.debug?.enter('options');
    own = await ownFlags(argv, host);
    const task = taskOf(await flagsOf(argv, host), own);
    if ('listing' in task) words = wordsOf(task.listing.query);
    switch (task.kind) {
      case 'help':
        await (await import('./help.ts')).help(task, host);
        return exitCode.done;
      case 'version':
        host.stdout.write(`tsnetstat ${host.version}\n`);
        return exitCode.done;
      case 'explain':
        host.stdout.write((await import('./explain.ts')).explained(task.words, host.platform));
        return exitCode.done;
      case 'completion': {
        const { answer, completion } = await import('./completion.ts');
        const isAsked = host.env.TSNETSTAT_LINE !== undefined;
        host.stdout.write(
          isAsked ? await answer(task.shell, argv, host, sourceFor) : completion(task.shell),
        );
        return exitCode.done;
      }
      default: {
        const { machines } = task.listing.target;
        if (machines === null) return await runListing(task, host, sourceFor, argv);
        const { onMachines } = await import('./machines.ts');
        return await onMachines(task, machines, host, sourceFor, (named, host, sourceFor) =>
          runListing(named, host, sourceFor, argv),
        );
      }
    }
  } catch (error) {
    if (!isNetstatError(error)) throw error;
    host.debug?.failed(error);
    const [text, ...excerpt] = await answerTo(error, argv, host, words);
    const hint = own === null ? '' : (await import('./own-options.ts')).ownHint(error, own, argv);
    complain(host, text + hint, ...excerpt);
    return exitCode.trouble;
  }
}

/** Runs a task that reads sockets or another report. */
async function runListing(
  task: Extract<Task, { readonly listing: unknown }>,
  host: Host,
  sourceFor: SourceFor,
  argv: readonly string[],
): Promise<number> {
  switch (task.kind) {
    case 'save': {
      const { save } = await import('./save.ts');
      return save(task.listing, task.save, host, sourceFor);
    }
    case 'compare': {
      const { compare } = await import('./compare/compare.ts');
      return compare(task.listing, task.comparison, host, sourceFor);
    }
    case 'follow':
      return (await import('./follow.ts')).follow(task, host, sourceFor);
    case 'diagnose':
      return (await import('./diagnose.ts')).diagnoseCommand(task, host, sourceFor);
    case 'serve':
      return (await import('./serve.ts')).serve(task, host, sourceFor);
    case 'metrics':
      return (await import('./metrics.ts')).metrics(task, host, sourceFor);
    case 'live':
      return (await import('./live/live.ts')).live(task.listing, host, sourceFor);
    case 'list':
      if (host.platform === 'win32' && argv.length === 1 && argv[0] === '-e') {
        complain(
          host,
          '-e adds columns to sockets; for the traffic that Windows shows with it, type -i',
        );
      }
      return list(task.listing, host, sourceFor);
  }
}

/** Parses the command line; most contain only plain flags, and commander is loaded for the others. */
async function flagsOf(
  argv: readonly string[],
  { platform, compilesForOthers }: Host,
): Promise<GivenFlags> {
  const words = ownWords(argv, platform);
  const plain = plainFlags(words);
  if (plain !== null && !compilesForOthers) return plain;
  return (await import('../options/parse-flags.ts')).parseWords(words);
}

/** The user's own default options; the parser is loaded only if they may apply. */
async function ownFlags(argv: readonly string[], host: Host): Promise<GivenFlags | null> {
  if (!doOwnOptionsApply(argv, host.stdout.isTerminal)) return null;
  return (await import('./own-options.ts')).ownOptions(host);
}

/** The words after the flags, whatever they mean in this report. */
function wordsOf({ filters, interfaces }: Query): readonly string[] {
  return interfaces.length > 0 ? interfaces : filters.expression;
}

/** The message for an error, and its excerpt; for a mistake that is another tool's habit, what to type instead. */
async function answerTo(
  { code, about, at, summary, excerpt }: NetstatError,
  argv: readonly string[],
  host: Host,
  words: readonly string[] | null,
): Promise<readonly [text: string, excerpt?: readonly string[]]> {
  if (code !== 'usage') return [summary, excerpt];
  const { answerToShortened, asTyped, habitAnswer } = await import('../options/habit-answer.ts');
  if (about !== null) {
    // If the mistake stopped the parsing of flags, there is no listing yet.
    const found = typeof about === 'object' ? [] : (words ?? (await flagsOf(argv, host)).words);
    const { beginsCondition, isExpression, isValueOf } = await import('./words-known.ts');
    const habit = habitAnswer({
      ...{ about, argv, words: found, at, platform: host.platform },
      ...{ beginsCondition, isExpression, isValueOf },
    });
    if (habit !== null) return [habit];
  }
  const named = asTyped(summary, argv);
  const foreign = answerToShortened(named, argv, host.platform);
  return foreign === null ? [named, excerpt] : [foreign];
}
