import { hasPeer, isFullSocket } from '../model/socket/classify.ts';
import type { TcpRates } from '../model/socket/info.ts';
import type { Socket } from '../model/socket/socket.ts';
import type { TcpInfo } from '../model/socket/tcp-info.ts';
import { type Attribute, textual, type Unit } from './attribute.ts';
import { measured, onRequest } from './on-request.ts';

function infoOf(socket: Socket): TcpInfo | null {
  return socket.protocol === 'unix' ? null : (socket.tcpInfo ?? null);
}

/**
 * Whether a socket should have `tcp_info` but none was reported: listeners and sockets in SYN_RECV or TIME_WAIT
 * have none.
 */
function isUnavailable(socket: Socket): boolean {
  return socket.protocol === 'tcp' && hasPeer(socket) && isFullSocket(socket) && !infoOf(socket);
}

/** Options without their numbers. */
const optionNames = ['ts', 'sack', 'ecn', 'wscale'] as const;

/** The negotiated options, as shown; null: there is no information. */
function optionTexts(socket: Socket): readonly string[] | null {
  const options = infoOf(socket)?.options;
  if (!options) return null;
  const { timestamps, sack, ecn, sendWindowScale, receiveWindowScale } = options;
  return [
    ...(timestamps ? ['ts'] : []),
    ...(sack ? ['sack'] : []),
    ...(ecn ? ['ecn'] : []),
    ...(sendWindowScale === null ? [] : [`wscale:${sendWindowScale},${receiveWindowScale}`]),
  ];
}

const ofTcp = { protocols: ['tcp'] } as const;

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
    ...{ key, header, meaning, fields: [`tcpInfo.${field}`], isUnavailable, ...ofTcp },
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
    {
      key,
      header,
      meaning,
      unit: 'bytes per second',
      fields: [`tcpRates.${field}`],
      isUnavailable,
      ...ofTcp,
    },
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
    'Smoothed round-trip time in milliseconds (RFC 6298); null: not measured yet.',
  ),
  number('rttvar', 'RTT Var', 'rttVar', 'ms', 'Variation of the round-trip time, in milliseconds.'),
  number('minrtt', 'Min RTT', 'minRtt', 'ms', 'Lowest recent round-trip time, in milliseconds.'),
  number('rto', 'RTO', 'rto', 'ms', 'Retransmission timeout, in milliseconds.'),
  number('cwnd', 'Cwnd', 'cwnd', null, 'Congestion window, in segments.'),
  number(
    'ssthresh',
    'Ssthresh',
    'ssthresh',
    null,
    'Slow start threshold, in segments; null: not set yet.',
  ),
  number('mss', 'MSS', 'mss', 'bytes', 'Maximum size of segments sent, in bytes.'),
  number('pmtu', 'PMTU', 'pmtu', 'bytes', 'Path MTU in bytes.'),
  number('unacked', 'Unacked', 'unacked', null, 'Segments not acknowledged yet.'),
  number('lost', 'Lost', 'lost', null, 'Segments considered lost.'),
  number(
    'retransmitting',
    'Retransmitting',
    'retransmitting',
    null,
    'Retransmitted segments not acknowledged yet.',
  ),
  number(
    'retrans',
    'Retrans',
    'retransmitted',
    null,
    'Segments retransmitted since the connection began.',
  ),
  number(
    'duplicates',
    'Duplicates',
    'duplicates',
    null,
    'Segments that the peer reported as duplicates (DSACK): retransmitted unnecessarily.',
  ),
  number('sent', 'Sent', 'bytesSent', 'bytes', 'Bytes of data sent, retransmissions included.'),
  number('acked', 'Acked', 'bytesAcked', 'bytes', 'Bytes of data acknowledged.'),
  number('received', 'Received', 'bytesReceived', 'bytes', 'Bytes of data received.'),
  number('sentagain', 'Sent Again', 'bytesRetransmitted', 'bytes', 'Bytes of data retransmitted.'),
  number('notsent', 'Not Sent', 'notSent', 'bytes', 'Bytes queued and not sent yet.'),
  number(
    'delivery',
    'Delivery',
    'deliveryRate',
    'bytes per second',
    'Recent maximum delivery rate, in bytes per second.',
  ),
  number(
    'pacing',
    'Pacing',
    'pacingRate',
    'bytes per second',
    'Maximum sending (pacing) rate, in bytes per second; null: unlimited, or not known.',
  ),
  number(
    'busy',
    'Busy',
    'busy',
    'ms',
    'Time with data in flight or waiting to be sent, in milliseconds.',
  ),
  number(
    'rwndlimited',
    'Rwnd Limited',
    'rwndLimited',
    'ms',
    "Part of that time in which the peer's window limited sending.",
  ),
  number(
    'sndbuflimited',
    'Sndbuf Limited',
    'sndbufLimited',
    'ms',
    'Part of that time in which the send buffer limited sending.',
  ),
  number(
    'lastsent',
    'Last Sent',
    'lastSent',
    'ms',
    'Time since data was last sent, in milliseconds; null: not connected yet.',
  ),
  number(
    'lastreceived',
    'Last Received',
    'lastReceived',
    'ms',
    'Time since data was last received, in milliseconds; null: not connected yet.',
  ),
  textual(
    {
      key: 'congestion',
      header: 'Congestion',
      meaning: 'The congestion control algorithm: `cubic`, `bbr`.',
      ...ofTcp,
      ...onRequest('tcpInfo'),
      fact: 'tcpInternals',
      fields: ['tcpInfo.congestionControl'],
      isUnavailable: (socket) =>
        isUnavailable(socket) || infoOf(socket)?.congestionControl === null,
      filter: {
        kind: 'text',
        expected: 'an algorithm',
        of: (socket) => [infoOf(socket)?.congestionControl ?? null],
      },
    },
    (socket) => infoOf(socket)?.congestionControl,
  ),
  textual(
    {
      key: 'tcpoptions',
      path: 'tcpInfo.options',
      header: 'TCP Options',
      meaning:
        'Negotiated options: `ts` (timestamps), `sack`, `ecn`, `wscale:SEND,RECEIVE` (window scale).',
      ...ofTcp,
      ...onRequest('tcpInfo'),
      fact: 'tcpInternals',
      long: true,
      isUnavailable: (socket) => isUnavailable(socket) || infoOf(socket)?.options === null,
      filter: {
        kind: 'text',
        expected: 'an option',
        words: optionNames,
        of: (socket) => optionTexts(socket)?.map((text) => text.replace(/:.*/, '')) ?? [],
      },
    },
    (socket) => optionTexts(socket)?.join(' '),
  ),
  rate(
    'sentrate',
    'Sent',
    'sent',
    'With -c: bytes sent per second since the previous round; null: not known.',
  ),
  rate(
    'recvrate',
    'Recv',
    'received',
    'With -c: bytes received per second since the previous round; null: not known.',
  ),
];
