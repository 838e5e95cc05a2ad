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
import { layoutOf } from '../../views/live/layout.ts';
import { roundKeys } from '../../views/live/needed.ts';
import { detailsIn, type LiveState, start, within } from '../../views/live/state.ts';
import { detailReader } from './detail.ts';
import { regrouped, summed } from './rows-summary.ts';

/** How long a row shows a mark, in milliseconds. */
const lingering = 3000;
/** How often marks are checked between rounds, in milliseconds. */
const markTick = 1000;
/** Up to this many rows are sorted immediately. */
const fewRows = 20_000;

/** Thrown into a round that is no longer needed. */
const superseded = new Error('superseded');

/** What the screen shows. Keys, the terminal and rounds replace the state; they never modify it. */
export interface Showing {
  state: LiveState;
}

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
  showing: Showing,
  host: Host,
  parts: LiveRoundParts,
  draw: () => void,
): Promise<LiveRounds> {
  const live: Live = {
    ...{ showing, host, draw, questions: parts.questions, lastGood: showing.state.asked },
    ...{ nap: interruptibleWait(), warningOf: roundWarning() },
    readers: await readersOf(parts, host, showing.state),
  };
  return {
    follow: (before) => follow(live, before),
    readOn: () => readOn(live),
  };
}

/** The state, and the progress of reading. */
interface Live {
  readonly showing: Showing;
  readonly host: Host;
  readonly draw: () => void;
  readonly questions: Questions;
  /** The last listing that could be read. */
  lastGood: Listing;
  readonly readers: Readers;
  /** The wait between two rounds. */
  readonly nap: InterruptibleWait;
  readonly warningOf: ReturnType<typeof roundWarning>;
}

function change({ showing }: Live, changes: Partial<LiveState>): void {
  showing.state = { ...showing.state, ...changes };
}

function say(live: Live, text: string): void {
  change(live, { message: { text, isError: true } });
}

async function readOn(live: Live): Promise<never> {
  const { host, draw } = live;
  for (;;) {
    const begun = host.elapsed();
    try {
      await readOnce(live);
    } catch (error) {
      if (error === superseded) continue;
      if (!isNetstatError(error) || !recovered(live, error)) throw error;
    }
    draw();
    const worked = host.elapsed() - begun;
    // After a round that takes long, the wait is as long: at most half of a processor is used.
    await rest(live, begun, 2 * worked);
  }
}

/** Reads what the screen shows now: one socket's details, or rows. */
async function readOnce(live: Live): Promise<void> {
  const { showing, readers, questions } = live;
  questions.reading = questions.last;
  const details = detailsIn(showing.state.mode);
  if (details !== null) return readDetails(live, details.of);
  readers.details.end();
  return readRound(live);
}

async function readDetails(live: Live, of: MarkedSocket): Promise<void> {
  const { showing, readers, host } = live;
  const { asked, detail: before } = showing.state;
  const takenAt = new Date().toISOString();
  const detail = await readers.details.read(inNumbers(asked), of, before, readers.facts);
  const rates = await readers.traffic(host.elapsed());
  const { mode: now, head } = showing.state;
  if (detailsIn(now)?.of !== of) return;
  // The rates of all sockets are not known while one is read.
  const unknown = { received: null, sent: null, of: 'sockets' } as const;
  const traffic = head?.traffic?.of === 'sockets' ? unknown : rates;
  change(live, { detail, failure: null, head: { takenAt, traffic } });
}

async function readRound(live: Live): Promise<void> {
  const { showing, readers, host, questions } = live;
  await readers.ask(showing.state);
  const round = await readers.rounds.read();
  const rates = await readers.traffic(host.elapsed());
  if (questions.reading !== questions.last) throw superseded;
  showing.state = regrouped(withRound(showing.state, round, rates));
  change(live, { warning: live.warningOf(round.warnings, showing.state.warning) });
}

/** Returns the state with a new round. */
function withRound(
  state: LiveState,
  { takenAt, rows }: MarkedRound,
  rates: NonNullable<LiveState['head']>['traffic'],
): LiveState {
  const { size, place, chosen } = state;
  const { count, totals, ofSockets } = summed(rows);
  const found = chosen === null ? 0 : rows.indexOf(chosen);
  const at = found < 0 ? place.at : found;
  // The chosen row stays in the same line of the screen.
  const top = found < 0 ? place.top : place.top + at - place.at;
  return {
    ...state,
    round: { takenAt, rows, totals, count },
    head: { takenAt, traffic: ofSockets ?? rates },
    failure: null,
    place: chosen === null ? start : within({ at, top }, rows.length, layoutOf(size).height),
  };
}

/**
 * Reverts a listing chosen by key that is invalid; shows an error that may be temporary. Returns false if the error is
 * fatal.
 */
function recovered(live: Live, error: NetstatError): boolean {
  const { state } = live.showing;
  if (error.code === 'usage' || error.code === 'unsupported') {
    if (state.asked === live.lastGood) return false;
    change(live, { asked: live.lastGood });
    say(live, error.summary);
    live.questions.last++;
    return true;
  }
  if (state.round === null) return false;
  change(live, { failure: error.summary });
  return true;
}

/** Waits until the next round is due, or the question changes; `least`: how long after `begun` at least. */
async function rest(live: Live, begun: number, least: number): Promise<void> {
  const { showing, host, nap, questions } = live;
  if (showing.state.failure === null && questions.reading === questions.last) {
    live.lastGood = showing.state.asked;
  }
  const mine = questions.reading;
  for (;;) {
    if (mine !== questions.last) return;
    const { interval, isPaused } = showing.state;
    const left = begun + Math.max(least, interval) - host.elapsed();
    if (!isPaused && left <= 0) return;
    await nap.wait(isPaused ? null : Math.min(left, markTick));
    if (!showing.state.isPaused) expire(live);
  }
}

/** Marks expire even if the next round is far away. */
function expire(live: Live): void {
  const { round, mode } = live.showing.state;
  if (round === null || detailsIn(mode) !== null) return;
  const rows = live.readers.rounds.expired(round.rows);
  if (rows === null) return;
  change(live, { round: { ...round, rows } });
  live.draw();
}

function follow(live: Live, before: LiveState): void {
  const { showing, readers, nap } = live;
  const { state } = showing;
  if (state === before) return;
  if (state.asked.query !== before.asked.query) change(live, { failure: null });
  if (state.grouping !== before.grouping) showing.state = regrouped(showing.state);
  const isOther = isOtherQuestion(before, state, readers.facts);
  if (isOther) {
    live.questions.last++;
    const { rows = [] } = state.round ?? {};
    if (state.asked.query.sort !== before.asked.query.sort && rows.length <= fewRows) resort(live);
  }
  if (isOther || state.interval !== before.interval || state.isPaused !== before.isPaused) {
    nap.end();
  }
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
function resort(live: Live): void {
  const { showing, questions } = live;
  const mine = questions.last;
  const { round, asked } = showing.state;
  if (round === null) return;
  live.readers.rounds.sorted(round.rows, asked.query.sort).then(
    (rows) => {
      if (mine !== questions.last || showing.state.round !== round) return;
      change(live, { round: { ...round, rows } });
      live.draw();
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
