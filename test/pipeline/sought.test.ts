import { describe, expect, it } from 'vitest';
import type { WarnedTable, Warning } from '../../src/model/report/snapshot.ts';
import type { Need } from '../../src/model/request/needs.ts';
import type { SocketPattern } from '../../src/model/socket/pattern.ts';
import { soughtBy } from '../../src/pipeline/sought.ts';

const about = (...tables: readonly WarnedTable[]): Warning => ({
  ...{ code: 'forbidden', message: 'no', source: 'T', tables },
});
const tcp4: SocketPattern = { kind: 'table', protocol: 'tcp', family: 'inet' };

describe('what a selection seeks', () => {
  it.each<[readonly Need[], boolean]>([
    [[], false],
    [['timers', 'socketInfo'], false],
    [['timers', 'owners'], true],
    [['peers'], true],
    [['workloads'], true],
    [['exposure'], true],
  ])('by owner, if it needs %j: %s', (needs, expected) => {
    expect(soughtBy({ needs, pattern: true }).byOwner).toBe(expected);
  });

  it.each<[string, WarnedTable, readonly Need[], boolean]>([
    ['of its table', { protocol: 'tcp', family: 'inet' }, [], true],
    ['of another family', { protocol: 'tcp', family: 'inet6' }, ['owners'], false],
    ['of another protocol', { protocol: 'udp', family: 'inet' }, ['owners'], false],
    ['of the family of the other end', { protocol: 'tcp', family: 'inet6' }, ['peers'], true],
    ['of another protocol than the other end', { protocol: 'udp' }, ['peers'], false],
    ['of any protocol', { family: 'inet6' }, ['peers'], true],
  ])('is concerned by a warning %s', (_, table, needs, expected) => {
    expect(soughtBy({ needs, pattern: tcp4 }).mayConcern(about(table))).toBe(expected);
  });
});
