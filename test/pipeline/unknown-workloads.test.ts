import { expect, it } from 'vitest';
import type { Warning } from '../../src/model/report/snapshot.ts';
import type { Socket } from '../../src/model/socket/socket.ts';
import type { NoWorkload } from '../../src/model/socket/workload.ts';
import { unknownWorkloads } from '../../src/pipeline/unknown-workloads.ts';
import { compileSelection } from '../../src/select/compile-selection.ts';
import { lookups, query } from '../select/sockets.ts';
import { inet } from '../support/builders.ts';

/** A connection without workloads at both ends, for these reasons. */
function connection(noWorkload: NoWorkload, ofPeer: NoWorkload | null, host?: string): Socket {
  const nobody = { inode: null, owners: [], noOwner: 'none', workload: null } as const;
  return {
    ...inet('127.0.0.1:80', '127.0.0.1:40000', { ...nobody, workloads: [], cgroup: null }),
    ...{ noWorkload, peer: ofPeer && { ...nobody, noWorkload: ofPeer } },
    ...(host !== undefined && { host }),
  };
}

/** How many are selected, and what is warned of. */
function filtered(expression: string, rows: readonly Socket[]) {
  const warnings: Warning[] = [];
  const selection = compileSelection(query({ expression: [expression] }), lookups);
  const sink = { warn: (warning: Warning) => warnings.push(warning) };
  const watching = unknownWorkloads(selection.late, selection, sink);
  const chosen = rows.filter(watching.late).length;
  watching.warn();
  return { chosen, warnings };
}

const own = '1 socket left out may match: what they belong to is not known';
const other = '1 socket left out may match: what their other ends belong to is not known';

it.each<[string, NoWorkload, NoWorkload | null, number, string | null]>([
  ['workload = x', 'unknown', null, 0, own],
  ['workload = x', 'unknown', 'unknown', 0, own],
  ['workload = x', 'none', 'unknown', 0, null],
  ['workload = x', 'denied', 'unknown', 0, null],
  ['not workload = x', 'unknown', null, 1, null],
  ['peerworkload = x', 'none', 'unknown', 0, other],
  ['peerworkload = x', 'unknown', 'none', 0, null],
  ['peerworkload = x', 'none', 'denied', 0, null],
  ['peerworkload = x', 'none', null, 0, null],
  ['noworkload = none', 'unknown', 'unknown', 0, null],
])('%s: a socket of %s, its peer of %s', (expression, mine, theirs, count, message) => {
  const { chosen, warnings } = filtered(expression, [connection(mine, theirs)]);
  expect(chosen).toBe(count);
  expect(warnings.map(({ code }) => code)).toEqual(message === null ? [] : ['uncertain']);
  if (message !== null) expect(warnings[0]?.message).toMatch(message);
});

it('counts for each machine', () => {
  const rows = ['a', 'b', 'a'].map((host) => connection('none', 'unknown', host));
  const { warnings } = filtered('peerworkload = x', rows);
  expect(warnings.map(({ host, message }) => [host, message.split(' left')[0]])).toEqual([
    ['a', 'a: 2 sockets'],
    ['b', 'b: 1 socket'],
  ]);
});
