import { unixFlagLetters } from '../../../attributes/flag-letters.ts';
import { lazilyFor } from '../../../flow/lazily.ts';
import type { UnixSocket } from '../../../model/socket/socket.ts';
import { sanitize } from '../../../text/sanitize.ts';
import type { ViewContext } from '../text-view.ts';
import { hostColumn } from './host-column.ts';
import { type InfoCells, infoCells } from './info-cells.ts';
import { netnsHeader, paddedNetnsCell } from './netns-cell.ts';
import { ownerCell, peerHeader } from './owner-cell.ts';
import { left } from './pad.ts';
import { whichText } from './words.ts';
import { workloadCell, workloadHeader } from './workload-cell.ts';

/** The title and the column names of the UNIX section, as net-tools 2.10 prints them. */
export function unixHeader(context: ViewContext): string {
  const { query, view } = context;
  const names =
    'Proto RefCnt Flags       Type       State         I-Node  ' +
    `${view.programs ? ' PID/Program name    ' : ''}${view.peers ? peerHeader : ''}` +
    `${view.workloads ? workloadHeader : ''}` +
    `${infoOf(view)?.header ?? ''}${netnsHeader(view)} Path\n`;
  const title = `Active UNIX domain sockets ${whichText[query.which]}\n`;
  return title + (hostColumn(view)?.names(names) ?? names);
}

/** The cells of --socket-info; UNIX sockets have no TCP internals. */
function infoOf({ socketInfo }: ViewContext['view']): InfoCells | null {
  return infoCells({ socketInfo, unixQueues: socketInfo });
}

/** `[ ACC ]`: the flags that netstat has letters for. */
export function unixFlagsText(flags: number): string {
  return ['[', ...unixFlagLetters(flags), ']'].join(' ');
}

/** netstat's spelling of a UNIX socket's state. */
function unixStateText(state: UnixSocket['state']): string {
  if (state === 'UNCONNECTED') return '';
  return state.startsWith('UNKNOWN') ? 'UNKNOWN' : state;
}

/** As in netstat, a name ends at its first NUL byte, which some kernels print. */
function shownPath(path: string): string {
  const end = path.indexOf('\0');
  return end < 0 ? path : path.slice(0, end);
}

/** Makes a row's text, including the line break. */
export function unixRow({ view, facts, paint }: ViewContext): (socket: UnixSocket) => string {
  const info = infoOf(view);
  const owner = ownerCell(view.wide, paint);
  const workload = workloadCell(paint);
  // Kernels that have no inode print 0; a platform that never reports one gets `-`.
  const inode = ({ inode: known }: UnixSocket) =>
    known === null && !facts.includes('inodes') ? '-' : String(known ?? 0);
  const flags = lazilyFor((bits: number) => left(unixFlagsText(bits), 11));
  const type = lazilyFor((one: UnixSocket['type']) =>
    left(one.startsWith('UNKNOWN') ? 'UNKNOWN' : one, 10),
  );
  const state = lazilyFor((one: UnixSocket['state']) => {
    const text = left(unixStateText(one), 13);
    return paint === null ? text : paint.state(one, text);
  });
  return (socket) => {
    return (
      `unix  ${left(socket.refCount ?? '-', 6)} ${flags(socket.flags)} ` +
      `${type(socket.type)} ${state(socket.state)} ` +
      `${left(inode(socket), 8)} ` +
      `${view.programs ? `${owner(socket.owners)} ` : ''}` +
      `${view.peers ? `${owner(socket.peer?.owners ?? null)} ` : ''}` +
      `${view.workloads ? `${workload(socket)} ` : ''}` +
      `${info === null ? '' : `${info.of(socket).slice(1)} `}` +
      `${view.withNetns ? `${paddedNetnsCell(socket)} ` : ''}${sanitize(shownPath(socket.path ?? ''))}\n`
    );
  };
}
