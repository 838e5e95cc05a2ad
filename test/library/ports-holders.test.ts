import { describe, expect, it, vi } from 'vitest';
import { whoHolds } from '../../src/library/ports.ts';
import type { Warning } from '../../src/model/report/snapshot.ts';
import type { InetSocket } from '../../src/model/socket/socket.ts';
import { inet, owner } from '../support/builders.ts';

const found = vi.hoisted(() => ({
  sockets: [] as readonly InetSocket[],
  warnings: [] as readonly Warning[],
}));
vi.mock('../../src/library/take.ts', () => ({ take: async () => found }));

const because = (code: Warning['code']): Warning => ({ code, message: '', source: '/proc' });
const hidden = { owners: [], noOwner: 'denied' } as const;
const nginx = { ...owner(7, 'nginx'), commandLine: 'nginx' };
const known = { owners: [nginx] };
const nameless = { owners: [{ ...nginx, program: null }] };
const server = inet('0.0.0.0:80', '0.0.0.0', hidden);
const client = inet('127.0.0.1:80', '127.0.0.1:40000', hidden);

describe('warnings about owners', () => {
  it.each<[title: string, sockets: readonly InetSocket[], host: string, kept: string]>([
    ['of a holder', [server], '0.0.0.0', 'owners-denied owners-failed'],
    ['of a holder at any address', [server], '127.0.0.1', 'owners-denied owners-failed'],
    ['of another family', [server], '::1', ''],
    [
      ...(['of another address', [inet('127.0.0.2:80', '0.0.0.0', hidden)]] as const),
      ...(['127.0.0.1', ''] as const),
    ],
    ['of UDP', [inet('[::1]:80', '::', { protocol: 'udp', ...hidden })], '127.0.0.1', ''],
    ['of a connection', [client], '127.0.0.1', ''],
    [
      'of a connection beside a known holder',
      [client, inet('0.0.0.0:80', '0.0.0.0', known)],
      ...(['127.0.0.1', 'owners-failed'] as const),
    ],
    [
      'without a name',
      [inet('0.0.0.0:80', '0.0.0.0', nameless)],
      ...(['::', 'owners-denied owners-failed'] as const),
    ],
  ])('are given if they concern a holder: %s', async (_, sockets, host, kept) => {
    const codes = ['owners-denied', 'owners-failed', 'malformed'] as const;
    Object.assign(found, { sockets, warnings: codes.map(because) });
    const { warnings } = await whoHolds(80, { host });
    expect(warnings.map(({ code }) => code).join(' ')).toBe(`${kept} malformed`.trim());
  });
});
