import type { InetSocket } from '../../../model/socket.ts';
import type { FormatContext } from '../formatter.ts';
import { ownerCell } from './owner-cell.ts';
import { left } from './pad.ts';
import { timerCell } from './timer-cell.ts';
import { userText } from './user-text.ts';

/** What -e, -p and -o add behind the state. */
export type RowTail = (socket: InetSocket) => string;

/** Makes the tail of a row; null where nothing is added. */
export function rowTail({ request, names, paint }: FormatContext): RowTail | null {
  const { extend, programs, timers } = request;
  if (extend === 0 && !programs && !timers) return null;
  const user = userText(request, names);
  const owner = ownerCell(request.wide, paint);
  return (socket) => {
    let text = '';
    if (extend > 0) text += ` ${left(user(socket.uid), 10)} ${left(String(socket.inode ?? 0), 10)}`;
    if (programs) text += ` ${owner(socket.owners)}`;
    if (timers) text += ` ${timerCell(socket.timer, socket.protocol)}`;
    return text;
  };
}
