import type { Owner } from '../../../model/socket/owner.ts';
import { sanitize } from '../../../text/sanitize.ts';
import type { Paint } from '../paint.ts';
import { cut, left } from './pad.ts';

const width = 20;
const cutWidth = 19;

/** The column header of the processes at the other end. */
export const peerHeader = ` ${left('Peer', width)}`;

/** `PID/program` of the first owner, `-` if there is none; cut to the column unless `wide`. */
export function ownerCell(
  wide: boolean,
  paint: Paint | null,
): (owners: readonly Owner[] | null) => string {
  const none = left('-', width);
  const known = new Map<number, string>();
  return (owners) => {
    const owner = owners?.[0];
    if (owner === undefined) return paint === null ? none : paint.quiet(none);
    let text = known.get(owner.pid);
    if (text === undefined) {
      const whole = `${owner.pid}/${sanitize(owner.program ?? '-')}`;
      text = left(wide ? whole : cut(whole, cutWidth), width);
      if (paint !== null) text = paint.strong(text);
      known.set(owner.pid, text);
    }
    return text;
  };
}
