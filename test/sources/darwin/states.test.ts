import { expect, it } from 'vitest';
import { parseTcpState } from '../../../src/sources/darwin/states.ts';

it.each([
  ['CLOSED', 'CLOSE'],
  ['LISTEN', 'LISTEN'],
  ['SYN_SENT', 'SYN_SENT'],
  ['SYN_RCVD', 'SYN_RECV'],
  ['ESTABLISHED', 'ESTABLISHED'],
  ['CLOSE_WAIT', 'CLOSE_WAIT'],
  ['FIN_WAIT_1', 'FIN_WAIT1'],
  ['CLOSING', 'CLOSING'],
  ['LAST_ACK', 'LAST_ACK'],
  ['FIN_WAIT_2', 'FIN_WAIT2'],
  ['TIME_WAIT', 'TIME_WAIT'],
  ['ESTABLISHED*', 'ESTABLISHED'],
  ['11', 'UNKNOWN(11)'],
  ['-1', 'UNKNOWN(-1)'],
  ['constructor', null],
  ['', null],
])('%s is %s', (name, state) => {
  expect(parseTcpState(name)).toBe(state);
});
