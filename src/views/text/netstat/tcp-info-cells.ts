import type { TcpInfo } from '../../../model/tcp-info.ts';
import { right } from './pad.ts';

/** What --tcp-info shows after the other columns; a socket that has none of it shows `-`. */
const columns = [
  { title: 'RTT(ms)', width: 10, text: ({ rtt }: TcpInfo) => rtt?.toFixed(3) },
  { title: 'Retrans', width: 7, text: ({ retransmitted }: TcpInfo) => retransmitted },
  { title: 'Cwnd', width: 5, text: ({ cwnd }: TcpInfo) => cwnd },
  { title: 'Sent(B)', width: 12, text: ({ bytesSent }: TcpInfo) => bytesSent },
  { title: 'Received(B)', width: 12, text: ({ bytesReceived }: TcpInfo) => bytesReceived },
] as const;

/** How wide these columns are. */
export const tcpInfoWidths = columns.map(({ width }) => width);

/** The names of these columns, a blank before each. */
export const tcpInfoHeader = columns.map(({ title, width }) => ` ${right(title, width)}`).join('');

/** Their cells, a blank before each. */
export function tcpInfoCells(info: TcpInfo | null): string {
  let cells = '';
  for (const { width, text } of columns) {
    cells += ` ${right(String((info && text(info)) ?? '-'), width)}`;
  }
  return cells;
}
