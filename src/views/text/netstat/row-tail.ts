import type { InetSocket } from '../../../model/socket.ts';
import type { ViewContext } from '../text-view.ts';
import { ownerCell } from './owner-cell.ts';
import { left } from './pad.ts';
import { tcpInfoCells } from './tcp-info-cells.ts';
import { timerCell } from './timer-cell.ts';
import { userText } from './user-text.ts';

/** What -e, -p and -o add after the state. */
export type RowTail = (socket: InetSocket) => string;

/** What a timer takes where something stands after it. */
export const timerWidth = 26;

/** Makes the tail of a row; null where nothing is added. */
export function rowTail({ view, names, facts, paint }: ViewContext): RowTail | null {
  const { extend, programs, timers, tcpInfo } = view;
  if (extend === 0 && !programs && !timers && !tcpInfo) return null;
  const user = facts.includes('users') ? userText(view, names) : () => '-';
  const inode = facts.includes('inodes')
    ? ({ inode: number }: InetSocket) => String(number ?? 0)
    : () => '-';
  const owner = ownerCell(view.wide, paint);
  return (socket) => {
    let text = '';
    if (extend > 0) text += ` ${left(user(socket.uid), 10)} ${left(inode(socket), 10)}`;
    if (programs) text += ` ${owner(socket.owners)}`;
    if (timers) {
      const timer = timerCell(socket.timer, socket.protocol);
      text += ` ${tcpInfo ? left(timer, timerWidth) : timer}`;
    }
    if (tcpInfo) text += tcpInfoCells(socket.tcpInfo ?? null);
    return text;
  };
}
