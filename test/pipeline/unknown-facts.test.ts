import { describe, expect, it } from 'vitest';
import type { Exposure } from '../../src/model/socket/exposure.ts';
import type { Owner } from '../../src/model/socket/owner.ts';
import type { Socket } from '../../src/model/socket/socket.ts';
import type { NoWorkload } from '../../src/model/socket/workload.ts';
import { unknownFacts } from '../../src/pipeline/unknown-facts.ts';
import { compileSelection } from '../../src/select/compile-selection.ts';
import { lookups, query } from '../select/sockets.ts';
import { container, inet, owner } from '../support/builders.ts';
import { warningSink } from '../support/source-answers.ts';

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
function filtered(expression: string, rows: readonly Socket[], isStill = false) {
  const selection = compileSelection(query({ expression: [expression] }), lookups);
  const sink = warningSink();
  const unknown = unknownFacts(selection, { isStill }, sink);
  const chosen = rows.filter(selection.late);
  for (const row of rows) if (!chosen.includes(row)) unknown?.leaveOut(row);
  unknown?.warn();
  return { chosen: chosen.length, warnings: sink.warnings };
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

it('is nothing to count where no such fact is asked for', () => {
  const countsFor = (expression: string, isStill: boolean) => {
    const selection = compileSelection(query({ expression: [expression] }), lookups);
    return unknownFacts(selection, { isStill }, { warn() {} }) !== null;
  };
  expect(countsFor('program = x', false)).toBe(false);
  expect(countsFor('program = x', true)).toBe(true);
  expect(countsFor('euser = 33', false)).toBe(true);
});

/** A process of which all is known. */
const known: Partial<Owner> = {
  ...{ commandLine: 'x -y', executable: '/bin/x', executableDeleted: false, uid: 0 },
  ...{ startedAt: '2026-01-01T00:00:00.000Z', parents: [{ pid: 1, name: 'init' }] },
};

describe('a process of which not all is known', () => {
  it.each<[expression: string, unknown: Partial<Owner>, isUndecided: boolean]>([
    ['euser = 33', { uid: null }, true],
    ['not euser = 0', {}, false],
    ['euser = 33', { startedAt: null }, false],
    ['started < 5m', { startedAt: null }, true],
    ['parents = sshd', { parents: null }, true],
    ['parents = sshd', { parents: [{ pid: 1, name: null }] }, true],
    ['parents = init', { parents: null }, true],
    ['deleted = yes', { executableDeleted: null }, true],
    ['command = z', { commandLine: null }, true],
    ['command = *z', { commandTruncated: true }, true],
    ['command = x*z', { commandTruncated: true }, true],
    ['command = z*', { commandTruncated: true }, false],
    ['executable = /bin/z', { commandTruncated: true }, false],
    ['executable = /bin/z', { executable: null }, true],
    ['executable = /bin/z and sport = 1', { executable: null }, false],
    ['executable = /bin/z and program = z', { executable: null }, false],
    ['fd = 3', { fd: null }, false],
  ])('%s, of %j', (expression, unknown, isUndecided) => {
    const row = inet('127.0.0.1:80', '0.0.0.0', {
      owners: [owner(7, 'x', { ...known, ...unknown })],
    });
    const { chosen, warnings } = filtered(expression, [row]);
    expect(chosen).toBe(0);
    expect(warnings.map(({ code, message }) => `${code}: ${message}`)).toEqual(
      isUndecided
        ? [expect.stringMatching(/^uncertain: 1 socket left out may match: what is asked of their/)]
        : [],
    );
  });

  it('may not decide: another process fits, or it has ended', () => {
    const row = (owners: readonly Owner[]) => inet('127.0.0.1:80', '0.0.0.0', { owners });
    const other = owner(8, 'x', { ...known, uid: 33 });
    expect(filtered('euser = 33', [row([owner(7, 'x'), other])])).toEqual({
      ...{ chosen: 1, warnings: [] },
    });
    expect(filtered('euser = 33', [row([owner(7, null)])]).warnings).toEqual([]);
    expect(filtered('program = y', [row([owner(7, null)])]).warnings).toEqual([]);
  });

  it('has no name in a capture, where nothing ends', () => {
    const row = inet('127.0.0.1:80', '0.0.0.0', { owners: [owner(7, null)] });
    for (const expression of ['program = y', 'euser = 33']) {
      expect(filtered(expression, [row], true).warnings).toHaveLength(1);
    }
    expect(filtered('pid = 8', [row], true).warnings).toEqual([]);
  });
});

it.each<[string, Partial<Exposure>, number, boolean]>([
  ['publishedfor = x', {}, 0, true],
  ['publishedfor = x', { workloads: [] }, 0, true],
  ['publishedfor = x', { workloads: [container('web')] }, 0, false],
  ['publishedfor = web', { workloads: [container('web')] }, 1, false],
  ['publishedfor = x', { kind: 'host' }, 0, false],
  ['publishedfor != x', {}, 1, false],
  ['exposure = host', {}, 0, false],
  // Has a warning with the reason.
  ['publishedfor = x', { kind: 'unknown', reason: 'no nft' }, 0, false],
])('%s, of %j', (expression, changes, count, isUndecided) => {
  const exposure = { kind: 'published', published: [], reason: null, ...changes } as const;
  const { chosen, warnings } = filtered(expression, [inet('0.0.0.0:80', '0.0.0.0', { exposure })]);
  expect(chosen).toBe(count);
  const whom = /^uncertain: 1 socket left out may match: whom their ports are published for/;
  expect(warnings.map(({ code, message }) => `${code}: ${message}`)).toEqual(
    isUndecided ? [expect.stringMatching(whom)] : [],
  );
});
