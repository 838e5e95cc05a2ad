import { exposureText } from '../../../model/exposure.ts';
import type { Socket } from '../../../model/socket.ts';
import { sanitize } from '../../../text/sanitize.ts';

/** What stands above it: the last column, since its words may be several. */
export const exposureHeader = ' Exposure';

/** How far a server can be reached; `-` for what is none. */
export function exposureCell({ exposure }: Socket): string {
  return exposure ? sanitize(exposureText(exposure)) : '-';
}
