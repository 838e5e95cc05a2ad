import type { InetState } from '../../model/state.ts';

/** macOS's names for TCP's states (tcpstates in <netinet/tcp_fsm.h>) and ours. */
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
 * A TCP state as netstat prints it: a name, which a `*` may follow (a SYN or FIN is still to be
 * sent), or the number of a state that it has no name for. null where it is neither.
 */
export function parseTcpState(text: string): InetState | null {
  const name = text.endsWith('*') ? text.slice(0, -1) : text;
  if (Object.hasOwn(states, name)) return states[name] ?? null;
  return /^-?\d{1,9}$/.test(name) ? `UNKNOWN(${Number(name)})` : null;
}
