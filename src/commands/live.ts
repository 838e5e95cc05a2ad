import { socketGroups } from '../analysis/socket-groups.ts';
import { exitCode, isNetstatError, NetstatError } from '../errors.ts';
import type { Host, Screen } from '../host.ts';
import type { Listing } from '../model/listing.ts';
import { warningKey } from '../model/snapshot.ts';
import { inNumbers, type MarkedRound, markedRounds } from '../pipeline/marked-rounds.ts';
import { lazyResolver } from '../pipeline/name.ts';
import { trafficMeter } from '../pipeline/traffic.ts';
import { visibleNames } from '../pipeline/visible-names.ts';
import { asValue } from '../select/expression/next.ts';
import type { PlatformHost, Source } from '../sources/source.ts';
import { type FrameContext, frameOf, type Widths } from '../views/live/frame.ts';
import { frameText } from '../views/live/frame-text.ts';
import type { Grid } from '../views/live/grid.ts';
import { inputReader, type Press } from '../views/live/input.ts';
import { layoutOf } from '../views/live/layout.ts';
import { roundKeys } from '../views/live/needed.ts';
import { type Effect, type KeyContext, pressed } from '../views/live/reducer.ts';
import { firstState, type LiveState, start, within } from '../views/live/state.ts';
import { colorLevel } from '../views/text/color-level.ts';
import { detailReader } from './live-detail.ts';
import { expressionCheck } from './live-expression.ts';
import { saveAsked } from './live-save.ts';
import { explained, summed } from './live-words.ts';
import { forgetAnswered } from './warnings.ts';

/** How long a row shows what happened to it, in milliseconds. */
const lingering = 3000;
/** So long nothing may come behind ESC for it to be the key, in milliseconds: a line may be slow. */
const escapeDelay = 100;

/** Thrown into a round that nobody wants any more. */
const superseded = new Error('superseded');

/**
 * Shows sockets on a full screen, round after round, until it is told to end.
 * @returns the exit code
 * @throws NetstatError where there is no terminal, for what is asked wrongly or cannot be read at all
 */
export async function live(
  listing: Listing,
  host: Host,
  sourceFor: (host: PlatformHost) => Promise<Source>,
): Promise<number> {
  if (host.env.TERM === 'dumb') throw noTerminal('TERM is dumb: it cannot move the cursor');
  const session = liveSession(listing, host, sourceFor);
  const source = await sourceFor({ ...host, ...listing.target, pause: session.pause });
  // What is asked wrongly is told before the screen is taken.
  await session.prepare(source);
  const screen = (await host.openScreen?.(session.events)) ?? null;
  if (screen === null) throw noTerminal('standard input and output must be one');
  try {
    return await session.run(screen);
  } finally {
    screen.close();
  }
}

function noTerminal(why: string): NetstatError {
  return new NetstatError(
    'usage',
    `--live needs a terminal (${why}); -c prints round after round, --follow prints what changes`,
  );
}

function liveSession(
  listing: Listing,
  host: Host,
  sourceFor: (host: PlatformHost) => Promise<Source>,
) {
  const resolver = lazyResolver(listing.schedule.resolveTimeout, host);
  const isColored = colorLevel(listing.view.color, host.env, true) > 0;
  const reader = inputReader();
  const names = visibleNames(resolver, () => draw());

  let screen: Screen | null = null;
  let state = firstState(listing);
  let drawn: Grid | null = null;
  let widths: Widths | null = null;
  let isSending = false;
  let isDirty = false;
  let escapeTimer: ReturnType<typeof setTimeout> | null = null;
  let finish: (code: number) => void = () => undefined;
  let crash: (error: unknown) => void = () => undefined;
  /** Counts what was asked: a round for an earlier question is not wanted any more. */
  let question = 0;
  let wake: () => void = () => undefined;
  let keyContext: KeyContext;

  const frameContext: FrameContext = {
    names: names.names,
    explain: explained,
  };

  // Drawing.

  function draw(): void {
    if (screen === null) return;
    if (isSending) {
      isDirty = true;
      return;
    }
    const frame = frameOf(state, frameContext, widths);
    widths = frame.widths;
    const { mode } = state;
    if (frame.top !== null && 'top' in mode && mode.top !== frame.top) {
      state = { ...state, mode: { ...mode, top: frame.top } };
    }
    const text = frameText(drawn, frame.grid, isColored);
    drawn = frame.grid;
    wantNames();
    if (text === '') return;
    isSending = true;
    screen.write(text);
    screen.drained().then(() => {
      isSending = false;
      if (!isDirty) return;
      isDirty = false;
      draw();
    }, crash);
  }

  function wantNames(): void {
    const { mode, round, detail, place, size, asked } = state;
    const seen =
      mode.kind === 'details'
        ? [detail?.socket ?? mode.of.socket]
        : (round?.rows.slice(place.top, place.top + layoutOf(size).height) ?? []).map(
            ({ socket }) => socket,
          );
    names.want(seen, asked.view.numeric);
  }

  // Keys.

  function take(presses: readonly Press[]): void {
    for (const press of presses) {
      const before = state;
      const next = pressed(state, press, keyContext);
      state = next.state;
      if (next.effect !== undefined) perform(next.effect);
      changed(before);
    }
    draw();
  }

  function perform(effect: Effect): void {
    switch (effect.kind) {
      case 'quit':
        finish(exitCode.done);
        return;
      case 'interrupt':
        finish(exitCode.interrupted);
        return;
      case 'suspend':
        if (screen?.suspend !== undefined) screen.suspend();
        else say('this system stops no programs', true);
        return;
      case 'redraw':
        drawn = null;
        return;
      case 'copy':
        screen?.write(`\x1b]52;c;${Buffer.from(effect.text).toString('base64')}\x07`);
        return;
      case 'save':
        saveAsked(state.asked, host, sourceFor)
          .then(({ text, isError }) => {
            say(text, isError);
            draw();
          })
          .catch(crash);
        return;
    }
  }

  function say(text: string, isError: boolean): void {
    state = { ...state, message: { text, isError } };
  }

  /** What a key changed decides what is to be read, and when. */
  function changed(before: LiveState): void {
    if (state === before) return;
    if (state.asked.query !== before.asked.query) state = { ...state, failure: null };
    if (state.grouping !== before.grouping) regroup();
    const isOther =
      state.asked.query !== before.asked.query ||
      roundKeys(state, keyContext.facts).join() !== roundKeys(before, keyContext.facts).join() ||
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
    const { round, asked } = state;
    if (round === null) return;
    const mine = question;
    rounds?.sorted(round.rows, asked.query.sort).then((rows) => {
      if (mine !== question || state.round !== round) return;
      state = { ...state, round: { ...round, rows } };
      draw();
    }, ignored);
  }

  function regroup(): void {
    const { grouping, round, size, groupPlace, groups } = state;
    if (grouping === null || round === null) return;
    const sockets = round.rows.flatMap(({ socket, mark }) => (mark === 'closed' ? [] : [socket]));
    const next = socketGroups(sockets, grouping, asValue);
    const chosen = groups[groupPlace.at]?.name;
    const found = groupPlace.at === 0 ? 0 : next.findIndex(({ name }) => name === chosen);
    const at = found < 0 ? groupPlace.at : found;
    state = {
      ...state,
      groups: next,
      groupPlace: within({ ...groupPlace, at }, next.length, layoutOf(size).height),
    };
  }

  // Rounds.

  let rounds: ReturnType<typeof markedRounds> | null = null;
  let readDetail: ReturnType<typeof detailReader> | null = null;
  let traffic: ReturnType<typeof trafficMeter> | null = null;
  let askedNow: string | null = null;

  /** Lets keys have their turn; ends a round that is for an earlier question. */
  let reading = 0;
  async function pause(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    if (reading !== question) throw superseded;
  }

  async function prepare(source: Source): Promise<void> {
    const { elapsed } = host;
    rounds = markedRounds({ source, resolver, pause, elapsed, lingering });
    readDetail = detailReader({ source, resolver });
    traffic = trafficMeter(source);
    keyContext = { facts: source.facts, check: await expressionCheck(source, resolver) };
    await ask();
  }

  async function ask(): Promise<void> {
    const asked = askedRounds();
    const text = JSON.stringify(asked);
    if (text === askedNow) return;
    await rounds?.ask(asked);
    askedNow = text;
  }

  function askedRounds(): Listing {
    const { asked } = state;
    const columns = roundKeys(state, keyContext.facts);
    const schedule = { ...asked.schedule, interval: state.interval };
    return { ...asked, view: { ...asked.view, columns }, schedule };
  }

  async function readOnce(): Promise<void> {
    reading = question;
    const { mode } = state;
    if (mode.kind === 'details') {
      const detail = await readDetail?.(
        inNumbers(state.asked),
        mode.of,
        state.detail,
        keyContext.facts,
      );
      if (state.mode.kind === 'details' && state.mode.of === mode.of && detail !== undefined) {
        state = { ...state, detail, failure: null };
      }
      return;
    }
    await ask();
    const round = await rounds?.read();
    if (round === undefined) return;
    const rates = (await traffic?.(host.elapsed())) ?? null;
    if (reading !== question) throw superseded;
    shown(round, rates);
  }

  function shown(
    { takenAt, rows, warnings }: MarkedRound,
    rates: NonNullable<LiveState['round']>['traffic'],
  ): void {
    const { size, place, chosen } = state;
    const { count, totals, ofSockets } = summed(rows);
    const found = chosen === null ? 0 : rows.indexOf(chosen);
    const at = found < 0 ? place.at : found;
    // The row that is chosen stays where it is under the eye.
    const top = found < 0 ? place.top : place.top + at - place.at;
    state = {
      ...state,
      round: {
        ...{ takenAt, rows, totals, count },
        traffic: ofSockets ?? rates,
      },
      failure: null,
      place: chosen === null ? start : within({ at, top }, rows.length, layoutOf(size).height),
    };
    regroup();
    warn(warnings);
  }

  const warned = new Set<string>();
  let failing: ReadonlySet<string> = new Set();

  /** What is missing from the answer is told once, in place of the keys. */
  function warn(warnings: MarkedRound['warnings']): void {
    failing = forgetAnswered(warned, failing, warnings);
    for (const warning of warnings) {
      const { code, message } = warning;
      if (code === 'absent' || state.message !== null) continue;
      const about = warningKey(warning);
      if (warned.has(about)) continue;
      warned.add(about);
      say(message, true);
    }
  }

  async function readOn(): Promise<void> {
    for (;;) {
      const begun = host.elapsed();
      try {
        await readOnce();
      } catch (error) {
        if (error === superseded) continue;
        if (!isNetstatError(error)) throw error;
        if (!recovered(error)) throw error;
      }
      draw();
      const worked = host.elapsed() - begun;
      // A round that takes long is followed by a rest as long: no more than half of a processor.
      await rest(begun, Math.max(state.interval, 2 * worked));
    }
  }

  /** What was asked by key and cannot be, is taken back; what could be read before may be again. */
  let lastGood: Listing = listing;
  function recovered(error: NetstatError): boolean {
    if (error.code === 'usage' || error.code === 'unsupported') {
      if (state.asked === lastGood) return false;
      state = { ...state, asked: lastGood };
      say(error.summary, true);
      question++;
      return true;
    }
    if (state.round === null) return false;
    state = { ...state, failure: error.summary };
    return true;
  }

  /** Until the next round is due, or something is asked anew. */
  async function rest(begun: number, length: number): Promise<void> {
    if (state.failure === null && reading === question) lastGood = state.asked;
    const mine = reading;
    for (;;) {
      if (mine !== question) return;
      const left = begun + Math.max(length, state.interval) - host.elapsed();
      if (!state.isPaused && left <= 0) return;
      await new Promise<void>((resolve) => {
        const wait = state.isPaused ? null : setTimeout(resolve, Math.min(left, markTick));
        wake = () => {
          if (wait !== null) clearTimeout(wait);
          resolve();
        };
      });
      if (!state.isPaused) expire();
    }
  }

  /** Marks end also where the next round is far. */
  function expire(): void {
    const { round, mode } = state;
    if (round === null || mode.kind === 'details') return;
    const rows = rounds?.expired(round.rows) ?? null;
    if (rows === null) return;
    state = { ...state, round: { ...round, rows } };
    draw();
  }

  return {
    pause,
    prepare,
    events: {
      input(text: string): void {
        if (escapeTimer !== null) clearTimeout(escapeTimer);
        escapeTimer = null;
        take(reader.read(text));
        if (!reader.isWaiting) return;
        escapeTimer = setTimeout(() => take(reader.flush()), escapeDelay);
      },
      resized(): void {
        if (screen === null) return;
        const size = screen.size();
        const { height } = layoutOf(size);
        const { round, place, groups, groupPlace } = state;
        state = {
          ...state,
          size,
          place: within(place, round?.rows.length ?? 0, height),
          groupPlace: within(groupPlace, groups.length, height),
        };
        draw();
      },
      resumed(): void {
        drawn = null;
        draw();
      },
    },
    run(taken: Screen): Promise<number> {
      screen = taken;
      state = { ...state, size: taken.size() };
      draw();
      return new Promise<number>((resolve, reject) => {
        finish = resolve;
        crash = reject;
        readOn().catch(reject);
      }).finally(() => {
        screen = null;
        if (escapeTimer !== null) clearTimeout(escapeTimer);
      });
    },
  };
}

/** So few rows are sorted at once. */
const fewRows = 20_000;
/** So often marks are looked at where no round comes, in milliseconds. */
const markTick = 1000;

const ignored = () => undefined;
