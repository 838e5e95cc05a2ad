import type { Endpoint } from '../../../model/address/endpoint.ts';
import type { InetProtocol } from '../../../model/protocol.ts';
import type { Names } from '../../../model/report/names.ts';
import type { View } from '../../../model/request/view.ts';
import type { InetSocket } from '../../../model/socket/socket.ts';
import { infoNeeds } from '../shown-needs.ts';
import type { ViewContext } from '../text-view.ts';
import { type AddressCell, addressCell } from './address-cell.ts';
import { exposureHeader } from './exposure-cell.ts';
import { hostColumn } from './host-column.ts';
import { infoCells } from './info-cells.ts';
import { lastNetnsHeader, netnsHeader } from './netns-cell.ts';
import { peerHeader } from './owner-cell.ts';
import { left, right } from './pad.ts';
import { rowTail, timerWidth } from './row-tail.ts';
import { sctpRow } from './sctp.ts';
import { stateCell } from './state-cell.ts';
import { whichText } from './words.ts';
import { workloadHeader } from './workload-cell.ts';

/** The title and the column names of the Internet section, as net-tools 2.10 prints them. */
export function inetHeader(context: ViewContext): string {
  const { query, view } = context;
  const info = infoCells(infoNeeds(context));
  const hasMore = info !== null || view.peers || view.workloads || view.withNetns || view.exposure;
  const names =
    'Proto Recv-Q Send-Q Local Address           Foreign Address         State      ' +
    `${view.extend > 0 ? ' User       Inode     ' : ''}` +
    `${view.programs ? ' PID/Program name    ' : ''}` +
    `${view.timers ? ` ${left('Timer', hasMore ? timerWidth : 0)}` : ''}` +
    `${info?.header ?? ''}${view.peers ? peerHeader : ''}${view.workloads ? workloadHeader : ''}${view.exposure ? netnsHeader(view) : lastNetnsHeader(view)}${view.exposure ? exposureHeader : ''}\n`;
  const title = `Active Internet connections ${whichText[query.which]}\n`;
  return title + (hostColumn(view)?.names(names) ?? names);
}

/** The width of netstat's columns of addresses, in characters. */
export const addressWidth = 23;

/** netstat's name for a row's table; Apple's for a socket that takes both families. */
export function protoText(socket: Pick<InetSocket, 'protocol' | 'family' | 'dualStack'>): string {
  const name = socket.protocol === 'udplite' ? 'udpl' : socket.protocol;
  if (socket.family !== 'inet6') return name;
  return socket.dualStack ? `${name}46` : `${name}6`;
}

/** Makes a row's text, including the line break. */
export function inetRow(context: ViewContext): (socket: InetSocket) => string {
  const { view, names, paint } = context;
  const address = rememberingCell(view, names);
  const tail = rowTail(context);
  const sctp = sctpRow(context, tail ?? (() => ''));
  // Performance: the fewer strings a row is joined from, the less garbage there is.
  const state = stateCell(paint, tail === null ? '\n' : '');
  return (socket) => {
    const { protocol } = socket;
    if (protocol === 'sctp') return sctp(socket);
    const start =
      rowStart(socket) + address(socket.local, protocol) + address(socket.remote, protocol);
    return tail === null ? start + state(socket) : `${start}${state(socket)}${tail(socket)}\n`;
  };
}

/** The protocol and the queues; fixed text for the most common case, empty queues. */
function rowStart(socket: InetSocket): string {
  if (socket.recvQueue === 0 && socket.sendQueue === 0 && socket.protocol === 'tcp') {
    if (socket.family === 'inet') return 'tcp        0      0 ';
    return socket.dualStack ? 'tcp46      0      0 ' : 'tcp6       0      0 ';
  }
  return `${left(protoText(socket), 5)} ${queue(socket.recvQueue)} ${queue(socket.sendQueue)} `;
}

/** `-` where the platform does not report it: an empty cell would shift the following ones for awk. */
function queue(bytes: number | null): string {
  return right(bytes === null ? '-' : String(bytes), 6);
}

/** The size of the cell cache; the port chooses the slot. */
const slots = 256;

/** A cell padded to its column, with the blank after it. Cached: rows often share one end object. */
function rememberingCell(view: View, names: Names): AddressCell {
  const cell = addressCell(view, names);
  const isAscii = view.numeric.hosts && view.numeric.ports;
  const ends = new Array<Endpoint | null>(slots).fill(null);
  const protocols = new Array<InetProtocol>(slots).fill('tcp');
  const cells = new Array<string>(slots).fill('');
  return (end, protocol) => {
    const slot = end.port & (slots - 1);
    if (ends[slot] === end && protocols[slot] === protocol) return cells[slot] as string;
    const text = cell(end, protocol);
    const padded =
      isAscii && end.zone === null
        ? `${text.padEnd(addressWidth)} `
        : `${left(text, addressWidth)} `;
    ends[slot] = end;
    protocols[slot] = protocol;
    cells[slot] = padded;
    return padded;
  };
}
