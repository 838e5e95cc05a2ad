import { expect, it } from 'vitest';
import { type Check, check } from '../../../src/analysis/checks/check.ts';
import { tally } from '../../../src/analysis/checks/tally.ts';
import type { Glance } from '../../../src/model/socket/glance.ts';
import { glanceFor } from '../../../src/pipeline/diagnosis/socket-plans.ts';

const one = (name: string, changes: Partial<Check>): Check =>
  check({
    ...{
      name,
      summary: 'x',
      text: { meaning: 'Nothing.', found: [], remedy: 'Nothing.' },
      about: 'sockets',
      thresholds: {},
    },
    ...{ needs: { protocols: ['tcp'] }, find: () => [] },
    ...changes,
  });

const closing = one('is-closing', {
  watches: () => true,
  glances: ({ state }) => state === 'CLOSE_WAIT',
});
const silent = one('is-silent', {
  watches: () => true,
  glances: ({ retransmits }) => retransmits > 0,
});
const counting = one('is-counting', { tallies: ({ localPort }) => localPort !== 80 });
const scope = { system: { values: {}, missing: {} } };

const connection = (changes: Partial<Glance> = {}): Glance => ({
  ...{
    state: 'ESTABLISHED',
    timer: 'off',
    retransmits: 0,
    probes: 0,
    recvQueue: 0,
    localPort: 40_000,
  },
  ...{ remotePort: 443, inode: 1, retransmitted: 0, rtt: null, bytesSent: 0 },
  bytesRetransmitted: 0,
  ...changes,
});

it('a row is made of a connection that one of the checks wants', () => {
  const glance = glanceFor([closing, silent], scope, new Map());
  expect(glance?.wasAsked()).toBe(false);
  expect(glance?.wants(connection())).toBe(false);
  expect(glance?.wasAsked()).toBe(true);
  expect(glance?.wants(connection({ state: 'CLOSE_WAIT' }))).toBe(true);
  expect(glance?.wants(connection({ retransmits: 1 }))).toBe(true);
});

it('a check that watches sockets and cannot tell at a glance which must see all', () => {
  expect(glanceFor([closing, one('sees-all', { watches: () => true })], scope, new Map())).toBe(
    null,
  );
});

it('local ports are counted once each, whether or not a row is made, as far as the check counts them', () => {
  const counts = tally();
  const glance = glanceFor([closing, counting], scope, new Map([[counting, counts]]));
  for (const localPort of [40_000, 40_001, 40_000, 80]) glance?.wants(connection({ localPort }));
  glance?.wants(connection({ localPort: 40_002, state: 'CLOSE_WAIT' }));
  expect(counts.ports()).toBe(3);
});
