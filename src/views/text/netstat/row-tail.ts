import type { InetSocket } from '../../../model/socket/socket.ts';
import { infoNeeds } from '../shown-needs.ts';
import type { ViewContext } from '../text-view.ts';
import { exposureCell } from './exposure-cell.ts';
import { infoCells } from './info-cells.ts';
import { netnsCell, paddedNetnsCell } from './netns-cell.ts';
import { ownerCell } from './owner-cell.ts';
import { left } from './pad.ts';
import { timerCell } from './timer-cell.ts';
import { userText } from './words.ts';
import { workloadCell } from './workload-cell.ts';

/** What -e, -p, -o, --tcp-info, --peers, --workloads, --all-netns and --exposure add after the state. */
export type RowTail = (socket: InetSocket) => string;

/** The width of a timer that is followed by another column. */
export const timerWidth = 26;

/** Makes the tail of a row; null if nothing is added. */
export function rowTail(context: ViewContext): RowTail | null {
  const { view, names, facts, paint } = context;
  const { extend, programs, timers, peers, workloads, withNetns, exposure } = view;
  const info = infoCells(infoNeeds(context));
  const hasMore = info !== null || peers || workloads || withNetns || exposure;
  if (extend === 0 && !programs && !timers && !hasMore) return null;
  const user = facts.includes('users') ? userText(view, names) : () => '-';
  const inode = facts.includes('inodes')
    ? ({ inode: number }: InetSocket) => String(number ?? 0)
    : () => '-';
  const owner = ownerCell(view.wide, paint);
  const workload = workloadCell(paint);
  return (socket) => {
    let text = '';
    if (extend > 0) text += ` ${left(user(socket.uid), 10)} ${left(inode(socket), 10)}`;
    if (programs) text += ` ${owner(socket.owners)}`;
    if (timers) {
      const timer = timerCell(socket.timer, socket.protocol);
      text += ` ${hasMore ? left(timer, timerWidth) : timer}`;
    }
    if (info !== null) text += info.of(socket);
    if (peers) text += ` ${owner(socket.peer?.owners ?? null)}`;
    if (workloads) text += ` ${workload(socket)}`;
    if (withNetns) text += ` ${exposure ? paddedNetnsCell(socket) : netnsCell(socket)}`;
    if (exposure) text += ` ${exposureCell(socket)}`;
    return text;
  };
}
