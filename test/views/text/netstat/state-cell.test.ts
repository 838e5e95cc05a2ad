import { describe, expect, it } from 'vitest';
import { inetProtocols } from '../../../../src/model/protocol.ts';
import type { InetSocket } from '../../../../src/model/socket/socket.ts';
import { type InetState, states } from '../../../../src/model/socket/state.ts';
import { stateCell, stateText } from '../../../../src/views/text/netstat/state-cell.ts';
import { inetSocket } from '../../../support/builders.ts';
import { statesOf } from '../../../support/states-of.ts';

const text = (protocol: InetSocket['protocol'], state: InetState | null) =>
  stateText({ protocol, state });

describe('stateText', () => {
  it.each(statesOf('tcp'))('TCP %s is itself', (state) => {
    expect(text('tcp', state)).toBe(state);
  });

  it.each([
    ['tcp', 'UNKNOWN(0)', ''],
    ['tcp', 'UNKNOWN(14)', 'UNKNOWN(14)'],
    ['tcp', 'BOUND', 'BOUND'],
    ['sctp', 'UNKNOWN(0)', ''],
    ['sctp', 'UNKNOWN(12)', 'UNKNOWN(12)'],
    ['sctp', 'LISTEN', 'LISTEN'],
    ['udp', 'ESTABLISHED', 'ESTABLISHED'],
    ['udp', 'UNCONN', ''],
    ['udp', 'UNKNOWN(0)', 'UNKNOWN'],
    ['udp', 'UNKNOWN(10)', 'UNKNOWN'],
    ['udplite', 'UNCONN', ''],
    ['udplite', 'UNKNOWN(10)', 'UNKNOWN'],
    ['raw', 'ESTABLISHED', '1'],
    ['raw', 'UNCONN', '7'],
    ['raw', 'UNKNOWN(0)', '0'],
    ['raw', 'UNKNOWN(255)', '255'],
  ] as const)('%s %s is %j', (protocol, state, expected) => {
    expect(text(protocol, state)).toBe(expected);
  });

  it.each(statesOf('datagram'))(
    'shows for a raw socket in %s the number that --explain takes',
    (state) => {
      expect(text('raw', state)).toBe(String(states[state].raw));
    },
  );

  it.each(inetProtocols)('%s without a state is blank', (protocol) => {
    expect(text(protocol, null)).toBe('');
  });
});

it('pads to the column and lets long ones run over', () => {
  const cell = stateCell(null);
  const socket = (state: InetState) => inetSocket({ state });
  expect(cell(socket('LISTEN'))).toBe('LISTEN     ');
  expect(cell(socket('ESTABLISHED'))).toBe('ESTABLISHED');
  expect(cell(socket('UNKNOWN(4242)'))).toBe('UNKNOWN(4242)');
  expect(cell({ ...socket('UNCONN'), protocol: 'udp' })).toBe('           ');
  expect(cell({ ...socket('UNCONN'), protocol: 'raw' })).toBe('7          ');
});
