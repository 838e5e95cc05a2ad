import { exposureText } from '../../../model/socket/exposure.ts';
import type { Socket } from '../../../model/socket/socket.ts';
import { sanitize } from '../../../text/sanitize.ts';

/** The header of this column: the last one, since its cells may have several words. */
export const exposureHeader = ' Exposure';

/** How far a server can be reached; `-` for other sockets. */
export function exposureCell({ exposure }: Socket): string {
  return exposure ? sanitize(exposureText(exposure)) : '-';
}
