import { describe, expect, it } from 'vitest';
import { withoutRareTables } from '../../src/pipeline/absent-tables.ts';
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
