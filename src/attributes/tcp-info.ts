import { hasPeer, isWhole } from '../model/classify.ts';
import type { Socket } from '../model/socket.ts';
import type { TcpRates } from '../model/socket-info.ts';
import type { TcpInfo } from '../model/tcp-info.ts';
import { type Attribute, textual, type Unit } from './attribute.ts';
import { measured, onRequest } from './on-request.ts';

function infoOf(socket: Socket): TcpInfo | null {
  return socket.protocol === 'unix' ? null : (socket.tcpInfo ?? null);
}

/**
 * Whether a socket should have `tcp_info` but none was reported: listeners and sockets in SYN_RECV or TIME_WAIT
 * have none.
 */
function isUntold(socket: Socket): boolean {
  return socket.protocol === 'tcp' && hasPeer(socket) && isWhole(socket) && !infoOf(socket);
}

type Numbers = {
  [K in keyof TcpInfo]: TcpInfo[K] extends number | bigint | null ? K : never;
}[keyof TcpInfo];

function number(
  key: string,
  header: string,
  field: Numbers,
  unit: Unit | null,
  meaning: string,
): Attribute<Socket> {
  const rest = {
    ...{ key, header, meaning, fields: [`tcpInfo.${field}`], isUntold },
    // The only two fields that other platforms report too.
    ...(field !== 'bytesSent' && field !== 'bytesReceived' && { fact: 'tcpInternals' as const }),
  };
  return measured(
    unit === null ? rest : { ...rest, unit },
    'tcpInfo',
    (socket) => infoOf(socket)?.[field],
  );
}

function rate(key: string, header: string, field: keyof TcpRates, meaning: string) {
  return measured(
    { key, header, meaning, unit: 'bytes per second', fields: [`tcpRates.${field}`] },
    'rates',
    (socket) => (socket.protocol === 'unix' ? null : socket.rates?.[field]),
  );
}

/** The attributes from the kernel's `tcp_info` of a connection. */
export const tcpInfoAttributes: readonly Attribute<Socket>[] = [
  number(
    'rtt',
    'RTT',
    'rtt',
    'ms',
    'Smoothed round-trip time in milliseconds (RFC 6298); null: none was measured yet.',
  ),
  number('rttvar', 'RTT Var', 'rttVar', 'ms', 'How much it varies, in milliseconds.'),
  number('minrtt', 'Min RTT', 'minRtt', 'ms', 'The least that was seen lately, in milliseconds.'),
  number(
    'rto',
    'RTO',
    'rto',
    'ms',
    'Until an unacknowledged segment is sent again, in milliseconds.',
  ),
  number('cwnd', 'Cwnd', 'cwnd', null, 'Congestion window, in segments.'),
  number(
    'ssthresh',
    'Ssthresh',
    'ssthresh',
    null,
    'Slow start threshold, in segments; null: none yet.',
  ),
  number('mss', 'MSS', 'mss', 'bytes', 'Largest segment that is sent, in bytes.'),
  number('pmtu', 'PMTU', 'pmtu', 'bytes', 'Path MTU in bytes.'),
  number('unacked', 'Unacked', 'unacked', null, 'Segments that are not acknowledged yet.'),
  number('lost', 'Lost', 'lost', null, 'Segments that are taken for lost.'),
  number(
    'retransmitting',
    'Retransmitting',
    'retransmitting',
    null,
    'Segments that are on their way a second time.',
  ),
  number(
    'retrans',
    'Retrans',
    'retransmitted',
    null,
    'Segments sent again since the connection began.',
  ),
  number(
    'duplicates',
    'Duplicates',
    'duplicates',
    null,
    'Segments that the peer says it got twice (DSACK): they were sent again in vain.',
  ),
  number('sent', 'Sent', 'bytesSent', 'bytes', 'Bytes of data sent, those sent again too.'),
  number('acked', 'Acked', 'bytesAcked', 'bytes', 'Bytes of data that were acknowledged.'),
  number('received', 'Received', 'bytesReceived', 'bytes', 'Bytes of data received.'),
  number('sentagain', 'Sent Again', 'bytesRetransmitted', 'bytes', 'Bytes of data sent again.'),
  number('notsent', 'Not Sent', 'notSent', 'bytes', 'Bytes that wait to be sent the first time.'),
  number(
    'delivery',
    'Delivery',
    'deliveryRate',
    'bytes per second',
    'The best rate at which data was delivered lately, in bytes a second.',
  ),
  number(
    'pacing',
    'Pacing',
    'pacingRate',
    'bytes per second',
    'The highest rate at which it sends, in bytes a second; null: no limit, or not told.',
  ),
  number(
    'busy',
    'Busy',
    'busy',
    'ms',
    'How long data was under way or waited to be sent, in milliseconds.',
  ),
  number(
    'rwndlimited',
    'Rwnd Limited',
    'rwndLimited',
    'ms',
    "Of that, how long the peer's window held it up.",
  ),
  number(
    'sndbuflimited',
    'Sndbuf Limited',
    'sndbufLimited',
    'ms',
    'Of that, how long the send buffer held it up.',
  ),
  number('lastsent', 'Last Sent', 'lastSent', 'ms', 'Since data was last sent, in milliseconds.'),
  number(
    'lastreceived',
    'Last Received',
    'lastReceived',
    'ms',
    'Since data was last received, in milliseconds.',
  ),
  textual(
    {
      key: 'congestion',
      header: 'Congestion',
      meaning: 'The algorithm of congestion control: `cubic`, `bbr`.',
      ...onRequest('tcpInfo'),
      fields: ['tcpInfo.congestionControl'],
    },
    (socket) => infoOf(socket)?.congestionControl,
  ),
  textual(
    {
      key: 'tcpoptions',
      header: 'TCP Options',
      meaning:
        'What both ends agreed on: `ts` (timestamps), `sack`, `ecn`, `wscale:SEND,RECEIVE` (shifts of the window).',
      ...onRequest('tcpInfo'),
      long: true,
    },
    (socket) => {
      const options = infoOf(socket)?.options;
      if (!options) return null;
      const { timestamps, sack, ecn, sendWindowScale, receiveWindowScale } = options;
      return [
        ...(timestamps ? ['ts'] : []),
        ...(sack ? ['sack'] : []),
        ...(ecn ? ['ecn'] : []),
        ...(sendWindowScale === null ? [] : [`wscale:${sendWindowScale},${receiveWindowScale}`]),
      ].join(' ');
    },
  ),
  rate(
    'sentrate',
    'Sent',
    'sent',
    'How fast data is sent, in bytes a second since the round before, with -c; null: not known.',
  ),
  rate(
    'recvrate',
    'Recv',
    'received',
    'How fast data is received, in bytes a second since the round before, with -c; null: not known.',
  ),
];
