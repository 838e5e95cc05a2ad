/** TCP's states: RFC 9293 section 3.3.2, spelled as netstat spells them. */
export const tcpStates = [
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
] as const;
export type TcpState = (typeof tcpStates)[number];

/** States that a platform adds to TCP's: bound to a port but not yet used; Windows' dying block. */
export type PlatformTcpState = 'BOUND' | 'DELETE_TCB';

/** UDP, UDP-Lite and raw sockets know a peer (`connect` was called) or do not. */
export type DatagramState = 'ESTABLISHED' | 'UNCONN';

/** SCTP associations: RFC 9260 section 4, spelled as netstat spells them. */
export const sctpStates = [
  'CLOSED',
  'COOKIE_WAIT',
  'COOKIE_ECHOED',
  'ESTABLISHED',
  'SHUTDOWN_PENDING',
  'SHUTDOWN_SENT',
  'SHUTDOWN_RECEIVED',
  'SHUTDOWN_ACK_SENT',
] as const;
export type SctpState = (typeof sctpStates)[number];

/** A code that this version has no name for: the row stays, the number shows. */
export type UnknownState = `UNKNOWN(${number})`;

/** What a row of an Internet table can show as its state. */
export type InetState = TcpState | PlatformTcpState | DatagramState | UnknownState;

/** `socket_state` of <linux/net.h>, with LISTENING for a socket that accepts connections. */
export type UnixState =
  | 'FREE'
  | 'UNCONNECTED'
  | 'CONNECTING'
  | 'CONNECTED'
  | 'DISCONNECTING'
  | 'LISTENING'
  | UnknownState;
