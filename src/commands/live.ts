import { exitCode, NetstatError } from '../errors.ts';
import type { Host, Screen } from '../host.ts';
import type { Listing } from '../model/listing.ts';
import { lazyResolver } from '../pipeline/name.ts';
import { visibleNames } from '../pipeline/visible-names.ts';
import type { PlatformHost, Source } from '../sources/source.ts';
import { type Frame, frameOf, type Widths } from '../views/live/frame.ts';
import { inputReader, type Press } from '../views/live/input.ts';
import { layoutOf } from '../views/live/layout.ts';
import { type Effect, type KeyContext, pressed } from '../views/live/reducer.ts';
import { firstState, within } from '../views/live/state.ts';
import { colorLevel } from '../views/text/color-level.ts';
import { expressionCheck } from './live-expression.ts';
import { livePainter, type Painter } from './live-painter.ts';
import { liveRounds, type Showing } from './live-rounds.ts';
import { saveAsked } from './live-save.ts';
import { explained } from './live-words.ts';

/** So long nothing may come behind ESC for it to be the key, in milliseconds: a line may be slow. */
const escapeDelay = 100;

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

/** A screen while it is there. */
interface Shown {
  readonly screen: Screen;
  readonly painter: Painter;
  finish(code: number): void;
  crash(error: unknown): void;
}

function liveSession(
  listing: Listing,
  host: Host,
  sourceFor: (host: PlatformHost) => Promise<Source>,
) {
  const resolver = lazyResolver(listing.schedule.resolveTimeout, host);
  const isColored = colorLevel(listing.view.color, host.env, true) > 0;
  const reader = inputReader();
  const draw = () => shown?.painter.draw();
  const names = visibleNames(resolver, draw);
  const showing: Showing = { state: firstState(listing) };
  const rounds = liveRounds(showing, host, resolver, draw);
  let shown: Shown | null = null;
  let escapeTimer: ReturnType<typeof setTimeout> | null = null;
  let keyContext: KeyContext;

  function frameNow(before: Widths | null): Frame {
    const frame = frameOf(showing.state, { names: names.names, explain: explained }, before);
    const { mode } = showing.state;
    if (frame.top !== null && 'top' in mode && mode.top !== frame.top) {
      showing.state = { ...showing.state, mode: { ...mode, top: frame.top } };
    }
    wantNames();
    return frame;
  }

  function wantNames(): void {
    const { mode, round, detail, place, size, asked } = showing.state;
    const seen =
      mode.kind === 'details'
        ? [detail?.socket ?? mode.of.socket]
        : (round?.rows.slice(place.top, place.top + layoutOf(size).height) ?? []).map(
            ({ socket }) => socket,
          );
    names.want(seen, asked.view.numeric);
  }

  function take(presses: readonly Press[]): void {
    for (const press of presses) {
      const before = showing.state;
      const next = pressed(before, press, keyContext);
      showing.state = next.state;
      if (next.effect !== undefined && shown !== null) perform(next.effect, shown);
      rounds.follow(before);
    }
    draw();
  }

  function perform(effect: Effect, { screen, painter, finish, crash }: Shown): void {
    switch (effect.kind) {
      case 'quit':
        finish(exitCode.done);
        return;
      case 'interrupt':
        finish(exitCode.interrupted);
        return;
      case 'suspend':
        if (screen.suspend !== undefined) screen.suspend();
        else say('this system stops no programs', true);
        return;
      case 'redraw':
        painter.forget();
        return;
      case 'copy':
        screen.write(`\x1b]52;c;${Buffer.from(effect.text).toString('base64')}\x07`);
        return;
      case 'save':
        saveAsked(showing.state.asked, host, sourceFor)
          .then(({ text, isError }) => {
            say(text, isError);
            draw();
          })
          .catch(crash);
        return;
    }
  }

  function say(text: string, isError: boolean): void {
    showing.state = { ...showing.state, message: { text, isError } };
  }

  function resized(size: ReturnType<Screen['size']>): void {
    const { height } = layoutOf(size);
    const { round, place, groups, groupPlace } = showing.state;
    showing.state = {
      ...showing.state,
      size,
      place: within(place, round?.rows.length ?? 0, height),
      groupPlace: within(groupPlace, groups.length, height),
    };
  }

  return {
    pause: rounds.pause,
    async prepare(source: Source): Promise<void> {
      keyContext = { facts: source.facts, check: await expressionCheck(source, resolver) };
      await rounds.prepare(source);
    },
    events: {
      input(text: string): void {
        if (escapeTimer !== null) clearTimeout(escapeTimer);
        escapeTimer = null;
        take(reader.read(text));
        if (!reader.isWaiting) return;
        escapeTimer = setTimeout(() => take(reader.flush()), escapeDelay);
      },
      resized(): void {
        if (shown === null) return;
        resized(shown.screen.size());
        draw();
      },
      resumed(): void {
        shown?.painter.forget();
        draw();
      },
    },
    run(screen: Screen): Promise<number> {
      showing.state = { ...showing.state, size: screen.size() };
      return new Promise<number>((finish, crash) => {
        const painter = livePainter(screen, frameNow, isColored, crash);
        shown = { screen, painter, finish, crash };
        draw();
        rounds.readOn().catch(crash);
      }).finally(() => {
        shown = null;
        if (escapeTimer !== null) clearTimeout(escapeTimer);
      });
    },
  };
}
