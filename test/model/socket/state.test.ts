import { describe, expect, it } from 'vitest';
import {
  bareState,
  filterGroups,
  stateSpellings,
  states,
  statesSpelled,
} from '../../../src/model/socket/state.ts';
import { statesOf } from '../../support/states-of.ts';

/** Every spelling but the state's own name, and the states that it may mean. */
const spellings = [
  ['RFC 9293', 'SYN-RECEIVED', ['SYN_RECV']],
  ['RFC 9293', 'FIN-WAIT-1', ['FIN_WAIT1']],
  ['RFC 9293', 'FIN-WAIT-2', ['FIN_WAIT2']],
  ['RFC 9293', 'CLOSED', ['CLOSE', 'CLOSED']],
  ['RFC 9260', 'COOKIE-WAIT', ['COOKIE_WAIT']],
  ['RFC 9260', 'SHUTDOWN-ACK-SENT', ['SHUTDOWN_ACK_SENT']],
  ['ss', 'ESTAB', ['ESTABLISHED']],
  ['ss', 'SYN-RECV', ['SYN_RECV']],
  ['ss', 'new-syn-recv', ['SYN_RECV']],
  ['ss', 'listening', ['LISTEN', 'LISTENING']],
  ['ss', 'unconnected', ['UNCONN', 'UNCONNECTED']],
  ['ss', 'bound-inactive', ['BOUND']],
  ['macOS', 'SYN_RCVD', ['SYN_RECV']],
  ['macOS', 'FIN_WAIT_1', ['FIN_WAIT1']],
  ['macOS', 'CLOSED', ['CLOSE', 'CLOSED']],
  ['Windows', 'SYN_RECEIVED', ['SYN_RECV']],
  ['Windows', 'FIN_WAIT_2', ['FIN_WAIT2']],
  ['Windows', 'LISTENING', ['LISTEN', 'LISTENING']],
  ['Windows', 'DELETE_TCB', ['DELETE_TCB']],
  ['nobody in particular', 'timewait', ['TIME_WAIT']],
  ['nobody in particular', 'Last-Ack', ['LAST_ACK']],
] as const;

describe('statesSpelled', () => {
  it.each(spellings)('knows how %s spells: %s', (_, spelling, meant) => {
    expect([...statesSpelled(spelling)]).toEqual(meant);
  });

  it.each(Object.keys(states))('knows %s by its own name, in any case', (name) => {
    expect(statesSpelled(name)).toContain(name);
    expect(statesSpelled(name.toLowerCase())).toContain(name);
  });

  it.each(['', 'xyzzy', 'constructor', '__proto__', 'time wait', '1'])(
    'does not know %j',
    (word) => {
      expect(statesSpelled(word)).toEqual(new Set());
    },
  );

  it('knows no spelling that this test does not list', () => {
    const listed = new Set(
      [...Object.keys(states), ...spellings.map(([, one]) => one)].map(bareState),
    );
    for (const [spelling] of stateSpellings()) expect(listed).toContain(bareState(spelling));
  });
});

describe('statesOf', () => {
  it.each([
    [
      'tcp',
      'ESTABLISHED SYN_SENT SYN_RECV FIN_WAIT1 FIN_WAIT2 TIME_WAIT CLOSE CLOSE_WAIT LAST_ACK LISTEN CLOSING',
    ],
    ['platform-tcp', 'BOUND DELETE_TCB'],
    ['datagram', 'ESTABLISHED UNCONN'],
    [
      'sctp',
      'ESTABLISHED CLOSED COOKIE_WAIT COOKIE_ECHOED SHUTDOWN_PENDING SHUTDOWN_SENT SHUTDOWN_RECEIVED SHUTDOWN_ACK_SENT',
    ],
    ['unix', 'FREE UNCONNECTED CONNECTING CONNECTED DISCONNECTING LISTENING'],
  ] as const)('%s has its states', (kind, names) => {
    expect(statesOf(kind).join(' ')).toBe(names);
  });

  it('has every state but UNKNOWN, which any may show', () => {
    const kinds = ['tcp', 'platform-tcp', 'datagram', 'sctp', 'unix'] as const;
    const all = new Set<string>(kinds.flatMap((kind) => [...statesOf(kind)]));
    expect(Object.keys(states).filter((name) => !all.has(name))).toEqual(['UNKNOWN']);
  });
});

it('names an RFC’s spelling for each state of TCP and SCTP', () => {
  for (const name of [...statesOf('tcp'), ...statesOf('sctp')])
    expect(states[name]).toHaveProperty('rfc');
});

it('makes groups of states that there are', () => {
  const filters = new Set<string>(Object.values(states).map(({ filter }) => filter));
  for (const group of Object.values(filterGroups)) {
    for (const name of 'only' in group ? group.only : group.without)
      expect(filters).toContain(name);
  }
});
