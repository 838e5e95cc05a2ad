import { isNetstatError, type NetstatError } from '../../errors.ts';
import { eventLoopTurn } from '../../flow/event-loop.ts';
import { type InterruptibleWait, interruptibleWait } from '../../flow/interruptible-wait.ts';
import type { Host } from '../../host.ts';
import type { Fact } from '../../model/report/facts.ts';
import { knownWarnings } from '../../model/report/known-warnings.ts';
import type { MarkedSocket } from '../../model/report/marked-socket.ts';
import { type Warning, warningKey } from '../../model/report/snapshot.ts';
import { lackingRows, onlyVerbose } from '../../model/report/warning-codes.ts';
import type { Listing } from '../../model/request/listing.ts';
import { inNumbers, type MarkedRound, markedRounds } from '../../pipeline/marked-rounds.ts';
import { trafficMeter } from '../../pipeline/traffic.ts';
import type { LazyResolver } from '../../resolve/index.ts';
import type { Source } from '../../sources/source.ts';
import { roundKeys } from '../../views/live/needed.ts';
import { withRound } from '../../views/live/selection.ts';
import { detailsIn, type LiveState } from '../../views/live/state.ts';
import { detailReader } from './detail.ts';
import { regrouped, summed } from './rows-summary.ts';
import type { ScreenState } from './screen-state.ts';

/** How long a row shows a mark, in milliseconds. */
const lingering = 3000;
/** How often marks are checked between rounds, in milliseconds. */
const markTick = 1000;
/** Up to this many rows are sorted immediately. */
const fewRows = 20_000;

/** Thrown into a round that is no longer needed. */
const superseded = new Error('superseded');

/** The questions that have been asked, by number: a round for an earlier one than the last is no longer needed. */
export interface Questions {
  last: number;
  /** The one that is being read. */
  reading: number;
  /** Awaited between slices of work, so that keys are handled and a round for an earlier question ends. */
  pause(): Promise<void>;
}

/** Nothing is asked yet but what the command line asks. */
export function firstQuestion(): Questions {
  const questions: Questions = {
    last: 0,
    reading: 0,
    async pause() {
      await eventLoopTurn();
      if (questions.reading !== questions.last) throw superseded;
    },
  };
  return questions;
}

/** What rounds are read with. */
export interface LiveRoundParts {
  /** Awaits the pauses of `questions`. */
  readonly source: Source;
  readonly resolver: LazyResolver;
  readonly questions: Questions;
}

/** Reads rounds into the state for as long as the screen is open. */
export interface LiveRounds {
  /** Reacts to changes since an earlier state: another question is read at once, another interval waited for. */
  follow(before: LiveState): void;
  /** @throws NetstatError if nothing could be read yet, or the command line's listing is invalid */
  readOn(): Promise<never>;
}

/**
 * Prepares the rounds of the listing, before anything is shown. `draw` is called when the state has changed.
 * @throws NetstatError if the listing is invalid
 */
export async function liveRounds(
  onScreen: ScreenState,
  host: Host,
  parts: LiveRoundParts,
  draw: () => void,
): Promise<LiveRounds> {
  const progress: Progress = {
    ...{ onScreen, host, draw, questions: parts.questions, lastGood: onScreen.state.asked },
    held: null,
    ...{ nap: interruptibleWait(), warningOf: roundWarning() },
    readers: await readersOf(parts, host, onScreen.state),
  };
  return {
    follow: (before) => follow(progress, before),
    readOn: () => readOn(progress),
  };
}

/** The state, and the progress of reading. */
interface Progress {
  readonly onScreen: ScreenState;
  readonly host: Host;
  readonly draw: () => void;
  readonly questions: Questions;
  /** The last listing that could be read. */
  lastGood: Listing;
  /** What the rows that are shown were read for, and the header with them; null: the last round failed. */
  held: HeldRound | null;
  readonly readers: Readers;
  /** The wait between two rounds. */
  readonly nap: InterruptibleWait;
  readonly warningOf: ReturnType<typeof roundWarning>;
}

/** A round that a pause holds on the screen. */
interface HeldRound {
  readonly query: Listing['query'];
  /** The columns that were read. */
  readonly keys: readonly string[];
  readonly head: LiveState['head'];
}

async function readOn(progress: Progress): Promise<never> {
  const { host, draw } = progress;
  for (;;) {
    const begun = host.elapsed();
    try {
      await readOnce(progress);
    } catch (error) {
      if (error === superseded) continue;
      if (!isNetstatError(error) || !recovered(progress, error)) throw error;
    }
    draw();
    const worked = host.elapsed() - begun;
    // After a round that takes long, the wait is as long: at most half of a processor is used.
    await rest(progress, begun, 2 * worked);
  }
}

/** Reads what the screen shows now: one socket's details, or rows. */
async function readOnce(progress: Progress): Promise<void> {
  const { onScreen, readers, questions } = progress;
  questions.reading = questions.last;
  const details = detailsIn(onScreen.state.mode);
  if (details !== null) return readDetails(progress, details.of);
  readers.details.end();
  return readRound(progress);
}

async function readDetails(progress: Progress, of: MarkedSocket): Promise<void> {
  const { onScreen, readers, host } = progress;
  const { asked, detail: before } = onScreen.state;
  const takenAt = new Date().toISOString();
  const detail = await readers.details.read(inNumbers(asked), of, before, readers.facts);
  const rates = await readers.traffic(host.elapsed());
  const { mode: now, head } = onScreen.state;
  if (detailsIn(now)?.of !== of) return;
  // The rates of all sockets are not known while one is read.
  const unknown = { received: null, sent: null, of: 'sockets' } as const;
  const traffic = head?.traffic?.of === 'sockets' ? unknown : rates;
  onScreen.change({ detail, failure: null, head: { takenAt, traffic } });
}

async function readRound(progress: Progress): Promise<void> {
  const { onScreen, readers, host, questions } = progress;
  const { state } = onScreen;
  await readers.ask(state);
  const round = await readers.rounds.read();
  const rates = await readers.traffic(host.elapsed());
  if (questions.reading !== questions.last) throw superseded;
  showRead(progress, round, rates);
  onScreen.change({ warning: progress.warningOf(round.warnings, onScreen.state.warning) });
  const { head } = onScreen.state;
  progress.held = { query: state.asked.query, keys: roundKeys(state, readers.facts), head };
}

/** Shows a new round. */
function showRead(
  progress: Progress,
  { takenAt, rows }: MarkedRound,
  rates: NonNullable<LiveState['head']>['traffic'],
): void {
  const { onScreen } = progress;
  const { count, totals, ofSockets } = summed(rows);
  showRows(progress, { takenAt, rows, totals, count });
  onScreen.state = regrouped(onScreen.state);
  onScreen.change({ head: { takenAt, traffic: ofSockets ?? rates }, failure: null });
}

/** Shows rows; the selected one stays selected. */
function showRows({ onScreen, readers }: Progress, round: NonNullable<LiveState['round']>): void {
  onScreen.state = withRound(onScreen.state, round, readers.rounds.isHidden);
}

/**
 * Reverts a listing chosen by key that is invalid. Any other error is shown once rows have been read: the listing was
 * valid then, so what it asks for is gone, such as a network namespace, and may come back. Returns false if the error is
 * fatal.
 */
function recovered(progress: Progress, error: NetstatError): boolean {
  const { onScreen, lastGood } = progress;
  const { state } = onScreen;
  const isRefused = error.code === 'usage' || error.code === 'unsupported';
  if (isRefused && !isSameListing(state.asked, lastGood)) {
    onScreen.change({ asked: lastGood });
    onScreen.say({ text: error.summary, isError: true });
    progress.questions.last++;
    return true;
  }
  if (state.round === null) return false;
  if (detailsIn(state.mode) === null) progress.held = null;
  onScreen.change({ failure: error.summary });
  return true;
}

/** Whether two listings read the same; names instead of numbers are only another look. */
function isSameListing(one: Listing, other: Listing): boolean {
  return one.query === other.query && one.view.columns === other.view.columns;
}

/** Waits until the next round is due, or the question changes; `least`: how long after `begun` at least. */
async function rest(progress: Progress, begun: number, least: number): Promise<void> {
  const { onScreen, host, nap, questions } = progress;
  if (onScreen.state.failure === null && questions.reading === questions.last) {
    progress.lastGood = onScreen.state.asked;
  }
  const mine = questions.reading;
  for (;;) {
    if (mine !== questions.last) return;
    const { interval, isPaused } = onScreen.state;
    const left = begun + Math.max(least, interval) - host.elapsed();
    if (!isPaused && left <= 0) return;
    await nap.wait(isPaused ? null : Math.min(left, markTick));
    if (detailsIn(onScreen.state.mode) === null) progress.readers.details.end();
    if (!onScreen.state.isPaused) expire(progress);
  }
}

/** Marks expire even if the next round is far away. */
function expire(progress: Progress): void {
  const { onScreen } = progress;
  const { round, mode } = onScreen.state;
  if (round === null || detailsIn(mode) !== null) return;
  const rows = progress.readers.rounds.expired(round.rows);
  if (rows === null) return;
  showRows(progress, { ...round, rows });
  progress.draw();
}

function follow(progress: Progress, before: LiveState): void {
  const { onScreen, readers, nap } = progress;
  const { state } = onScreen;
  if (state === before) return;
  // The rows are those of the query before; groups that are shown again with theirs wait for the next round.
  if (state.asked.query !== before.asked.query) onScreen.change({ failure: null });
  else if (state.grouping !== before.grouping) onScreen.state = regrouped(onScreen.state);
  const hasLeftDetails = detailsIn(before.mode) !== null && detailsIn(state.mode) === null;
  const isHeld = state.isPaused && holds(progress, state);
  const isOther = !isHeld && isOtherQuestion(before, state, readers.facts);
  if (isHeld && hasLeftDetails)
    onScreen.change({ head: progress.held?.head ?? null, failure: null });
  if (isOther) {
    progress.questions.last++;
    const { rows = [] } = state.round ?? {};
    const isResorted = state.asked.query.sort !== before.asked.query.sort;
    if (isResorted && rows.length <= fewRows) resort(progress);
  }
  const isOtherPace = state.interval !== before.interval || state.isPaused !== before.isPaused;
  if (isOther || isOtherPace || hasLeftDetails) nap.end();
}

/** Whether the rows that are shown are those that the state asks for. */
function holds({ held, readers }: Progress, state: LiveState): boolean {
  if (held === null || detailsIn(state.mode) !== null) return false;
  const keys = roundKeys(state, readers.facts);
  return held.query === state.asked.query && keys.every((key) => held.keys.includes(key));
}

function isOtherQuestion(before: LiveState, state: LiveState, facts: readonly Fact[]): boolean {
  const keysOf = (one: LiveState) => roundKeys(one, facts).join();
  return (
    state.asked.query !== before.asked.query ||
    keysOf(state) !== keysOf(before) ||
    (detailsIn(state.mode) === null) !== (detailsIn(before.mode) === null)
  );
}

/** Sorts few rows immediately, before the next round. */
function resort(progress: Progress): void {
  const { onScreen, questions } = progress;
  const mine = questions.last;
  const { round, asked } = onScreen.state;
  if (round === null) return;
  progress.readers.rounds.sorted(round.rows, asked.query.sort).then(
    (rows) => {
      if (mine !== questions.last || onScreen.state.round !== round) return;
      showRows(progress, { ...round, rows });
      progress.draw();
    },
    () => undefined,
  );
}

type Readers = Awaited<ReturnType<typeof readersOf>>;

/** Returns the readers for a source, whose first rounds are for `state`. */
async function readersOf(
  { source, resolver, questions: { pause } }: LiveRoundParts,
  { elapsed }: Host,
  state: LiveState,
) {
  const { facts } = source;
  let listing = roundListing(state, facts);
  const parts = { source, resolver, pause, elapsed, lingering };
  const rounds = await markedRounds(parts, listing);
  return {
    facts,
    rounds,
    /** Sets the state that rounds are read for. */
    async ask(now: LiveState): Promise<void> {
      const next = roundListing(now, facts);
      if (JSON.stringify(next) === JSON.stringify(listing)) return;
      await rounds.ask(next);
      listing = next;
    },
    details: detailReader({ source, resolver }),
    traffic: trafficMeter(source),
  };
}

/** What rounds read for a state. */
function roundListing(state: LiveState, facts: readonly Fact[]): Listing {
  const { asked, interval } = state;
  return {
    ...asked,
    view: { ...asked.view, columns: roundKeys(state, facts) },
    schedule: { ...asked.schedule, interval },
  };
}

/**
 * Chooses what is said about a round: which rows it may lack, as long as it may; anything else once, until a key is
 * pressed or a round has it no more.
 */
function roundWarning(): (
  warnings: readonly Warning[],
  before: LiveState['warning'],
) => LiveState['warning'] {
  const known = knownWarnings();
  let said: string | null = null;
  return (warnings, before) => {
    const lacking = warnings.filter(({ code }) => lackingRows.has(code));
    const [first] = lacking;
    if (first !== undefined) {
      const count = lacking.length === 1 ? '' : `(1 of ${lacking.length}) `;
      return { text: `${count}${first.message}`, isLasting: true };
    }
    const others = warnings.filter(({ code }) => !onlyVerbose.has(code));
    const isSaid = before !== null && !before.isLasting;
    const now =
      (isSaid ? others.find((one) => warningKey(one) === said) : undefined) ??
      others.find((one) => known.isNews(one));
    if (now === undefined) return null;
    said = warningKey(now);
    return { text: now.message, isLasting: false };
  };
}
