import type { InetState } from '../../model/socket/state.ts';

/** Maps macOS's names of TCP states (tcpstates in <netinet/tcp_fsm.h>) to ours. */
const states: Readonly<Record<string, InetState>> = {
  CLOSED: 'CLOSE',
  LISTEN: 'LISTEN',
  SYN_SENT: 'SYN_SENT',
  SYN_RCVD: 'SYN_RECV',
  ESTABLISHED: 'ESTABLISHED',
  CLOSE_WAIT: 'CLOSE_WAIT',
  FIN_WAIT_1: 'FIN_WAIT1',
  CLOSING: 'CLOSING',
  LAST_ACK: 'LAST_ACK',
  FIN_WAIT_2: 'FIN_WAIT2',
  TIME_WAIT: 'TIME_WAIT',
};

/**
 * Parses a TCP state as netstat prints it: a name, possibly followed by `*` (a SYN or FIN is still to be sent), or the
 * number of a state without a name. null for anything else.
 */
export function parseTcpState(text: string): InetState | null {
  const name = text.endsWith('*') ? text.slice(0, -1) : text;
  if (Object.hasOwn(states, name)) return states[name] ?? null;
  return /^-?\d{1,9}$/.test(name) ? `UNKNOWN(${Number(name)})` : null;
}
