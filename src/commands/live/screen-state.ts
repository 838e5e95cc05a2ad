import type { Listing } from '../../model/request/listing.ts';
import { firstState, type LiveState } from '../../views/live/state.ts';

/** What the screen shows. Keys, the terminal and rounds replace the state; they never modify it. */
export interface ScreenState {
  state: LiveState;
  /** Replaces these parts of the state. */
  change(changes: Partial<LiveState>): void;
  /** Sets the line that is shown until a key is pressed. */
  say(message: NonNullable<LiveState['message']>): void;
}

/** The state before anything is read. */
export function screenState(listing: Listing): ScreenState {
  const onScreen: ScreenState = {
    state: firstState(listing),
    change(changes) {
      onScreen.state = { ...onScreen.state, ...changes };
    },
    say(message) {
      onScreen.change({ message });
    },
  };
  return onScreen;
}
