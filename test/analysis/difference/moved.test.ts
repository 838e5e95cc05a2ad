import { expect, it } from 'vitest';
import { type Kind, placed, put } from '../../../src/analysis/difference/entries.ts';
import { nothingFound, type SideEntry } from '../../../src/analysis/difference/found.ts';
import { findMoved } from '../../../src/analysis/difference/moved.ts';
import { type IdentityRule, identityRules } from '../../../src/analysis/identity.ts';
import type { InetSocket, Socket } from '../../../src/model/socket/socket.ts';
import { inetSocket, owner } from '../../support/builders.ts';

const owners = [owner(7, 'nginx')];

/** What these rows, gone and new, have as moves, and the rows whose order was asked for. */
function moves(removed: readonly InetSocket[], added: readonly InetSocket[]) {
  const ordered: unknown[] = [];
  const rule: IdentityRule<Socket> = {
    ...identityRules.sockets,
    order(row) {
      ordered.push(row);
      return identityRules.sockets.order(row);
    },
  };
  const kinds = new Map<string, Kind<Socket>>();
  const sideEntry = (row: Socket, side: 'before' | 'after') => {
    const identity = rule.identify(row);
    if (identity === null) throw new Error('nothing identifies the row');
    const known = placed(kinds, identity);
    put(known, side, row, identity.owners, 'compared');
    return { known, isMet: false, ...known[side] } as SideEntry<Socket>;
  };
  const found = nothingFound<Socket>();
  found.removed = removed.map((row) => sideEntry(row, 'before'));
  found.added = added.map((row) => sideEntry(row, 'after'));
  findMoved(found, rule);
  return { found, ordered };
}

const server = (address: string, port: number) =>
  inetSocket({ state: 'LISTEN', local: { address, port, zone: null }, owners });

const connection = (port: number) =>
  inetSocket({
    ...{ state: 'ESTABLISHED', owners },
    local: { address: '10.0.0.1', port, zone: null },
    remote: { address: '10.0.0.2', port: 443, zone: null },
  });

it('only servers whose port is also on the other side are sorted, since nothing else can have moved', () => {
  const [then, now] = [server('10.0.0.1', 80), server('10.0.0.2', 80)];
  const { found, ordered } = moves(
    [connection(40001), then, server('10.0.0.1', 81), connection(40002)],
    [connection(40003), now, server('10.0.0.2', 82), connection(40004)],
  );
  expect(found.changed).toMatchObject([{ before: then, after: now }]);
  expect([found.removed.length, found.added.length]).toEqual([3, 3]);
  for (const row of ordered) expect([then, now]).toContain(row);
});
