import { expect, test } from 'vitest';
import type { Draft } from '../../../src/analysis/checks/check.ts';
import { oddPrograms } from '../../../src/analysis/checks/odd-programs.ts';
import type { Netns } from '../../../src/model/machine/netns.ts';
import { findingOf } from '../../../src/pipeline/diagnosis/finding.ts';
import { inet, owner, unit } from '../../support/builders.ts';

const own: Netns = { inode: 1, name: null, own: true };
const web: Netns = { inode: 2, name: 'web', own: false };
const nameless: Netns = { inode: 3, name: null, own: false };

const plainFinding = {
  severity: 'note',
  certainty: 'sure',
  title: '',
  observations: [],
  seen: {},
} as const;

function commandFor(places: readonly (Netns | undefined)[], netns: Netns | null = null) {
  const sockets = places.map((place) =>
    inet('0.0.0.0:80', '0.0.0.0:0', place === undefined ? {} : { netns: place }),
  );
  const draft: Draft = { ...plainFinding, sockets, why: '', remedy: '', command: ['-tan'] };
  return findingOf(oddPrograms, draft, netns).command;
}

test.each<[string, readonly (Netns | undefined)[], Netns | null, readonly string[]]>([
  ['no network but the own', [undefined], null, []],
  ['the own one of several', [own], null, []],
  ['another', [web, web], null, ['--netns', 'web']],
  ['one without a name', [nameless], null, ['--netns', '3']],
  ['several', [own, web], null, ['--all-netns']],
  ['no sockets', [], null, []],
  ['the network of the finding', [web], nameless, ['--netns', '3']],
])('the command lists the sockets where they are: %s', (_, places, netns, flags) => {
  expect(commandFor(places, netns)).toEqual(['tsnetstat', ...flags, '-tan']);
});

test.each([
  ['the own network', own, 'Look: `tsnetstat -tn`, `ss`, `tsnetstat -s`.'],
  ['another', web, 'Look: `tsnetstat --netns web -tn`, `ss`, `tsnetstat --netns web -s`.'],
  [
    'one that a shell would read otherwise',
    { ...web, name: 'a b' },
    "Look: `tsnetstat --netns 'a b' -tn`, `ss`, `tsnetstat --netns 'a b' -s`.",
  ],
])('the commands of the remedy look there too: %s', (_, netns, remedy) => {
  const draft: Draft = {
    ...{ ...plainFinding, sockets: [], why: '', command: null },
    remedy: 'Look: `tsnetstat -tn`, `ss`, `tsnetstat -s`.',
  };
  expect(findingOf(oddPrograms, draft, netns).remedy).toBe(remedy);
});

test('who holds the sockets is told once, with all that is known of it, beside processes of its own', () => {
  const worker = owner(7, 'nginx', {
    uid: 33,
    commandLine: 'nginx -g',
    executable: '/usr/sbin/nginx',
  });
  const sockets = [
    inet('0.0.0.0:80', '0.0.0.0:0', { owners: [worker], workload: unit('nginx.service') }),
    inet('0.0.0.0:81', '0.0.0.0:0', {
      owners: [owner(7, 'nginx'), owner(8, 'nginx', { uid: null })],
      workload: unit('nginx.service'),
    }),
  ];
  const processes = [
    { pid: 7, program: 'older' },
    { pid: 9, program: 'sh' },
  ];
  const draft: Draft = {
    ...{ ...plainFinding, sockets, why: '', remedy: '', command: null },
    processes,
  };
  const finding = findingOf(oddPrograms, draft, null);
  expect(finding.processes).toEqual([
    {
      ...{ pid: 7, program: 'nginx', commandLine: 'nginx -g', executable: '/usr/sbin/nginx' },
      ...{ uid: 33, startedAt: null },
    },
    {
      ...{ pid: 9, program: 'sh', commandLine: null, executable: null },
      ...{ uid: null, startedAt: null },
    },
    expect.objectContaining({ pid: 8, program: 'nginx', uid: null }),
  ]);
  expect(finding.workloads).toEqual([unit('nginx.service')]);
});
