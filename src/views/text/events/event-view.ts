import type { PlatformName } from '../../../model/snapshot.ts';
import type { SocketEvent } from '../../../model/socket-event.ts';
import type { ViewContext } from '../text-view.ts';

/** What the text of events depends on. */
export interface EventContext extends Omit<ViewContext, 'previous'> {
  readonly platform: PlatformName;
}

/** A way to show what happens to sockets, each event a line. */
export interface EventView {
  /** What stands above the lines, once; empty: nothing. */
  header(context: EventContext): string;
  /** Makes an event's line, its line break included; empty: this view does not show it. */
  lines(context: EventContext): (event: SocketEvent) => string;
}
