import { describe, expect, it } from 'vitest';
import type { Timer } from '../../../../src/model/socket/socket.ts';
import { timerCell } from '../../../../src/views/text/netstat/timer-cell.ts';

const timer = (kind: Timer['kind'], expiresIn = 1230): Timer => ({
  kind,
  expiresIn,
  retransmits: 3,
  probes: 5,
});

describe('timerCell', () => {
  it.each([
    ['tcp', 'off', 'off (0.00/3/5)'],
    ['tcp', 'on', 'on (1.23/3/5)'],
    ['tcp', 'keepalive', 'keepalive (1.23/3/5)'],
    ['tcp', 'timewait', 'timewait (1.23/3/5)'],
    ['tcp', 'probe', 'probe (1.23/3/5)'],
    ['tcp', 'unknown(5)', 'unkn-5 (1.23/3/5)'],
    ['tcp', 'unknown(255)', 'unkn-255 (1.23/3/5)'],
    ['udp', 'off', 'off (0.00/0/5)'],
    ['udp', 'on', 'on1 (1.23/0/5)'],
    ['udp', 'keepalive', 'on2 (1.23/0/5)'],
    ['udp', 'timewait', 'unkn-3 (1.23/0/5)'],
    ['udplite', 'probe', 'unkn-4 (1.23/0/5)'],
    ['udp', 'unknown(9)', 'unkn-9 (1.23/0/5)'],
    ['raw', 'on', 'on1 (1.23/3/5)'],
  ] as const)('%s %s', (protocol, kind, text) => {
    expect(timerCell(timer(kind), protocol)).toBe(text);
  });

  it.each([
    [0, '0.00'],
    [10, '0.01'],
    [59_990, '59.99'],
    [7_199_110, '7199.11'],
    [42_949_672_950, '42949672.95'],
  ])('%d ms are %s seconds', (expiresIn, seconds) => {
    expect(timerCell(timer('on', expiresIn), 'tcp')).toBe(`on (${seconds}/3/5)`);
  });

  it('is blank where there is none', () => {
    expect(timerCell(null, 'sctp')).toBe('');
  });
});
