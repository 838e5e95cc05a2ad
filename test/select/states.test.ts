import { describe, expect, it } from 'vitest';
import type { Socket } from '../../src/model/socket/socket.ts';
import { states as known, type StateFilter, stateSpellings } from '../../src/model/socket/state.ts';
import { isProblem } from '../../src/select/problem.ts';
import {
  parseStates,
  shownStates,
  stateGroups,
  stateNames,
  stateSet,
  stateTest,
} from '../../src/select/states.ts';
import { inet, unix } from '../support/builders.ts';

function states(name: string): readonly StateFilter[] {
  const found = parseStates(name);
  if (isProblem(found)) throw new Error(found.expected);
  return found;
}

describe('parseStates', () => {
  it.each(shownStates)('takes what netstat prints: %s', (name) => {
    expect(states(name)).toEqual([known[name].filter]);
  });

  it.each([
    [
      'ss',
      'established syn-sent syn-recv fin-wait-1 fin-wait-2 time-wait closed close-wait last-ack closing listening',
    ],
    [
      'net-tools',
      'ESTABLISHED SYN_SENT SYN_RECV FIN_WAIT1 FIN_WAIT2 TIME_WAIT CLOSE CLOSE_WAIT LAST_ACK CLOSING LISTEN',
    ],
    [
      'macOS',
      'ESTABLISHED SYN_SENT SYN_RCVD FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT CLOSED CLOSE_WAIT LAST_ACK CLOSING LISTEN',
    ],
    [
      'Windows',
      'ESTABLISHED SYN_SENT SYN_RECEIVED FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT CLOSED CLOSE_WAIT LAST_ACK CLOSING LISTENING',
    ],
    [
      'ss, as it prints them',
      'ESTAB SYN-SENT SYN-RECV FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT UNCONN CLOSE-WAIT LAST-ACK CLOSING LISTEN',
    ],
  ])('knows the names of %s', (_, names) => {
    expect(names.split(' ').flatMap(states)).toEqual([
      'established',
      'syn-sent',
      'syn-recv',
      'fin-wait-1',
      'fin-wait-2',
      'time-wait',
      'closed',
      'close-wait',
      'last-ack',
      'closing',
      'listening',
    ]);
  });

  it.each([
    ['estab', 'established'],
    ['syn_rcvd', 'syn-recv'],
    ['SYN-RECEIVED', 'syn-recv'],
    ['new-syn-recv', 'syn-recv'],
    ['close', 'closed'],
    ['unconn', 'closed'],
    ['UNCONNECTED', 'closed'],
    ['free', 'closed'],
    ['listen', 'listening'],
    ['bound-inactive', 'bound'],
    ['TIMEWAIT', 'time-wait'],
    ['cookie_echoed', 'cookie-echoed'],
    ['Delete-TCB', 'delete-tcb'],
    ['disconnecting', 'disconnecting'],
    ['UNKNOWN', 'unknown'],
    ['BUCKET', 'syn-recv time-wait'],
  ])('reads %s as %s', (word, names) => {
    expect(states(word).join(' ')).toBe(names);
  });

  it('takes a group before the UNIX state that is called like it', () => {
    expect(states('connected')).toContain('time-wait');
  });

  it('knows every spelling that there is', () => {
    for (const [spelling, state] of stateSpellings()) {
      if (state !== 'CONNECTED') expect(states(spelling)).toEqual([known[state].filter]);
    }
  });

  it('knows every name that it offers', () => {
    for (const name of stateNames) expect(states(name)).toEqual([name]);
    expect(stateGroups).toEqual(['all', 'connected', 'synchronized', 'bucket', 'big']);
    for (const name of stateGroups) expect(states(name).length).toBeGreaterThan(1);
  });

  it.each([
    ['estab lished', 'did you mean established?'],
    ['fin-wait', 'did you mean fin-wait-1 or fin-wait-2?'],
    ['lisen', 'did you mean listening?'],
    ['conected', 'did you mean connected?'],
    ['unconected', 'did you mean closed?'],
    ['xyzzy', 'a state (established syn-sent '],
    ['xyzzy', ' all connected synchronized bucket big), found'],
    ['', 'a state (established syn-sent '],
    ['constructor', 'a state (established'],
  ])('%j is no state', (name, hint) => {
    expect(parseStates(name)).toEqual({ expected: expect.stringContaining(hint) });
  });
});

describe('stateTest', () => {
  const tcp = (state: NonNullable<Socket['state']>) =>
    inet('10.0.0.1:1', '10.0.0.2:2', { state } as object);
  const udp = inet('10.0.0.1:1', '0.0.0.0', { protocol: 'udp' });

  it.each<[string, Socket, string]>([
    ['established', tcp('ESTABLISHED'), 'all connected synchronized big established'],
    ['SYN_SENT', tcp('SYN_SENT'), 'all connected big syn-sent'],
    ['SYN_RECV', tcp('SYN_RECV'), 'all connected synchronized bucket syn-recv'],
    ['TIME_WAIT', tcp('TIME_WAIT'), 'all connected synchronized bucket time-wait'],
    ['LISTEN', tcp('LISTEN'), 'all big listening'],
    ['CLOSE', tcp('CLOSE'), 'all big closed'],
    ['a state without a name', tcp('UNKNOWN(13)'), 'all connected synchronized big unknown'],
    ['unconnected UDP', udp, 'all big closed'],
    ['UDP whose platform reports no state', { ...udp, state: null }, 'all big closed'],
    [
      'connected UDP whose platform reports no state',
      { ...inet('10.0.0.1:1', '10.0.0.2:2', { protocol: 'udp' }), state: null },
      'all connected synchronized big established',
    ],
    ...[
      inet('10.0.0.1:1', '0.0.0.0', { state: null }),
      inet('10.0.0.1:1', '0.0.0.0', { protocol: 'sctp', state: null }),
    ].map((socket): [string, Socket, string] => [
      `${socket.protocol} whose platform reports no state`,
      socket,
      'all connected synchronized big unknown',
    ]),
    ['a UNIX server', unix('/a', { state: 'LISTENING' }), 'all big listening'],
    ['a UNIX connection', unix(null), 'all connected synchronized big established'],
    ['an unconnected UNIX socket', unix(null, { state: 'UNCONNECTED' }), 'all big closed'],
  ])('%s', (_, socket, names) => {
    const fitting = [...stateGroups, ...stateNames].filter((name) =>
      stateTest(stateSet([{ adds: true, states: states(name) }]))(socket),
    );
    expect(fitting.join(' ')).toBe(names);
  });

  it.each([
    ['+established +listening', 'established listening'],
    ['-connected', 'closed listening bound'],
    ['+bucket -time-wait', 'syn-recv'],
    ['-all +closed', 'closed'],
    ['+closed -closed', ''],
  ])('clauses in order: %s', (clauses, names) => {
    const read = clauses
      .split(' ')
      .map((text) => ({ adds: text.startsWith('+'), states: states(text.slice(1)) }));
    expect(stateSet(read)).toEqual(new Set(names === '' ? [] : names.split(' ')));
  });
});
