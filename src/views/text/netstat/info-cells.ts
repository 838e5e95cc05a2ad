import type { Needs } from '../../../model/request/needs.ts';
import type { SocketInfo, TcpRates } from '../../../model/socket/info.ts';
import type { InetSocket, Socket } from '../../../model/socket/socket.ts';
import type { TcpInfo } from '../../../model/socket/tcp-info.ts';
import { right } from './pad.ts';

interface Column<Info> {
  readonly title: string;
  readonly width: number;
  text(info: Info): string | number | bigint | null | undefined;
}

const ofTcpInfo: readonly Column<TcpInfo>[] = [
  { title: 'RTT(ms)', width: 10, text: ({ rtt }) => rtt?.toFixed(3) },
  { title: 'Retrans', width: 7, text: ({ retransmitted }) => retransmitted },
  { title: 'Cwnd', width: 5, text: ({ cwnd }) => cwnd },
  { title: 'Sent(B)', width: 12, text: ({ bytesSent }) => bytesSent },
  { title: 'Received(B)', width: 12, text: ({ bytesReceived }) => bytesReceived },
];

const ofRates: readonly Column<TcpRates>[] = [
  { title: 'Sent(B/s)', width: 11, text: ({ sent }) => sent },
  { title: 'Recv(B/s)', width: 11, text: ({ received }) => received },
];

const ofSocketInfo: readonly Column<Partial<SocketInfo>>[] = [
  { title: 'Accept-Q', width: 8, text: ({ acceptQueue }) => acceptQueue?.length },
  { title: 'Limit', width: 6, text: ({ acceptQueue }) => acceptQueue?.limit },
  { title: 'Drops', width: 7, text: ({ drops }) => drops },
  { title: 'Rmem(B)', width: 9, text: ({ memory }) => memory?.receive },
  { title: 'Wmem(B)', width: 9, text: ({ memory }) => memory?.send },
];

/** The queues of UNIX sockets, which netstat's table does not have. */
const ofQueues: readonly Column<Socket>[] = [
  { title: 'Recv-Q', width: 6, text: ({ recvQueue }) => recvQueue },
  { title: 'Send-Q', width: 6, text: ({ sendQueue }) => sendQueue },
];

/** The columns after all others. */
export interface InfoCells {
  /** The column headers, each after a blank. */
  readonly header: string;
  /** The cells, each after a blank; `-` for what is not known. */
  of(socket: Socket): string;
}

/** The columns of --tcp-info and --socket-info; null: neither was asked for. */
export function infoCells({
  tcpInfo,
  rates,
  socketInfo,
  unixQueues,
}: Partial<Pick<Needs, 'tcpInfo' | 'rates' | 'socketInfo' | 'unixQueues'>>): InfoCells | null {
  const parts = [
    ...(unixQueues ? [part(ofQueues, (socket) => socket)] : []),
    ...(tcpInfo ? [part(ofTcpInfo, (socket) => (socket as InetSocket).tcpInfo)] : []),
    ...(rates ? [part(ofRates, (socket) => (socket as InetSocket).rates)] : []),
    ...(socketInfo ? [part(ofSocketInfo, (socket) => socket)] : []),
  ];
  if (parts.length === 0) return null;
  return {
    header: parts.map(({ header }) => header).join(''),
    of: (socket) => {
      let cells = '';
      for (const each of parts) cells += each.of(socket);
      return cells;
    },
  };
}

function part<Info>(
  columns: readonly Column<Info>[],
  infoOf: (socket: Socket) => Info | null | undefined,
): InfoCells {
  return {
    header: columns.map(({ title, width }) => ` ${right(title, width)}`).join(''),
    of: (socket) => cellsOf(columns, infoOf(socket)),
  };
}

function cellsOf<Info>(columns: readonly Column<Info>[], info: Info | null | undefined): string {
  let cells = '';
  for (const { width, text } of columns) {
    cells += ` ${right(String((info && text(info)) ?? '-'), width)}`;
  }
  return cells;
}

/** The widths of the columns of TCP's internals and of rates. */
export const widthsOf = {
  tcpInfo: ofTcpInfo.map(({ width }) => width),
  rates: ofRates.map(({ width }) => width),
} as const;
