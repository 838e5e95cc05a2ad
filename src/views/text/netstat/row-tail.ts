import type { InetSocket } from '../../../model/socket.ts';
import type { ViewContext } from '../text-view.ts';
import { ownerCell } from './owner-cell.ts';
import { left } from './pad.ts';
import { tcpInfoCells } from './tcp-info-cells.ts';
import { timerCell } from './timer-cell.ts';
import { userText } from './user-text.ts';

/** What -e, -p, -o, --tcp-info and --peers add after the state. */
export type RowTail = (socket: InetSocket) => string;

/** What a timer takes where something stands after it. */
export const timerWidth = 26;

/** Makes the tail of a row; null where nothing is added. */
export function rowTail({ view, names, paint }: ViewContext): RowTail | null {
  const { extend, programs, timers, tcpInfo, peers } = view;
  if (extend === 0 && !programs && !timers && !tcpInfo && !peers) return null;
  const user = userText(view, names);
  const owner = ownerCell(view.wide, paint);
  return (socket) => {
    let text = '';
    if (extend > 0) text += ` ${left(user(socket.uid), 10)} ${left(String(socket.inode ?? 0), 10)}`;
    if (programs) text += ` ${owner(socket.owners)}`;
    if (timers) {
      const timer = timerCell(socket.timer, socket.protocol);
      text += ` ${tcpInfo || peers ? left(timer, timerWidth) : timer}`;
    }
    if (tcpInfo) text += tcpInfoCells(socket.tcpInfo ?? null);
    if (peers) text += ` ${owner(socket.peer?.owners ?? null)}`;
    return text;
  };
}
