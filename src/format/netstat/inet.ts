import type { Request, Which } from '../../model/request.js';
import type { InetSocket } from '../../model/socket.js';
import type { FormatContext } from '../formatter.js';
import { type AddressCell, addressCell } from './address-cell.js';
import { ownerCell } from './owner-cell.js';
import { left, right } from './pad.js';
import { sctpRow } from './sctp.js';
import { stateCell } from './state-cell.js';
import { timerCell } from './timer-cell.js';
import { userText } from './user-text.js';

/** What a section's title says of the rows under it. */
export const whichText: Record<Which, string> = {
  connected: '(w/o servers)',
  listening: '(only servers)',
  all: '(servers and established)',
};

/** The title and the column names of the Internet section, as net-tools 2.10 prints them. */
export function inetHeader(request: Request): string {
  return (
    `Active Internet connections ${whichText[request.which]}\n` +
    'Proto Recv-Q Send-Q Local Address           Foreign Address         State      ' +
    `${request.extend > 0 ? ' User       Inode     ' : ''}` +
    `${request.programs ? ' PID/Program name    ' : ''}` +
    `${request.timers ? ' Timer' : ''}\n`
  );
}

const addressWidth = 23;

/** netstat's name for a row's table. */
function protoText({ protocol, family }: InetSocket): string {
  if (protocol === 'sctp') return protocol;
  const name = protocol === 'udplite' ? 'udpl' : protocol;
  return family === 'inet6' ? `${name}6` : name;
}

/** Makes a row's text, its line break included. */
export function inetRow(context: FormatContext): (socket: InetSocket) => string {
  const { request, names, paint } = context;
  const state = stateCell(paint);
  const address = rememberingCell(addressCell(request, names));
  const tail = rowTail(context);
  const sctp = sctpRow(context, tail);
  return (socket) => {
    if (socket.protocol === 'sctp') return sctp(socket);
    return (
      `${left(protoText(socket), 5)} ${queue(socket.recvQueue)} ${queue(socket.sendQueue)} ` +
      `${address(socket.local, socket.protocol)} ${address(socket.remote, socket.protocol)} ` +
      `${state(socket)}${tail(socket)}\n`
    );
  };
}

function queue(bytes: number | null): string {
  return bytes === 0 || bytes === null ? '     0' : right(String(bytes), 6);
}

/** How many address cells to remember: servers' own ends recur in row after row. */
const rememberedCells = 1024;

function rememberingCell(cell: AddressCell): AddressCell {
  const known = new Map<string, Map<number, string>>();
  let count = 0;
  return (end, protocol) => {
    const padded = () => left(cell(end, protocol), addressWidth);
    if (protocol !== 'tcp') return padded();
    let ports = known.get(end.address);
    const found = ports?.get(end.port);
    if (found !== undefined) return found;
    const text = padded();
    if (end.zone === null && count < rememberedCells) {
      if (ports === undefined) {
        ports = new Map();
        known.set(end.address, ports);
      }
      ports.set(end.port, text);
      count++;
    }
    return text;
  };
}

/** What -e, -p and -o add behind the state. */
export type RowTail = (socket: InetSocket) => string;

function rowTail({ request, names, paint }: FormatContext): RowTail {
  const { extend, programs, timers } = request;
  if (extend === 0 && !programs && !timers) return () => '';
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
