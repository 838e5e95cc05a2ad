import type { TcpInfo } from '../../../model/tcp-info.ts';
import { right } from './pad.ts';

/** As much of a connection's record as is shown; big numbers in either form. */
export type ShownInfo = Pick<TcpInfo, 'rtt' | 'retransmitted' | 'cwnd'> & {
  readonly [K in 'bytesSent' | 'bytesReceived']: number | bigint | null;
};

/** What --tcp-info shows after the other columns; a socket that has none of it shows `-`. */
const columns = [
  { title: 'RTT(ms)', width: 10, text: ({ rtt }: ShownInfo) => rtt?.toFixed(3) },
  { title: 'Retrans', width: 7, text: ({ retransmitted }: ShownInfo) => retransmitted },
  { title: 'Cwnd', width: 5, text: ({ cwnd }: ShownInfo) => cwnd },
  { title: 'Sent(B)', width: 12, text: ({ bytesSent }: ShownInfo) => bytesSent },
  { title: 'Received(B)', width: 12, text: ({ bytesReceived }: ShownInfo) => bytesReceived },
] as const;

/** The names of these columns, a blank before each. */
export const tcpInfoHeader = columns.map(({ title, width }) => ` ${right(title, width)}`).join('');

/** Their cells, a blank before each. */
export function tcpInfoCells(info: ShownInfo | null): string {
  let cells = '';
  for (const { width, text } of columns) {
    cells += ` ${right(String((info && text(info)) ?? '-'), width)}`;
  }
  return cells;
}
