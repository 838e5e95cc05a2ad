import { describe, expect, it } from 'vitest';
import type { Warning } from '../../../src/model/report/snapshot.ts';
import {
  mayConcern,
  mayConcernMatching,
  tableOf,
} from '../../../src/model/report/warned-tables.ts';
import { inetSocket, netInterface, unixSocket } from '../../support/builders.ts';

const warning = (rest: Partial<Warning> = {}): Warning => ({
  ...{ code: 'forbidden', message: 'no', source: 'T' },
  ...rest,
});
const tcp = inetSocket({ protocol: 'tcp', family: 'inet' });

describe('the rows that a warning may be about', () => {
  it.each<[string, Warning, boolean]>([
    ['all, if it names no table', warning(), true],
    ['all, if its list of tables is empty', warning({ tables: [] }), true],
    ['those of its table', warning({ tables: [{ protocol: 'tcp', family: 'inet' }] }), true],
    ['none of another protocol', warning({ tables: [{ protocol: 'udp', family: 'inet' }] }), false],
    ['none of another family', warning({ tables: [{ protocol: 'tcp', family: 'inet6' }] }), false],
    ['both families', warning({ tables: [{ protocol: 'tcp' }] }), true],
    ['each protocol', warning({ tables: [{ family: 'inet' }] }), true],
    ['those of any of its tables', warning({ tables: [{ protocol: 'udp' }, {}] }), true],
    ['all, for a later protocol', warning({ tables: [{ protocol: 'mptcp' as 'tcp' }] }), true],
    ['none of another machine', warning({ host: 'web1' }), false],
  ])('%s', (_, one, expected) => {
    expect(mayConcern(one, tcp)).toBe(expected);
  });

  it('are of its machine', () => {
    const tables = [{ protocol: 'tcp' }] as const;
    expect(mayConcern(warning({ host: 'web1', tables }), { ...tcp, host: 'web1' })).toBe(true);
    expect(mayConcern(warning({ tables }), { ...tcp, host: 'web1' })).toBe(true);
  });

  it('may be those that are of no protocol or family', () => {
    expect(mayConcern(warning({ tables: [{ family: 'inet6' }] }), netInterface('eth0'))).toBe(true);
  });
});

it('SCTP and the UNIX domain have one table for all families', () => {
  const concerned = [inetSocket({ protocol: 'sctp', family: 'inet6' }), unixSocket()];
  const tables = [tableOf('sctp', 'inet'), tableOf('unix', 'unix')];
  for (const row of concerned) expect(mayConcern(warning({ tables }), row)).toBe(true);
  expect(mayConcern(warning({ tables }), tcp)).toBe(false);
});

it.each<[string, Warning, boolean]>([
  ['which names no table', warning(), true],
  ['about their table', warning({ tables: [{ protocol: 'tcp', family: 'inet6' }] }), true],
  ['about another', warning({ tables: [{ protocol: 'udp' }] }), false],
  ['about several', warning({ tables: [{ protocol: 'udp' }, { family: 'inet' }] }), true],
  ['about a later protocol', warning({ tables: [{ protocol: 'mptcp' as 'tcp' }] }), true],
])('sockets that match may be concerned by a warning %s: %s', (_, one, expected) => {
  expect(mayConcernMatching(one, { kind: 'table', protocol: 'tcp', family: null })).toBe(expected);
});
