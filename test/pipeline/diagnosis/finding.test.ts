import { expect, test } from 'vitest';
import type { Draft } from '../../../src/analysis/checks/check.ts';
import { oddPrograms } from '../../../src/analysis/checks/odd-programs.ts';
import type { Netns } from '../../../src/model/machine/netns.ts';
import type { Owner } from '../../../src/model/socket/owner.ts';
import { findingOf, needsWayInto } from '../../../src/pipeline/diagnosis/finding.ts';
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
  ['the own network', own, 'Look: `tsnetstat -tn`, `ls`, `tsnetstat -s`.'],
  ['another', web, 'Look: `tsnetstat --netns web -tn`, `ls`, `tsnetstat --netns web -s`.'],
  [
    'one that a shell would read otherwise',
    { ...web, name: 'a b' },
    "Look: `tsnetstat --netns 'a b' -tn`, `ls`, `tsnetstat --netns 'a b' -s`.",
  ],
])('the commands of the remedy look there too: %s', (_, netns, remedy) => {
  const draft: Draft = {
    ...{ ...plainFinding, sockets: [], why: '', command: null },
    remedy: 'Look: `tsnetstat -tn`, `ls`, `tsnetstat -s`.',
  };
  expect(findingOf(oddPrograms, draft, netns).remedy).toBe(remedy);
});

/** The remedy of a finding in a network, into which a way is known or not. */
function remedyOf(remedy: string, netns: Netns | null, way: readonly string[] | null): string {
  const draft: Draft = { ...plainFinding, sockets: [], why: '', command: null, remedy };
  expect(needsWayInto(draft, netns)).toBe(netns !== null && !netns.own);
  return findingOf(oddPrograms, draft, netns, () => way).remedy;
}

const commands = [
  ...['ping 192.0.2.1', 'tracepath 192.0.2.1', 'mtr -T 192.0.2.1', 'ip link', 'ss -uanp --bpf'],
  ...['arping -I eth0 192.0.2.1', 'ethtool eth0', "conntrack -L | awk '{print $1}'"],
  ...['sysctl -w net.core.somaxconn=20', 'sysctl -w net.ipv4.tcp_syncookies=1'],
];
const elsewhereToo = [
  ...['cat /proc/7/stack', 'strace -p 7', 'systemctl status app', 'cat /etc/resolv.conf'],
  ...['sysctl -w net.core.rmem_max=…', 'sysctl -w net.netfilter.nf_conntrack_max=2'],
  ...['sysctl -w net.ipv4.neigh.default.gc_thresh3=4', 'ipconfig /all', 'ssh -L'],
];

test.each(commands)('of a network in which it is run is %s', (command) => {
  const remedy = `Look (\`${command}\`), then \`cat /proc/7/stack\`.`;
  const inside = (words: string) => `Look (\`${words} ${command}\`), then \`cat /proc/7/stack\`.`;
  const byName = ['ip', 'netns', 'exec', 'a b'];
  expect(remedyOf(remedy, null, byName)).toBe(remedy);
  expect(remedyOf(remedy, own, byName)).toBe(remedy);
  expect(remedyOf(remedy, web, byName)).toBe(inside("ip netns exec 'a b'"));
  const byFile = ['nsenter', '--net=/proc/7/ns/net'];
  expect(remedyOf(remedy, nameless, byFile)).toBe(inside('nsenter --net=/proc/7/ns/net'));
  expect(remedyOf(remedy, nameless, null)).toBe(`In the network namespace 3: ${remedy}`);
});

test.each(elsewhereToo)('the same in any network is %s', (command) => {
  const draft: Draft = {
    ...{ ...plainFinding, sockets: [], why: '', command: null },
    remedy: `Look: \`${command}\`.`,
  };
  expect(needsWayInto(draft, web)).toBe(false);
  expect(findingOf(oddPrograms, draft, web, () => ['nsenter']).remedy).toBe(draft.remedy);
});

test('commands name the processes, if any are known', () => {
  const remedy = (owners: readonly Owner[]) =>
    findingOf(
      oddPrograms,
      {
        ...{ ...plainFinding, why: 'PID', command: null },
        sockets: [inet('0.0.0.0:80', '0.0.0.0:0', { owners })],
        remedy:
          'See its PID: `cat /proc/PID/stack`, `strace -p PIDS`, `ls /proc/WORKER/fd`, `pgrep -fa WORKER`, `journalctl -u PID.service`.',
      },
      null,
    ).remedy;
  expect(remedy([owner(7, 'web'), owner(8, 'web'), owner(9, 'web')])).toBe(
    'See its PID: `cat /proc/7/stack`, `strace -p 7,8,9`, `ls /proc/9/fd`, `pgrep -fa WORKER`, `journalctl -u PID.service`.',
  );
  expect(remedy([])).toBe(
    'See its PID: `cat /proc/PID/stack`, `strace -p PID`, `ls /proc/PID/fd`, `pgrep -fa WORKER`, `journalctl -u PID.service`.',
  );
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
