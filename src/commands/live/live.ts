import { exitCode, NetstatError } from '../../errors.ts';
import type { Host, Screen } from '../../host.ts';
import type { Listing } from '../../model/request/listing.ts';
import type { Socket } from '../../model/socket/socket.ts';
import { type VisibleNames, visibleNames } from '../../pipeline/visible-names.ts';
import { lazyResolver } from '../../resolve/lazy-resolver.ts';
import type { SourceFor } from '../../sources/source.ts';
import type { Widths } from '../../views/live/frame/table.ts';
import { type Frame, frameOf } from '../../views/live/frame.ts';
import { inputReader, type Press } from '../../views/live/input.ts';
import { layoutOf } from '../../views/live/layout.ts';
import { type Effect, type KeyContext, pressed } from '../../views/live/reducer.ts';
import { detailsIn, type LiveState, type Message, within } from '../../views/live/state.ts';
import { colorLevel } from '../../views/text/color-level.ts';
import { expressionCheck } from './expression.ts';
import { livePainter, type Painter } from './painter.ts';
import { firstQuestion, type LiveRoundParts, type LiveRounds, liveRounds } from './rounds.ts';
import { explained } from './rows-summary.ts';
import { saveAsked } from './save.ts';
import { type ScreenState, screenState } from './screen-state.ts';

/** ESC counts as a key if nothing follows within this time, in milliseconds; a connection may be slow. */
const escapeDelay = 100;

/**
 * Shows sockets on a full screen, round after round, until the user ends it.
 * @returns the exit code
 * @throws NetstatError if there is no terminal, the listing is invalid, or nothing can be read at all
 */
export async function live(listing: Listing, host: Host, sourceFor: SourceFor): Promise<number> {
  if (host.env.TERM === 'dumb') throw noTerminal('TERM is dumb: it cannot move the cursor');
  const questions = firstQuestion();
  const source = await sourceFor({ ...host, ...listing.target, pause: questions.pause });
  const resolver = lazyResolver(listing.schedule.resolveTimeout, host);
  const save = ({ asked, isPaused }: LiveState) => saveAsked(asked, host, sourceFor, isPaused);
  // Errors in the listing are reported before the screen is opened.
  const session = await liveSession(listing, host, { source, resolver, questions }, save);
  const screen = await host.openScreen(session.events);
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
    `--live needs a terminal (${why}); -c prints each round, --follow prints changes`,
  );
}

/** An open screen. */
interface OpenScreen {
  readonly screen: Screen;
  readonly painter: Painter;
  finish(code: number): void;
  crash(error: unknown): void;
}

/** The state, and what displays and changes it. */
interface Session {
  readonly onScreen: ScreenState;
  readonly rounds: LiveRounds;
  readonly names: VisibleNames;
  /** Where the titles are on the screen, to be clicked. */
  titles: Frame['titles'];
  shown: OpenScreen | null;
  /** Saves the current listing's answer. */
  save(): Promise<Message>;
}

async function liveSession(
  listing: Listing,
  host: Host,
  parts: LiveRoundParts,
  save: (state: LiveState) => Promise<Message>,
) {
  const { source, resolver } = parts;
  const keyContext = { facts: source.facts, check: await expressionCheck(source, resolver) };
  const isColored = colorLevel({ mode: listing.view.color, format: null }, host.env, true) > 0;
  const onScreen = screenState(listing);
  const redraw = () => draw(session);
  const session: Session = {
    onScreen,
    rounds: await liveRounds(onScreen, host, parts, redraw),
    names: visibleNames(resolver, redraw),
    titles: [],
    shown: null,
    save: () => save(onScreen.state),
  };
  const keys = keyReader((presses) =>
    take(session, presses, { ...keyContext, titles: session.titles }),
  );
  return {
    events: {
      input: keys.read,
      resized(): void {
        if (session.shown === null) return;
        onScreen.change(resized(onScreen.state, session.shown.screen.size()));
        redraw();
      },
      resumed(): void {
        session.shown?.painter.forget();
        redraw();
      },
    },
    run(screen: Screen): Promise<number> {
      onScreen.change({ size: screen.size() });
      return new Promise<number>((finish, crash) => {
        const frame = (before: Widths | null) => frameNow(session, before);
        const painter = livePainter(screen, frame, isColored, crash);
        session.shown = { screen, painter, finish, crash };
        redraw();
        session.rounds.readOn().catch(crash);
      }).finally(() => {
        session.shown = null;
        keys.end();
      });
    },
  };
}

function draw({ shown }: Session): void {
  shown?.painter.draw();
}

function frameNow(session: Session, before: Widths | null): Frame {
  const { onScreen, names } = session;
  const frame = frameOf(onScreen.state, { names: names.names, explain: explained }, before);
  session.titles = frame.titles;
  const { mode } = onScreen.state;
  if (frame.top !== null && 'top' in mode && mode.top !== frame.top) {
    onScreen.change({ mode: { ...mode, top: frame.top } });
  }
  names.want(seenSockets(onScreen.state), onScreen.state.asked.view.numeric);
  return frame;
}

/** Returns the visible sockets, whose names are looked up. */
function seenSockets({ mode, round, detail, place, size }: LiveState): readonly Socket[] {
  const details = detailsIn(mode);
  if (details !== null) return [detail?.socket ?? details.of.socket];
  const rows = round?.rows.slice(place.top, place.top + layoutOf(size).height) ?? [];
  return rows.map(({ socket }) => socket);
}

function take(session: Session, presses: readonly Press[], context: KeyContext): void {
  const { onScreen, rounds } = session;
  for (const press of presses) {
    const before = onScreen.state;
    const next = pressed(before, press, context);
    onScreen.state = next.state;
    if (next.effect !== undefined && session.shown !== null) {
      perform(session, next.effect, session.shown);
    }
    rounds.follow(before);
  }
  draw(session);
}

/** Performs a key's effects beside the change of state. */
function perform(
  session: Session,
  effect: Effect,
  { screen, painter, finish, crash }: OpenScreen,
): void {
  switch (effect.kind) {
    case 'quit':
      finish(exitCode.done);
      return;
    case 'interrupt':
      finish(exitCode.interrupted);
      return;
    case 'suspend':
      if (screen.suspend !== undefined) screen.suspend();
      else session.onScreen.say({ text: 'this system stops no programs', isError: true });
      return;
    case 'redraw':
      painter.forget();
      return;
    case 'copy':
      screen.write(`\x1b]52;c;${Buffer.from(effect.text).toString('base64')}\x07`);
      return;
    case 'save':
      session
        .save()
        .then(({ text, isError }) => {
          session.onScreen.say({ text, isError });
          draw(session);
        })
        .catch(crash);
      return;
  }
}

/** What changes for a screen of this size. */
function resized(state: LiveState, size: ReturnType<Screen['size']>): Partial<LiveState> {
  const { height } = layoutOf(size);
  const { round, place, groups, groupPlace } = state;
  return {
    size,
    place: within(place, round?.rows.length ?? 0, height),
    groupPlace: within(groupPlace, groups.length, height),
  };
}

/** Converts the terminal's input to keys. */
function keyReader(take: (presses: readonly Press[]) => void) {
  const reader = inputReader();
  let escapeTimer: ReturnType<typeof setTimeout> | null = null;
  const end = () => {
    if (escapeTimer !== null) clearTimeout(escapeTimer);
    escapeTimer = null;
  };
  return {
    read(text: string): void {
      end();
      take(reader.read(text));
      if (reader.isWaiting) escapeTimer = setTimeout(() => take(reader.flush()), escapeDelay);
    },
    /** Stops waiting for more input. */
    end,
  };
}
