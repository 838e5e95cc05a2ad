import { describe, expect, it } from 'vitest';
import { explained, summed } from '../../../src/commands/live/rows-summary.ts';
import type { Mark } from '../../../src/model/report/marked-socket.ts';
import type { TcpRates } from '../../../src/model/socket/info.ts';
import type { Socket } from '../../../src/model/socket/socket.ts';
import { inet, unix } from '../../support/builders.ts';

const row = (socket: Socket, mark: Mark | null = null) => ({ socket, mark });
const server = inet('0.0.0.0:22', '0.0.0.0', { state: 'LISTEN' });
const client = (rates: TcpRates | null) =>
  inet('192.0.2.1:22', '198.51.100.7:40000', { state: 'ESTABLISHED', rates });

describe('the numbers in the header', () => {
  it('are of what is there: a closed socket is only shown', () => {
    const rows = [
      row(client(null), 'new'),
      row(client({ sent: 900, received: 900 }), 'closed'),
      row(server),
      row(client(null)),
      row(inet('0.0.0.0:53', '0.0.0.0', { protocol: 'udp', state: null })),
      row(unix('/run/a')),
    ];
    const { count, totals, ofSockets } = summed(rows);
    expect(count).toBe(5);
    expect(totals[0]).toEqual(['ESTABLISHED', 2]);
    expect(totals).toContainEqual(['LISTEN', 1]);
    expect(totals.map(([, number]) => number).reduce((sum, one) => sum + one)).toBe(4);
    expect(ofSockets).toBeNull();
  });

  it.each<[TcpRates[], TcpRates | null]>([
    [
      [
        { sent: 1, received: 20 },
        { sent: 2, received: 30 },
      ],
      { sent: 3, received: 50 },
    ],
    // What no row knows is not 0.
    [[{ sent: 1, received: null }], { sent: 1, received: null }],
    [
      [
        { sent: null, received: 0 },
        { sent: null, received: null },
      ],
      { sent: null, received: 0 },
    ],
    [[{ sent: null, received: null }], null],
  ])('add up rates that are known: %j', (rates, sum) => {
    const { ofSockets } = summed([row(server), ...rates.map((one) => row(client(one)))]);
    expect(ofSockets).toEqual(sum && { ...sum, of: 'sockets' });
  });
});

describe("the explanation of a socket's state", () => {
  it('has its meaning first, and the parts that its text has', () => {
    expect(explained(server).map(({ label }) => label)).toEqual([
      null,
      'Gets in',
      'Gets out',
      'Many',
    ]);
    expect(explained(inet('0.0.0.0:9', '0.0.0.0', { state: 'UNKNOWN(14)' }))).toEqual([
      { label: null, text: expect.stringContaining('a number that this version') },
      { label: 'Many', text: expect.stringContaining('look for an update') },
    ]);
  });

  it('is empty where there is none', () => {
    expect(explained(inet('0.0.0.0:9', '0.0.0.0', { protocol: 'udp', state: null }))).toEqual([]);
  });
});
