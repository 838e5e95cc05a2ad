import type { InetProtocol } from '../../../model/protocol.ts';
import type { Timer } from '../../../model/socket/socket.ts';

/** Names of timers for TCP, and netstat's for the other protocols. */
const tcpNames: Partial<Record<Timer['kind'], string>> = {
  off: 'off',
  on: 'on',
  keepalive: 'keepalive',
  timewait: 'timewait',
  probe: 'probe',
};
const datagramNames: Partial<Record<Timer['kind'], string>> = {
  off: 'off',
  on: 'on1',
  keepalive: 'on2',
  timewait: 'unkn-3',
  probe: 'unkn-4',
};

/** netstat's name for a kind of timer. */
export function timerName(kind: Timer['kind'], protocol: InetProtocol): string {
  const names = protocol === 'tcp' ? tcpNames : datagramNames;
  return names[kind] ?? kind.replace(/^unknown\((\d+)\)$/, 'unkn-$1');
}

/** Whether netstat shows how often a socket of this protocol has sent something again. */
export function countsRetransmits(protocol: InetProtocol): boolean {
  return protocol === 'tcp' || protocol === 'raw';
}

/** `keepalive (6973.26/0/0)`: seconds until it fires, retransmissions, probes. */
export function timerCell(timer: Timer | null, protocol: InetProtocol): string {
  if (timer === null) return '';
  const { kind, expiresIn, probes } = timer;
  const seconds = kind === 'off' ? '0.00' : (expiresIn / 1000).toFixed(2);
  const retransmits = countsRetransmits(protocol) ? timer.retransmits : 0;
  return `${timerName(kind, protocol)} (${seconds}/${retransmits}/${probes})`;
}
