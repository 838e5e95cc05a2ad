import { isNetstatError, type NetstatError } from '../errors.ts';
import type { Host } from '../host.ts';
import type { Fact } from '../model/facts.ts';
import type { Listing } from '../model/listing.ts';
import { warningKey } from '../model/snapshot.ts';
import { inNumbers, type MarkedRound, markedRounds } from '../pipeline/marked-rounds.ts';
import { trafficMeter } from '../pipeline/traffic.ts';
import type { NameResolver } from '../resolve/index.ts';
import type { Source } from '../sources/source.ts';
import { layoutOf } from '../views/live/layout.ts';
import { roundKeys } from '../views/live/needed.ts';
import { type LiveState, start, within } from '../views/live/state.ts';
import { detailReader } from './live-detail.ts';
import { regrouped, summed } from './live-words.ts';
import { forgetAnswered } from './warnings.ts';

/** How long a row shows what happened to it, in milliseconds. */
const lingering = 3000;
/** So often marks are looked at where no round comes, in milliseconds. */
const markTick = 1000;
/** So few rows are sorted at once. */
const fewRows = 20_000;

/** Thrown into a round that nobody wants any more. */
const superseded = new Error('superseded');

/** What the screen shows. It is replaced by keys, by the terminal and by rounds, never changed. */
export interface Showing {
  state: LiveState;
}

/** Reads rounds into what is shown, for as long as the screen is there. */
export interface LiveRounds {
  /** Awaited between slices of work: keys have their turn, and a round for an earlier question ends. */
  pause(): Promise<void>;
  /**
   * Makes ready what is asked, before anything is shown.
   * @throws NetstatError for what is asked wrongly
   */
  prepare(source: Source): Promise<void>;
  /** Looks what has changed since a state: another question is asked at once, another interval waited for. */
  follow(before: LiveState): void;
  /** @throws NetstatError where nothing could be read yet, or what was asked on the command line cannot be */
  readOn(): Promise<never>;
}

/** `draw`: what is shown has changed. */
export function liveRounds(
  showing: Showing,
  host: Host,
  resolver: () => Promise<NameResolver>,
  draw: () => void,
): LiveRounds {
  /** Counts what was asked: a round for an earlier question is not wanted any more. */
  let question = 0;
  /** The question that is being read for. */
  let reading = 0;
  let wake: () => void = () => undefined;
  /** What was asked last that could be read. */
  let lastGood: Listing = showing.state.asked;
  let readers: ReturnType<typeof readersOf> | null = null;
  let askedNow: string | null = null;
  const warned = new Set<string>();
  let failing: ReadonlySet<string> = new Set();

  async function pause(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    if (reading !== question) throw superseded;
  }

  function readersOf(source: Source) {
    const { elapsed } = host;
    return {
      facts: source.facts,
      rounds: markedRounds({ source, resolver, pause, elapsed, lingering }),
      readDetail: detailReader({ source, resolver }),
      traffic: trafficMeter(source),
    };
  }

  function change(changes: Partial<LiveState>): void {
    showing.state = { ...showing.state, ...changes };
  }

  function say(text: string): void {
    change({ message: { text, isError: true } });
  }

  const keysOf = (state: LiveState, facts: readonly Fact[]) => roundKeys(state, facts).join();

  function follow(before: LiveState): void {
    const { state } = showing;
    if (state === before || readers === null) return;
    const { facts } = readers;
    if (state.asked.query !== before.asked.query) change({ failure: null });
    if (state.grouping !== before.grouping) showing.state = regrouped(showing.state);
    const isOther =
      state.asked.query !== before.asked.query ||
      keysOf(state, facts) !== keysOf(before, facts) ||
      (state.mode.kind === 'details') !== (before.mode.kind === 'details');
    if (isOther) {
      question++;
      const { rows = [] } = state.round ?? {};
      if (state.asked.query.sort !== before.asked.query.sort && rows.length <= fewRows) resort();
    }
    if (isOther || state.interval !== before.interval || state.isPaused !== before.isPaused) wake();
  }

  /** Few rows are in their new order before the next round is read. */
  function resort(): void {
    const { round, asked } = showing.state;
    if (round === null) return;
    const mine = question;
    readers?.rounds.sorted(round.rows, asked.query.sort).then(
      (rows) => {
        if (mine !== question || showing.state.round !== round) return;
        change({ round: { ...round, rows } });
        draw();
      },
      () => undefined,
    );
  }

  async function ask({ facts, rounds }: NonNullable<typeof readers>): Promise<void> {
    const { state } = showing;
    const { asked, interval } = state;
    const listing: Listing = {
      ...asked,
      view: { ...asked.view, columns: roundKeys(state, facts) },
      schedule: { ...asked.schedule, interval },
    };
    const text = JSON.stringify(listing);
    if (text === askedNow) return;
    await rounds.ask(listing);
    askedNow = text;
  }

  async function readOnce(): Promise<void> {
    reading = question;
    if (readers === null) throw new Error('nothing is prepared');
    const { asked, mode, detail: before } = showing.state;
    if (mode.kind === 'details') {
      const { readDetail, facts } = readers;
      const detail = await readDetail(inNumbers(asked), mode.of, before, facts);
      const { mode: now } = showing.state;
      if (now.kind === 'details' && now.of === mode.of) change({ detail, failure: null });
      return;
    }
    await ask(readers);
    const round = await readers.rounds.read();
    const rates = await readers.traffic(host.elapsed());
    if (reading !== question) throw superseded;
    show(round, rates);
  }

  function show(
    { takenAt, rows, warnings }: MarkedRound,
    rates: NonNullable<LiveState['round']>['traffic'],
  ): void {
    const { size, place, chosen } = showing.state;
    const { count, totals, ofSockets } = summed(rows);
    const found = chosen === null ? 0 : rows.indexOf(chosen);
    const at = found < 0 ? place.at : found;
    // The row that is chosen stays where it is under the eye.
    const top = found < 0 ? place.top : place.top + at - place.at;
    change({
      round: { takenAt, rows, totals, count, traffic: ofSockets ?? rates },
      failure: null,
      place: chosen === null ? start : within({ at, top }, rows.length, layoutOf(size).height),
    });
    showing.state = regrouped(showing.state);
    warn(warnings);
  }

  /** What is missing from the answer is told once, in place of the keys. */
  function warn(warnings: MarkedRound['warnings']): void {
    failing = forgetAnswered(warned, failing, warnings);
    for (const warning of warnings) {
      const { code, message } = warning;
      if (code === 'absent' || showing.state.message !== null) continue;
      const about = warningKey(warning);
      if (warned.has(about)) continue;
      warned.add(about);
      say(message);
    }
  }

  async function readOn(): Promise<never> {
    for (;;) {
      const begun = host.elapsed();
      try {
        await readOnce();
      } catch (error) {
        if (error === superseded) continue;
        if (!isNetstatError(error) || !recovered(error)) throw error;
      }
      draw();
      const worked = host.elapsed() - begun;
      // A round that takes long is followed by a rest as long: no more than half of a processor.
      await rest(begun, Math.max(showing.state.interval, 2 * worked));
    }
  }

  /** What was asked by key and cannot be, is taken back; what could be read before may be again. */
  function recovered(error: NetstatError): boolean {
    if (error.code === 'usage' || error.code === 'unsupported') {
      if (showing.state.asked === lastGood) return false;
      change({ asked: lastGood });
      say(error.summary);
      question++;
      return true;
    }
    if (showing.state.round === null) return false;
    change({ failure: error.summary });
    return true;
  }

  /** Until the next round is due, or something is asked anew. */
  async function rest(begun: number, length: number): Promise<void> {
    if (showing.state.failure === null && reading === question) lastGood = showing.state.asked;
    const mine = reading;
    for (;;) {
      if (mine !== question) return;
      const { interval, isPaused } = showing.state;
      const left = begun + Math.max(length, interval) - host.elapsed();
      if (!isPaused && left <= 0) return;
      await new Promise<void>((resolve) => {
        const wait = isPaused ? null : setTimeout(resolve, Math.min(left, markTick));
        wake = () => {
          if (wait !== null) clearTimeout(wait);
          resolve();
        };
      });
      if (!showing.state.isPaused) expire();
    }
  }

  /** Marks end also where the next round is far. */
  function expire(): void {
    const { round, mode } = showing.state;
    if (round === null || mode.kind === 'details') return;
    const rows = readers?.rounds.expired(round.rows) ?? null;
    if (rows === null) return;
    change({ round: { ...round, rows } });
    draw();
  }

  return {
    pause,
    async prepare(source) {
      readers = readersOf(source);
      await ask(readers);
    },
    follow,
    readOn,
  };
}
