import { expect, test } from 'vitest';
import { openingEnd } from '../../src/analysis/opening-end.ts';
import type { InetState } from '../../src/model/socket/state.ts';
import { noTcpInfo, type TcpInfo } from '../../src/model/socket/tcp-info.ts';
import { inet } from '../support/builders.ts';

/** Bytes sent, acknowledged and sent again, and segments in flight. */
type Numbers = readonly [sent: bigint, acked: bigint, again: bigint, unacked: number];

function infoOf([bytesSent, bytesAcked, bytesRetransmitted, unacked]: Numbers): TcpInfo {
  return { ...noTcpInfo, bytesSent, bytesAcked, bytesRetransmitted, unacked };
}

const openedBy = (state: InetState, tcpInfo?: TcpInfo | null) =>
  openingEnd(inet('192.0.2.1:40000', '198.51.100.9:5000', { state, ...(tcpInfo && { tcpInfo }) }));

test.each<[string, InetState, Numbers, ReturnType<typeof openingEnd>]>([
  ['a SYN is one more', 'ESTABLISHED', [0n, 1n, 0n, 0], 'local'],
  ['none was sent', 'ESTABLISHED', [0n, 0n, 0n, 0], 'remote'],
  ['beside data', 'CLOSE_WAIT', [500n, 501n, 0n, 0], 'local'],
  ['beside data only', 'CLOSE_WAIT', [500n, 500n, 0n, 0], 'remote'],
  ['what was sent again counts once', 'ESTABLISHED', [700n, 501n, 200n, 0], 'local'],
  ['data in flight hides it', 'ESTABLISHED', [501n, 501n, 0n, 1], null],
  ['a FIN would count too', 'FIN_WAIT2', [500n, 501n, 0n, 0], null],
  ['numbers that do not fit', 'ESTABLISHED', [500n, 400n, 0n, 0], null],
])('%s', (_, state, numbers, expected) => {
  expect(openedBy(state, infoOf(numbers))).toBe(expected);
});

test('a handshake tells by its state', () => {
  expect(openedBy('SYN_SENT')).toBe('local');
  expect(openedBy('SYN_RECV')).toBe('remote');
});

test.each<[string, TcpInfo | null]>([
  ['nothing', null],
  ['bytes sent', { ...infoOf([0n, 1n, 0n, 0]), bytesSent: null }],
  ['bytes acknowledged', { ...infoOf([0n, 1n, 0n, 0]), bytesAcked: null }],
  ['bytes sent again', { ...infoOf([0n, 1n, 0n, 0]), bytesRetransmitted: null }],
])('it is not known without its numbers: %s', (_, info) => {
  expect(openedBy('ESTABLISHED', info)).toBe(null);
});
