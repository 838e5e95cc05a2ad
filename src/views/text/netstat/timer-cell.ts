import type { InetProtocol, Timer } from '../../../model/socket.ts';

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

/** `keepalive (6973.26/0/0)`: seconds until it fires, retransmissions, probes. */
export function timerCell(timer: Timer | null, protocol: InetProtocol): string {
  if (timer === null) return '';
  const { kind, expiresIn, probes } = timer;
  const names = protocol === 'tcp' ? tcpNames : datagramNames;
  const name = names[kind] ?? kind.replace(/^unknown\((\d+)\)$/, 'unkn-$1');
  const seconds = kind === 'off' ? '0.00' : (expiresIn / 1000).toFixed(2);
  const retransmits = protocol === 'tcp' || protocol === 'raw' ? timer.retransmits : 0;
  return `${name} (${seconds}/${retransmits}/${probes})`;
}
