import type {
  DatagramState,
  InetState,
  TcpState,
  UnknownState,
} from '../../../model/socket/state.ts';

/** <net/tcp_states.h>, by code. */
const tcpStates: readonly (TcpState | 'BOUND' | undefined)[] = [
  undefined,
  'ESTABLISHED',
  'SYN_SENT',
  'SYN_RECV',
  'FIN_WAIT1',
  'FIN_WAIT2',
  'TIME_WAIT',
  'CLOSE',
  'CLOSE_WAIT',
  'LAST_ACK',
  'LISTEN',
  'CLOSING',
  'SYN_RECV', // TCP_NEW_SYN_RECV: the kernel's other code for the same state
  'BOUND', // TCP_BOUND_INACTIVE, of Linux 6.8 and later
];

/** The state of a TCP socket. */
export function tcpStateOf(code: number): InetState {
  return tcpStates[code] ?? `UNKNOWN(${code})`;
}

/** The TCP codes that other protocols use. */
const borrowedCodes = 11;

/** The state of an SCTP socket, in TCP's codes. */
export function sctpSocketStateOf(code: number): InetState {
  return code > borrowedCodes ? `UNKNOWN(${code})` : tcpStateOf(code);
}

/** UDP, UDP-Lite and raw sockets use two of TCP's codes. */
export function datagramStateOf(code: number): DatagramState | UnknownState {
  return code === 1 ? 'ESTABLISHED' : code === 7 ? 'UNCONN' : `UNKNOWN(${code})`;
}
