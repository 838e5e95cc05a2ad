import { describe, expect, it } from 'vitest';
import { withoutAbsentInet6, withoutRareTables } from '../../src/pipeline/absent-tables.ts';
import { warningSink } from '../support/source-answers.ts';

describe('a warning is reported', () => {
  it.each([
    ['not: no SCTP, which nobody named', 'absent', '/proc/net/sctp/eps', false, false, 0],
    ['not: no UDP-Lite of another /proc', 'absent', '/host/proc/net/udplite6', false, false, 0],
    ['no SCTP, which was named', 'absent', '/proc/net/sctp/eps', true, false, 1],
    ['no SCTP with -v', 'absent', '/proc/net/sctp/eps', false, true, 1],
    ['SCTP that may not be read', 'forbidden', '/proc/net/sctp/eps', false, false, 1],
    ['no IPv6', 'absent', '/proc/net/tcp6', false, false, 1],
    ['no place', 'absent', null, false, false, 1],
  ] as const)('%s', (_what, code, source, protocolsNamed, verbose, times) => {
    const sink = warningSink();
    withoutRareTables(sink, { protocolsNamed }, verbose).warn({ code, message: 'none', source });
    expect(sink.warnings).toHaveLength(times);
  });
});

describe('a warning about the peers of IPv4 sockets is reported', () => {
  it.each([
    [
      'not: no IPv6, in whose tables some of them would be',
      'absent',
      '/proc/net/tcp6',
      ['inet'],
      0,
    ],
    ['no IPv6, which was asked for', 'absent', '/proc/net/tcp6', ['inet', 'inet6'], 1],
    ['IPv6 that may not be read', 'forbidden', '/proc/net/tcp6', ['inet'], 1],
    ['no IPv4', 'absent', '/proc/net/tcp', ['inet'], 1],
    ['no place', 'absent', null, ['inet'], 1],
  ] as const)('%s', (_what, code, source, families, times) => {
    const sink = warningSink();
    withoutAbsentInet6(sink, { families: [...families] }).warn({ code, message: 'none', source });
    expect(sink.warnings).toHaveLength(times);
  });
});

it('notes and more of a sink stay as they are', () => {
  const sink = { ...warningSink(), note: () => undefined };
  const query = { protocolsNamed: false, families: ['inet'] as const };
  expect(withoutRareTables(sink, query).note).toBe(sink.note);
  expect(withoutAbsentInet6(sink, query).note).toBe(sink.note);
});
