import type { PlatformName } from '../../../model/report/snapshot.ts';
import type { SocketEvent } from '../../../model/report/socket-event.ts';
import type { ViewContext } from '../text-view.ts';

/** What the text of events depends on. */
export interface EventContext extends Omit<ViewContext, 'previous'> {
  readonly platform: PlatformName;
}

/** Formats events of sockets, one line each. */
export interface EventView {
  /** The header, printed once; empty: none. */
  header(context: EventContext): string;
  /** Makes an event's line, including the line break; empty: this view does not show it. */
  lines(context: EventContext): (event: SocketEvent) => string;
}
