import type { Host } from '../host.ts';
import type { ReportKind } from '../model/report/snapshot.ts';
import {
  answerText,
  type Offer,
  quotingOf,
  type WordAtCursor,
} from '../options/completion/answer.ts';
import { checkWords, completedFlags, type Values } from '../options/completion/completed-flags.ts';
import { completionScript } from '../options/completion/index.ts';
import { type LiveListing, liveListings } from '../options/completion/live.ts';
import { readShellLine } from '../options/completion/shell-line.ts';
import type { Shell } from '../options/completion/shells.ts';
import { type WordRole, wordRole } from '../options/completion/word-role.ts';
import { spellings } from '../options/flags.ts';
import { asValue } from '../select/expression/as-value.ts';
import { nextWords } from '../select/expression/next.ts';
import { joinWords } from '../select/expression/tokenize.ts';
import type { SourceFor } from '../sources/source.ts';
import { fixedWord, spelledAs } from '../text/fixed-word.ts';
import { liveOffers } from './completion-values.ts';
import { vocabulary } from './vocabulary.ts';

/** The output of `--completion SHELL`. */
export function completion(shell: Shell): string {
  return completionScript(shell, vocabulary);
}

/** Offers, and the offset in the current word at which they replace it. */
interface Offered extends Pick<WordAtCursor, 'at' | 'valueAt'> {
  readonly offers: readonly Offer[];
}

/**
 * The completions for the command line that a script of `completion` passes, one line per offer, in its shell's
 * format. TSNETSTAT_LINE holds the line up to the cursor, and TSNETSTAT_WORD the word that the shell replaces, if
 * it is not the last of the line. Empty on any error: the line is still being typed, and the terminal is in use; only
 * `--debug` shows it.
 * `argv`: the program's own arguments, which may also select a place, as in an alias or a wrapper.
 */
export async function answer(
  shell: Shell,
  argv: readonly string[],
  host: Host,
  sourceFor: SourceFor,
): Promise<string> {
  const { TSNETSTAT_LINE: line = '', TSNETSTAT_WORD: typed = null } = host.env;
  try {
    const { before, current } = readShellLine(line, quotingOf(shell));
    const role = wordRole(withoutProgram(before), current.text);
    const given = new Map([...wordRole(argv, '').given, ...role.given]);
    const live: ReadLive = (listing, written) =>
      liveOffers(listing, written, placeFlags(given, listing), host, sourceFor);
    const inShell = current.quotes.at(-1) === '';
    const { offers, ...rest } = await offered({ ...role, given }, current.text, inShell, live);
    return answerText(shell, offers, { current, typed, ...rest });
  } catch (error) {
    host.debug?.failed(new Error('nothing could be offered', { cause: error }));
    return '';
  }
}

/** Drops the words up to the program's name: another may precede it, as in `sudo tsnetstat`. */
function withoutProgram(words: readonly string[]): readonly string[] {
  const at = words.findIndex((word) => /(^|[\\/])tsnetstat(\.\w+)?$/.test(word));
  return words.slice(Math.max(at, 0) + 1);
}

/** The flags that select the place to read for a listing, which may itself be one of all network namespaces. */
function placeFlags(given: WordRole['given'], { flags }: LiveListing): readonly string[] {
  const isEverywhere = flags.includes('--all-netns');
  return ['proc-root', 'source', ...(isEverywhere ? [] : ['netns', 'all-netns'])].flatMap(
    (name) => {
      const value = given.get(name);
      return value === undefined ? [] : [`--${name}${value === '' ? '' : `=${value}`}`];
    },
  );
}

/** Reads the values of a listing; `written`: what is typed of the value. */
type ReadLive = (listing: LiveListing, written: string) => Promise<readonly Offer[]>;

async function offered(
  role: WordRole,
  word: string,
  inShell: boolean,
  live: ReadLive,
): Promise<Offered> {
  switch (role.kind) {
    case 'flag':
      return { at: 0, valueAt: 0, offers: flagOffers() };
    case 'value':
      return role.flag.value?.completes === 'ignored'
        ? ignoredOffers(role, word, inShell, live)
        : valueOffers(role, word, live);
    case 'expression':
      return expressionOffers(role, word, inShell, live);
  }
}

function flagOffers(): readonly Offer[] {
  return completedFlags(vocabulary).flatMap(({ names, summary }) =>
    names.map((text) => ({ text, more: summary })),
  );
}

async function valueOffers(
  { flag, at: valueAt, report }: Extract<WordRole, { kind: 'value' }>,
  word: string,
  live: ReadLive,
): Promise<Offered> {
  const known = completedFlags(vocabulary).find(({ names }) =>
    names.includes(spellings(flag)[0] ?? ''),
  );
  const { list = false, values } = known?.value ?? {};
  const at = list ? listItemAt(word, valueAt) : valueAt;
  const settingAt = values?.kind === 'checks' ? word.lastIndexOf(':') + 1 : 0;
  if (settingAt > at)
    return { at: settingAt, valueAt, offers: settings(word.slice(at, settingAt)) };
  const all = values === undefined ? [] : await offersOf(values, report, word.slice(at), live);
  return { at, valueAt, offers: list ? listItems(all, word.slice(valueAt, at)) : all };
}

/** The values to offer for a report; `written`: what is typed of the value, and what follows. */
async function offersOf(
  values: Values,
  report: ReportKind,
  written: string,
  live: ReadLive,
): Promise<readonly Offer[]> {
  switch (values.kind) {
    case 'live':
      return live(liveListings[values.live], written);
    case 'states':
      return (/[A-Z]/.test(written[0] ?? '') ? values.shown : spelledAs(written, values.words)).map(
        (text) => ({ text }),
      );
    case 'words':
    case 'checks':
      return values.words.map((text) => ({ text }));
    case 'columns':
      return vocabulary.columns[report].map((text) => ({ text }));
    case 'sort-keys': {
      const sign = written.startsWith('-') ? '-' : '';
      return vocabulary.sortKeys[report].map((key) => ({ text: sign + key }));
    }
    default:
      return [];
  }
}

/** The settings that can follow the check written so far, up to a colon, each with its default value. */
function settings(written: string): readonly Offer[] {
  const [name = '', ...set] = written.split(':');
  const meant = fixedWord(name);
  const { thresholds = [] } = vocabulary.checks.find((check) => check.name === meant) ?? {};
  return thresholds
    .filter(({ name: one }) => !set.some((text) => text.startsWith(`${one}=`)))
    .map(({ name: one, value, meaning }) => ({ text: `${one}=${value}`, more: meaning }));
}

/** Offset of a list's last item in the word. */
function listItemAt(word: string, valueAt: number): number {
  return Math.max(valueAt, word.lastIndexOf(',') + 1);
}

/** The offers that can be added to the list written so far. */
function listItems(offers: readonly Offer[], begun: string): readonly Offer[] {
  const before = begun.split(',');
  return offers.filter(({ text }) => !(text.includes(',') || before.includes(text)));
}

/** With --diff an expression, otherwise names of checks. */
async function ignoredOffers(
  { at: valueAt, report, given }: Extract<WordRole, { kind: 'value' }>,
  word: string,
  inShell: boolean,
  live: ReadLive,
): Promise<Offered> {
  if (given.has('diff') && !given.has('diagnose')) {
    const expression = { report, given, kind: 'expression', words: [] } as const;
    const written = word.slice(valueAt);
    const { at, offers } = await expressionOffers(expression, written, inShell, live);
    return { at: valueAt + at, valueAt, offers };
  }
  const at = listItemAt(word, valueAt);
  const checks = checkWords(vocabulary).map((text) => ({ text }));
  return { at, valueAt, offers: listItems(checks, word.slice(valueAt, at)) };
}

/** The listing of the values that a field of expressions can have. */
function listingOf(key: string): LiveListing | undefined {
  return Object.values<LiveListing>(liveListings).find(
    ({ report, column, field }) => (field ?? (report === undefined ? column : null)) === key,
  );
}

/** Whether an expression about the values of a listing is answered beside these flags, and not refused. */
function isAnswered({ beside }: LiveListing, given: WordRole['given']): boolean {
  return beside?.some((flag) => given.has(flag)) ?? true;
}

async function expressionOffers(
  { words, report, given }: Extract<WordRole, { kind: 'expression' }>,
  word: string,
  inShell: boolean,
  live: ReadLive,
): Promise<Offered> {
  if (report === 'interfaces') {
    const offers = (await live(liveListings.interfaces, word)).filter(
      ({ text }) => !words.includes(text),
    );
    return { at: 0, valueAt: 0, offers };
  }
  if (report !== 'sockets') return { at: 0, valueAt: 0, offers: [] };
  const text = joinWords([...words, word]);
  const next = nextWords(text, inShell);
  const offers: Offer[] = next.words.map((one) => ({ text: one }));
  for (const key of next.valuesOf) {
    const listing = listingOf(key);
    if (listing === undefined || !isAnswered(listing, given)) continue;
    // ss writes a port with a colon before it.
    const before = listing.column.endsWith('port') && text[next.at] === ':' ? ':' : '';
    for (const { text: value, more = '' } of await live(listing, text.slice(next.at))) {
      const written = asValue(before + value);
      if (written !== null) offers.push({ text: written, more });
    }
  }
  return { at: next.at - (text.length - word.length), valueAt: 0, offers };
}
