import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differ, differenceOf } from '../../../src/analysis/difference/difference.ts';
import type { Standing } from '../../../src/analysis/difference/entries.ts';
import type { ComparedReport, Difference } from '../../../src/model/report/difference.ts';
import type { Row } from '../../../src/model/report/snapshot.ts';
import type { Owner } from '../../../src/model/socket/owner.ts';
import type { InetSocket, Socket } from '../../../src/model/socket/socket.ts';
import type { Workload } from '../../../src/model/socket/workload.ts';
import {
  group,
  inet,
  interfaceAddress,
  netInterface,
  owner,
  route,
  unix,
  unixSocket,
} from '../../support/builders.ts';
import { rowOf } from '../../views/text/support/arbitrary.ts';

/** A server at an address, held by these programs: a name, or a whole owner. */
function server(at: string, holders: readonly (string | Owner)[], more: Partial<InetSocket> = {}) {
  const owners = holders.map((one, i) => (typeof one === 'string' ? owner(100 + i, one) : one));
  return inet(at, at.startsWith('[') ? '[::]' : '0.0.0.0', { owners, noOwner: null, ...more });
}

const first = { startedAt: '2026-01-01T00:00:00.000Z' };
const second = { startedAt: '2026-01-02T00:00:00.000Z' };

/** Nobody is told to hold it, for this reason; null: owners were not asked for. */
const unheld = (noOwner: InetSocket['noOwner']) => ({ owners: noOwner && [], noOwner });

function workload(changes: Partial<Workload>): Workload {
  return {
    ...{ kind: 'container', runtime: 'podman', name: null, id: null, namespace: null },
    ...{ podUid: null, container: null, image: null, unit: null },
    ...changes,
  };
}

/** What differs, in short: signs and the fields of what has changed. */
function linesOf(difference: Difference<ComparedReport>): readonly string[] {
  const { added, removed, changed, replaced } = difference;
  return [
    ...removed.map((row) => `- ${placeOf(row)}`),
    ...added.map((row) => `+ ${placeOf(row)}`),
    ...changed.map(
      ({ fields, after }) =>
        `~ ${placeOf(after)}: ${fields.map((one) => `${one.field} ${one.before} > ${one.after}`).join(', ')}`,
    ),
    ...replaced.map(({ after }) => `= ${placeOf(after)}`),
  ];
}

function placeOf(row: Row): string {
  if ('local' in row) return `${row.local.address}:${row.local.port}`;
  if ('path' in row) return row.path ?? '';
  if ('destination' in row) return `${row.destination}/${row.prefixLength}`;
  if ('addresses' in row) return row.name;
  return 'group' in row ? row.group : '';
}

const web = server('0.0.0.0:80', ['nginx']);
const unit = (name: string) => workload({ kind: 'unit', runtime: 'systemd', name });

describe('servers', () => {
  it.each([
    ['a snap', '/snap/etcd/230/bin/x', '/snap/etcd/241/bin/x', true],
    ["a snap of one's own making", '/snap/etcd/x1/bin/x', '/snap/etcd/x2/bin/x', true],
    ['a snap on Fedora', '/var/lib/snapd/snap/e/1/x', '/var/lib/snapd/snap/e/2/x', true],
    ['another snap', '/snap/etcd/230/bin/x', '/snap/evil/230/bin/x', false],
    [
      'a package of Nix',
      `/nix/store/${'0a'.repeat(16)}-nginx-1.24.0/bin/x`,
      `/nix/store/${'1b'.repeat(16)}-nginx-1.26.1/bin/x`,
      true,
    ],
    [
      'another package of Nix',
      `/nix/store/${'0a'.repeat(16)}-nginx-1.24.0/bin/x`,
      `/nix/store/${'0a'.repeat(16)}-evil-1.24.0/bin/x`,
      false,
    ],
    [
      'a formula of Homebrew',
      '/opt/homebrew/Cellar/redis/7.2.4/bin/x',
      '/opt/homebrew/Cellar/redis/8.0.0/bin/x',
      true,
    ],
    [
      'k3s',
      `/var/lib/rancher/k3s/data/${'0a'.repeat(32)}/bin/k3s`,
      `/var/lib/rancher/k3s/data/${'1b'.repeat(32)}/bin/k3s`,
      true,
    ],
    [
      'another program of k3s',
      `/var/lib/rancher/k3s/data/${'0a'.repeat(32)}/bin/k3s`,
      `/var/lib/rancher/k3s/data/${'0a'.repeat(32)}/bin/evil`,
      false,
    ],
    [
      'RKE2',
      '/var/lib/rancher/rke2/data/v1.28.3-rke2r1-0a1b/bin/x',
      '/var/lib/rancher/rke2/data/v1.29.0-rke2r1-2c3d/bin/x',
      true,
    ],
    [
      'a Node of nvm',
      '/home/a/.nvm/versions/node/v20.1.0/bin/node',
      '/home/a/.nvm/versions/node/v22.9.0/bin/node',
      true,
    ],
    [
      "another user's Node",
      '/home/a/.nvm/versions/node/v20.1.0/bin/node',
      '/home/b/.nvm/versions/node/v20.1.0/bin/node',
      false,
    ],
    ['an AppImage', '/tmp/.mount_ServeraB3dE9/usr/x', '/tmp/.mount_ServerZZ00ab/usr/x', true],
    ['one with a short name', '/tmp/.mount_aaB3dE9/x', '/tmp/.mount_aZZ00ab/x', true],
    ['another AppImage', '/tmp/.mount_ServeraB3dE9/x', '/tmp/.mount_EvilaB3dE9/x', false],
    ['a folder that looks like one', '/tmp/snap/e/1/x', '/tmp/snap/e/2/x', false],
  ] as const)('of %s with another path are the same: %s > %s: %s', (_, before, after, isSame) => {
    const at = (executable: string) => [server('0.0.0.0:80', [owner(100, 'x', { executable })])];
    expect(linesOf(differenceOf('sockets', at(before), at(after)))).toEqual(
      isSame ? [] : [`~ 0.0.0.0:80: owners.executable ${before} > ${after}`],
    );
  });

  it.each<[title: string, before: Socket[], after: Socket[], expected: string[]]>([
    ['that stay are the same', [web], [web], []],
    ['that come are added', [], [web], ['+ 0.0.0.0:80']],
    [
      'that are bound to another interface',
      [server('0.0.0.0:80', ['nginx'], { device: 'eth0', cookie: 1n })],
      [server('0.0.0.0:80', ['nginx'], { device: 'eth1', cookie: 2n })],
      ['~ 0.0.0.0:80: device eth0 > eth1'],
    ],
    [
      'that are bound to none any more',
      [server('0.0.0.0:80', ['nginx'], { device: 'eth0', cookie: 1n })],
      [server('0.0.0.0:80', ['nginx'], { device: null, cookie: 2n })],
      ['~ 0.0.0.0:80: device eth0 > none'],
    ],
    [
      'of several interfaces, of which one goes',
      ['eth0', 'eth1'].map((device) => server('0.0.0.0:80', ['nginx'], { device, cookie: 1n })),
      [server('0.0.0.0:80', ['nginx'], { device: 'eth1', cookie: 2n })],
      ['- 0.0.0.0:80'],
    ],
    [
      'that move to another interface of the same address',
      [
        server('[fe80::1]:80', ['nginx'], {
          local: { address: 'fe80::1', port: 80, zone: 'eth0' },
        }),
      ],
      [
        server('[fe80::1]:80', ['nginx'], {
          local: { address: 'fe80::1', port: 80, zone: 'eth1' },
        }),
      ],
      ['~ fe80::1:80: local.address fe80::1%eth0 > fe80::1%eth1'],
    ],
    [
      'of SCTP that have one address less',
      [server('192.0.2.1:80', ['app'], { protocol: 'sctp', localAlternates: ['192.0.2.2'] })],
      [server('192.0.2.1:80', ['app'], { protocol: 'sctp', localAlternates: [] })],
      ['~ 192.0.2.1:80: local.address 192.0.2.1, 192.0.2.2 > 192.0.2.1'],
    ],
    ['that go are removed', [web], [], ['- 0.0.0.0:80']],
    [
      'of a daemon that was restarted are replaced, which is no change',
      [server('0.0.0.0:80', [owner(100, 'nginx')], { inode: 1 })],
      [server('0.0.0.0:80', [owner(200, 'nginx')], { inode: 2 })],
      ['= 0.0.0.0:80'],
    ],
    [
      'of a process with the same PID that started later are replaced',
      [server('0.0.0.0:80', [owner(7, 'nginx', first)], { inode: 1 })],
      [server('0.0.0.0:80', [owner(7, 'nginx', second)], { inode: 2 })],
      ['= 0.0.0.0:80'],
    ],
    [
      'of a process with the same PID and socket are not: the clock was set',
      [server('0.0.0.0:80', [owner(7, 'nginx', first)], { inode: 1 })],
      [server('0.0.0.0:80', [owner(7, 'nginx', second)], { inode: 1 })],
      [],
    ],
    [
      'whose owners and numbers are not seen later are not replaced',
      [server('0.0.0.0:80', [], { ...unheld('denied'), inode: 5 })],
      [server('0.0.0.0:80', [], { ...unheld('denied'), inode: null })],
      [],
    ],
    [
      'that another program has taken over have changed',
      [web],
      [server('0.0.0.0:80', ['evil'])],
      ['~ 0.0.0.0:80: owners.program nginx > evil'],
    ],
    [
      'of another user have changed',
      [web],
      [server('0.0.0.0:80', ['nginx'], { uid: 33 })],
      ['~ 0.0.0.0:80: uid 0 > 33'],
    ],
    [
      'of another executable under the same name have changed',
      [server('0.0.0.0:80', [owner(100, 'nginx', { executable: '/usr/sbin/nginx' })])],
      [server('0.0.0.0:80', [owner(100, 'nginx', { executable: '/tmp/nginx' })])],
      ['~ 0.0.0.0:80: owners.executable /usr/sbin/nginx > /tmp/nginx'],
    ],
    [
      'whose executable was deleted, as in an upgrade, are the same',
      [
        server('0.0.0.0:80', [
          owner(100, 'nginx', { executable: '/usr/sbin/nginx', executableDeleted: false }),
        ]),
      ],
      [
        server('0.0.0.0:80', [
          owner(100, 'nginx', { executable: '/usr/sbin/nginx', executableDeleted: true }),
        ]),
      ],
      [],
    ],
    [
      'that were reloaded, with other workers under one master, are the same',
      [server('0.0.0.0:80', [owner(1000, 'nginx: master process'), owner(1001, 'nginx: worker')])],
      [
        server('0.0.0.0:80', [
          owner(1000, 'nginx: master process'),
          owner(1007, 'nginx: worker'),
          owner(1008, 'nginx: worker process is shutting down'),
        ]),
      ],
      [],
    ],
    [
      'whose title has changed are the same',
      [
        server('0.0.0.0:80', ['unicorn worker[0] -c u.rb']),
        server('0.0.0.0:81', ['sidekiq 6.5.1 shop [0 of 10 busy]']),
        server('0.0.0.0:6379', ['redis-server *:6379']),
      ],
      [
        server('0.0.0.0:80', ['unicorn worker[3] -c u.rb']),
        server('0.0.0.0:81', ['sidekiq 6.5.2 shop [1 of 10 busy]']),
        server('0.0.0.0:6379', ['redis-server *:6379 [cluster]']),
      ],
      [],
    ],
    ...['perl', './perl', '../bin/perl', 'bin/perl', './perl: worker'].map(
      (name): [string, Socket[], Socket[], string[]] => [
        `that were started as ${name} are the same, and another program there is not`,
        [server('0.0.0.0:80', ['perl']), server('0.0.0.0:81', ['python3'])],
        [server('0.0.0.0:80', [name]), server('0.0.0.0:81', [name])],
        [`~ 0.0.0.0:81: owners.program python3 > ${name.replace(/:.*/, '')}`],
      ],
    ),
    [
      'of two files of one name have changed, however they were started',
      [server('0.0.0.0:80', [owner(1, './perl', { executable: '/usr/bin/perl' })])],
      [server('0.0.0.0:80', [owner(2, './perl', { executable: '/tmp/perl' })])],
      ['~ 0.0.0.0:80: owners.executable /usr/bin/perl > /tmp/perl'],
    ],
    [
      'that another program shares have changed',
      [web],
      [server('0.0.0.0:80', ['nginx', 'evil'])],
      ['~ 0.0.0.0:80: owners.program nginx > evil, nginx'],
    ],
    [
      'of a group that shares a port (SO_REUSEPORT) count once, whatever their number',
      [web, server('0.0.0.0:80', ['nginx'], { inode: 2 })],
      [web, ...[2, 3, 4].map((inode) => server('0.0.0.0:80', ['nginx'], { inode }))],
      [],
    ],
    [
      'of another program that joins such a group are added',
      [web],
      [web, server('0.0.0.0:80', ['evil'])],
      ['+ 0.0.0.0:80'],
    ],
    [
      'that a service manager holds are the same once it has started the service',
      [server('0.0.0.0:22', [owner(1, 'systemd')])],
      [server('0.0.0.0:22', [owner(1, 'systemd'), owner(700, 'sshd')])],
      [],
    ],
    [
      'that a service manager held and another program took over have changed',
      [server('0.0.0.0:22', [owner(1, 'systemd')])],
      [server('0.0.0.0:22', ['dropbear'])],
      ['~ 0.0.0.0:22: owners.program systemd > dropbear'],
    ],
    [
      'of the first process of a container are compared as others',
      [server('0.0.0.0:22', [owner(1, 'nginx')])],
      [server('0.0.0.0:22', [owner(1, 'evil')])],
      ['~ 0.0.0.0:22: owners.program nginx > evil'],
    ],
    ['of both families are two', [web, server('[::]:80', ['nginx'])], [web], ['- :::80']],
  ])('%s', (_, before, after, expected) => {
    expect(linesOf(differenceOf('sockets', before, after))).toEqual(expected);
  });
});

describe('a server that moves', () => {
  const at = (...places: readonly string[]) => places.map((place) => server(place, ['app']));

  it.each<[title: string, before: Socket[], after: Socket[], expected: string[]]>([
    [
      'from loopback to every address has changed',
      at('127.0.0.1:8080'),
      at('0.0.0.0:8080'),
      ['~ 0.0.0.0:8080: local.address 127.0.0.1 > 0.0.0.0'],
    ],
    [
      'in both families has changed in each',
      at('127.0.0.1:8080', '[::1]:8080'),
      at('[::]:8080', '0.0.0.0:8080'),
      ['~ 0.0.0.0:8080: local.address 127.0.0.1 > 0.0.0.0', '~ :::8080: local.address ::1 > ::'],
    ],
    [
      'to the other family has changed',
      at('127.0.0.1:8080'),
      at('[::]:8080'),
      ['~ :::8080: local.address 127.0.0.1 > ::'],
    ],
    [
      'and runs as another user says both',
      at('127.0.0.1:8080'),
      [server('0.0.0.0:8080', ['app'], { uid: 1000 })],
      ['~ 0.0.0.0:8080: local.address 127.0.0.1 > 0.0.0.0, uid 0 > 1000'],
    ],
    [
      'to another port is gone, and another came',
      at('127.0.0.1:8080'),
      at('127.0.0.1:8081'),
      ['- 127.0.0.1:8080', '+ 127.0.0.1:8081'],
    ],
    [
      'and is another program is gone, and another came',
      at('127.0.0.1:8080'),
      [server('0.0.0.0:8080', ['evil'])],
      ['- 127.0.0.1:8080', '+ 0.0.0.0:8080'],
    ],
  ])('%s', (_, before, after, expected) => {
    expect(linesOf(differenceOf('sockets', before, after))).toEqual(expected);
  });
});

describe('what one side does not know is no change', () => {
  it.each<[title: string, before: Socket[], after: Socket[], blind: number]>([
    ['owners that may not be seen', [web], [server('0.0.0.0:80', [], unheld('denied'))], 1],
    ['owners that were not asked for', [server('0.0.0.0:80', [], unheld(null))], [web], 1],
    ['an owner that was not found', [web], [server('0.0.0.0:80', [], unheld('unknown'))], 1],
    [
      'nobody found on both sides, as of what the kernel holds',
      [server('0.0.0.0:80', [], unheld('unknown'))],
      [server('0.0.0.0:80', [], unheld('unknown'))],
      0,
    ],
    [
      'a worker of a group whose owner is unknown',
      [web, server('0.0.0.0:80', [], unheld('unknown'))],
      [web],
      1,
    ],
    [
      'an executable that may not be read',
      [server('0.0.0.0:80', [owner(100, 'nginx', { executable: '/usr/sbin/nginx' })])],
      [web],
      0,
    ],
    [
      'users, which macOS does not provide',
      [web],
      [server('0.0.0.0:80', ['nginx'], { uid: null })],
      0,
    ],
    [
      'a workload that was not asked for',
      [web],
      [server('0.0.0.0:80', ['nginx'], { workload: unit('nginx.service'), noWorkload: null })],
      0,
    ],
    [
      'a workload that is unknown',
      [server('0.0.0.0:80', ['nginx'], { workload: unit('nginx.service'), noWorkload: null })],
      [server('0.0.0.0:80', ['nginx'], { workload: null, noWorkload: 'denied' })],
      0,
    ],
    [
      'the name of a container, where only its ID is known',
      [server('0.0.0.0:80', ['nginx'], { workload: workload({ name: 'web' }), noWorkload: null })],
      [server('0.0.0.0:80', ['nginx'], { workload: workload({ id: 'f00' }), noWorkload: null })],
      0,
    ],
    [
      'the interface that it is bound to, if one side does not report it',
      [server('0.0.0.0:80', ['nginx'], { device: 'eth0', cookie: 1n })],
      [server('0.0.0.0:80', ['nginx'], { device: null, cookie: null })],
      0,
    ],
    [
      'states, which a platform may not report',
      [server('0.0.0.0:80', ['nginx'], { state: null })],
      [web],
      0,
    ],
  ])('%s', (_, before, after, blind) => {
    const difference = differenceOf('sockets', before, after);
    expect(linesOf(difference)).toEqual([]);
    expect(difference.notCompared).toEqual({
      ...{ owners: blind, ownersHidden: 0, unnamed: 0, undecided: 0 },
    });
  });

  it('are counted separately if neither side knows them, unless one does for another row of the place', () => {
    const hidden = server('0.0.0.0:80', [], unheld('denied'));
    const blind = (before: Socket[], after: Socket[]) => {
      const { owners, ownersHidden } = differenceOf('sockets', before, after).notCompared;
      return { owners, ownersHidden };
    };
    expect(blind([hidden], [hidden])).toEqual({ owners: 1, ownersHidden: 1 });
    expect(blind([hidden], [web])).toEqual({ owners: 1, ownersHidden: 0 });
    expect(blind([web], [hidden])).toEqual({ owners: 1, ownersHidden: 0 });
    expect(blind([hidden, web], [hidden])).toEqual({ owners: 1, ownersHidden: 0 });
  });

  it('but what both know is compared: another user, if the owners are unknown', () => {
    const before = server('0.0.0.0:80', [], { ...unheld('denied'), uid: 33 });
    const difference = differenceOf('sockets', [before], [web]);
    expect(linesOf(difference)).toEqual(['~ 0.0.0.0:80: uid 33 > 0']);
    expect(difference.notCompared.owners).toBe(1);
  });
});

describe('workloads', () => {
  const in_ = (one: Workload | null) =>
    server('0.0.0.0:80', ['python3'], { workload: one, noWorkload: one === null ? 'none' : null });

  it.each<[title: string, before: Workload | null, after: Workload | null, expected: string[]]>([
    [
      'a container that takes a port of the host is a change though the program is the same',
      null,
      workload({ name: 'web' }),
      ['~ 0.0.0.0:80: workload none > podman:web'],
    ],
    [
      'a container of which only the ID is known is one all the same',
      unit('nginx.service'),
      workload({ id: 'f00' }),
      ['~ 0.0.0.0:80: workload nginx.service > podman:f00'],
    ],
    [
      'another unit is a change',
      unit('a.service'),
      unit('b.service'),
      ['~ 0.0.0.0:80: workload a.service > b.service'],
    ],
    [
      'a container of the same name under another ID is the same',
      workload({ name: 'web', id: 'f00' }),
      workload({ name: 'web', id: 'ba5' }),
      [],
    ],
    [
      'a pod that its Deployment made anew is the same',
      workload({ kind: 'pod', name: 'web-5d4f8c9bd7-x2x4z', namespace: 'shop' }),
      workload({ kind: 'pod', name: 'web-6b8f9d7c5c-lk9wq', namespace: 'shop' }),
      [],
    ],
    [
      "another of a StatefulSet's pods is a change",
      workload({ kind: 'pod', name: 'web-0', namespace: 'shop' }),
      workload({ kind: 'pod', name: 'web-1', namespace: 'shop' }),
      ['~ 0.0.0.0:80: workload pod:shop/web-0 > pod:shop/web-1'],
    ],
    [
      'another session is the same',
      workload({ kind: 'scope', runtime: 'systemd', name: 'session-3.scope' }),
      workload({ kind: 'scope', runtime: 'systemd', name: 'session-41.scope' }),
      [],
    ],
  ])('%s', (_, before, after, expected) => {
    expect(linesOf(differenceOf('sockets', [in_(before)], [in_(after)]))).toEqual(expected);
  });
});

describe('connections', () => {
  const ends = ['192.0.2.1:443', '198.51.100.7:40000'] as const;
  const held = (program: string, more: Partial<InetSocket> = {}) =>
    inet(...ends, { owners: [owner(100, program)], ...more });

  it.each<[title: string, before: Socket[], after: Socket[], expected: string[]]>([
    [
      'are the same whatever waits in their queues, and their timers',
      [held('app', { recvQueue: 0, sendQueue: 9 })],
      [
        held('app', {
          recvQueue: 7,
          sendQueue: 0,
          timer: { kind: 'on', expiresIn: 10, retransmits: 1, probes: 0 },
        }),
      ],
      [],
    ],
    [
      'change their state',
      [held('app')],
      [held('app', { state: 'CLOSE_WAIT' })],
      ['~ 192.0.2.1:443: state ESTABLISHED > CLOSE_WAIT'],
    ],
    [
      'that wait for their end have no owner, which is no other one',
      [held('app')],
      [inet(...ends, { state: 'TIME_WAIT', owners: [], noOwner: 'none', inode: null })],
      ['~ 192.0.2.1:443: state ESTABLISHED > TIME_WAIT'],
    ],
    [
      'change their program',
      [held('app')],
      [held('evil')],
      ['~ 192.0.2.1:443: owners.program app > evil'],
    ],
    [
      'are the same in another workload: their program tells them apart',
      [held('app', { workload: unit('a.service'), noWorkload: null })],
      [held('app', { workload: unit('b.service'), noWorkload: null })],
      [],
    ],
    [
      'to another end are others',
      [held('app')],
      [inet('192.0.2.1:443', '198.51.100.7:40001', { owners: [owner(100, 'app')] })],
      ['- 192.0.2.1:443', '+ 192.0.2.1:443'],
    ],
    [
      'of another network namespace are others',
      [held('app', { netns: { inode: 1, name: 'red', own: false } })],
      [held('app', { netns: { inode: 1, name: 'blue', own: false } })],
      ['- 192.0.2.1:443', '+ 192.0.2.1:443'],
    ],
    [
      'of a namespace that was made anew under its name are the same',
      [held('app', { netns: { inode: 1, name: 'red', own: false } })],
      [held('app', { netns: { inode: 2, name: 'red', own: false } })],
      [],
    ],
    [
      'of the own namespace are the same whether that was asked for or not',
      [held('app')],
      [held('app', { netns: { inode: 1, name: null, own: true } })],
      [],
    ],
  ])('%s', (_, before, after, expected) => {
    expect(linesOf(differenceOf('sockets', before, after))).toEqual(expected);
  });
});

describe('UNIX sockets', () => {
  const bus = unixSocket({ owners: [owner(300, 'dbus-daemon')] });

  it.each<[title: string, before: Socket[], after: Socket[], expected: string[]]>([
    ['stay, whatever their reference count', [bus], [{ ...bus, refCount: 9, inode: 5 }], []],
    ['come and go by their name', [bus], [], ['- /run/dbus/system_bus_socket']],
    [
      'of another program have changed',
      [bus],
      [{ ...bus, owners: [owner(300, 'evil')] }],
      ['~ /run/dbus/system_bus_socket: owners.program dbus-daemon > evil'],
    ],
    [
      'of another type are others',
      [bus],
      [{ ...bus, type: 'SEQPACKET' }],
      ['- /run/dbus/system_bus_socket', '+ /run/dbus/system_bus_socket'],
    ],
    [
      'that listen no more are gone, though connections to them stay',
      [unix('/run/x', { state: 'LISTENING', inode: 1 }), unix('/run/x', { inode: 2 })],
      [unix('/run/x', { inode: 2 })],
      ['- /run/x'],
    ],
    [
      'that are ends of connections count once, whatever their number and state',
      [unix('/run/x')],
      [unix('/run/x', { inode: 2 }), unix('/run/x', { inode: 3, state: 'DISCONNECTING' })],
      ['= /run/x'],
    ],
  ])('%s', (_, before, after, expected) => {
    expect(linesOf(differenceOf('sockets', before, after))).toEqual(expected);
  });

  it('without a name, or with one that the kernel gave, are counted and not compared', () => {
    const before = [unix(null), unix(''), unix('@0001f'), bus];
    const difference = differenceOf('sockets', before, [bus]);
    expect(linesOf(difference)).toEqual([]);
    expect(difference.notCompared.unnamed).toBe(3);
  });
});

it('sockets without a port are counted and not compared', () => {
  const unbound = (protocol: 'tcp' | 'udp', state: 'CLOSE' | 'UNCONN', holder: string) =>
    server('0.0.0.0:0', [holder], { protocol, state });
  const before = [web, unbound('udp', 'UNCONN', 'mDNSResponder')];
  const after = [web, unbound('tcp', 'CLOSE', 'Safari'), unbound('udp', 'UNCONN', 'Safari')];
  const difference = differenceOf('sockets', before, after);
  expect(linesOf(difference)).toEqual([]);
  expect(difference.notCompared.unnamed).toBe(3);
});

describe('other reports', () => {
  const eth0 = netInterface('eth0', {
    mtu: 1500,
    flags: ['UP', 'RUNNING'],
    flagBits: 65,
    addresses: [interfaceAddress('192.0.2.1', 24)],
  });

  it.each<[title: string, report: ComparedReport, before: Row[], after: Row[], expected: string[]]>(
    [
      ['routes by other use are the same', 'routes', [route()], [route({ useCount: 7 })], []],
      [
        'routes by another gateway have changed',
        'routes',
        [route()],
        [route({ gateway: '192.0.2.254' })],
        ['~ 203.0.113.0/24: gateway 192.0.2.1 > 192.0.2.254'],
      ],
      [
        'of two routes to one network the one that differs has changed',
        'routes',
        [route(), route({ interface: 'wlan0', metric: 600 })],
        [route({ interface: 'wlan0', metric: 700 }), route()],
        ['~ 203.0.113.0/24: metric 600 > 700'],
      ],
      [
        'of two routes for packets from different networks one is gone',
        'routes',
        ['2001:db8:1::', '2001:db8:2::'].map((address) =>
          route({ family: 'inet6', source: { address, prefixLength: 48 } }),
        ),
        [route({ family: 'inet6', source: { address: '2001:db8:2::', prefixLength: 48 } })],
        ['- 203.0.113.0/24'],
      ],
      [
        'a metric that one platform does not report is no change',
        'routes',
        [route({ metric: null })],
        [route()],
        [],
      ],
      [
        'interfaces by their counters are the same',
        'interfaces',
        [eth0],
        [{ ...eth0, collisions: 7n, received: { ...eth0.received, bytes: 1n } }],
        [],
      ],
      [
        'interfaces change their MTU, flags and addresses',
        'interfaces',
        [eth0],
        [
          {
            ...eth0,
            mtu: 9000,
            flags: ['RUNNING', 'UP', 'PROMISC'],
            addresses: [interfaceAddress('192.0.2.2', 24)],
          },
        ],
        [
          '~ eth0: flags RUNNING, UP > PROMISC, RUNNING, UP, mtu 1500 > 9000, addresses 192.0.2.1/24 > 192.0.2.2/24',
        ],
      ],
      [
        'an interface that has lost its last address or flag has none',
        'interfaces',
        [eth0],
        [{ ...eth0, flags: [], addresses: [] }],
        ['~ eth0: flags RUNNING, UP > none, addresses 192.0.2.1/24 > none'],
      ],
      ['interfaces come', 'interfaces', [], [eth0], ['+ eth0']],
      [
        'memberships come and go, whoever counts them',
        'groups',
        [group('eth0', '224.0.0.1', 1), group('eth0', '224.0.0.251', 1)],
        [group('eth0', '224.0.0.1', 2), group('eth0', 'ff02::fb', 1)],
        ['- 224.0.0.251', '+ ff02::fb'],
      ],
    ],
  )('%s', (_, report, before, after, expected) => {
    expect(linesOf(differenceOf(report, before as never, after as never))).toEqual(expected);
  });
});

it('a row that may not have been requested is no difference on its own, and is counted', () => {
  const one = differ('sockets');
  one.before(web, 'undecided');
  const difference = one.difference();
  expect(linesOf(difference)).toEqual([]);
  expect(difference.notCompared.undecided).toBe(1);
});

const named = (program: string, standing: Standing = 'counterpart') => {
  return { row: server('0.0.0.0:80', [program], { inode: null }), standing };
};
const change = (from: string, to: string) => `~ 0.0.0.0:80: owners.program ${from} > ${to}`;
type Named = ReturnType<typeof named>;

it.each<[title: string, before: Named[], after: Named[], expected: string[]]>([
  ['on its own', [named('a')], [], []],
  ['with the same on the other side', [named('a')], [named('a', 'compared')], []],
  [
    'but another that is compared in its place is',
    [named('a')],
    [named('b', 'compared')],
    [change('a', 'b')],
  ],
  ['with another counterpart in its place', [named('a')], [named('b')], []],
  [
    'and is paired last',
    [named('a'), named('c', 'compared')],
    [named('b', 'compared'), named('d')],
    [change('c', 'b')],
  ],
])('a counterpart is no difference %s', (_, before, after, expected) => {
  const one = differ('sockets');
  for (const { row, standing } of before) one.before(row, standing);
  for (const { row, standing } of after) one.after(row, standing);
  const difference = one.difference();
  expect(linesOf(difference)).toEqual(expected);
  expect(difference.notCompared.undecided).toBe(0);
});

it.each<[title: string, before: number[], after: number[], expected: string[]]>([
  ['one has lasted, and comes last', [1, 2], [3, 4, 2], []],
  ['one has lasted, and comes first', [1, 2], [2, 3, 4], []],
  ['all are others', [1, 2], [3, 4], ['= 0.0.0.0:80']],
])('of workers that share a port %s: %j > %j', (_, before, after, expected) => {
  const workers = (pids: readonly number[]) =>
    pids.map((pid) => server('0.0.0.0:80', [owner(pid, 'nginx')], { inode: pid }));
  const difference = differenceOf('sockets', workers(before), workers(after));
  expect(linesOf(difference)).toEqual(expected);
  const [replaced] = difference.replaced;
  if (replaced !== undefined) {
    expect([replaced.before.inode, replaced.after.inode]).toEqual([before[0], after[0]]);
  }
});

it('of two machines nothing is replaced: their processes are others', () => {
  const other = server('0.0.0.0:80', [owner(7, 'nginx')]);
  const options = { isSameMachine: false };
  expect(linesOf(differenceOf('sockets', [web], [other], options))).toEqual([]);
});

/** Rows of which many are of one place, and many alike. */
const few = {
  local: fc.constantFrom(...['127.0.0.1:80', '0.0.0.0:80', '[::]:80', '0.0.0.0:81']),
  uid: fc.constantFrom(0, 33, null),
  holders: fc.constantFrom<Partial<InetSocket>>(
    unheld(null),
    unheld('denied'),
    unheld('unknown'),
    unheld('none'),
    { owners: [owner(1, 'systemd')] },
    { owners: [owner(1, 'systemd'), owner(7, 'sshd')] },
    ...['nginx', 'evil'].flatMap((program) =>
      [null, '/a', '/b'].map((executable) => ({
        owners: [owner(executable === '/a' ? 5 : 6, program, { executable })],
      })),
    ),
  ),
  remote: fc.constantFrom('0.0.0.0', '192.0.2.9:1'),
  state: fc.constantFrom('LISTEN' as const, 'BOUND' as const, null),
  inode: fc.constantFrom(1, 2, null),
  device: fc.constantFrom(null, 'eth0', 'eth1'),
  cookie: fc.constantFrom(null, 1n),
};
const alike: fc.Arbitrary<Socket> = fc
  .record(few)
  .map(({ local, remote, holders, ...rest }) =>
    inet(local, remote, { noOwner: null, ...holders, ...rest }),
  );

const comparable = ['sockets', 'routes', 'interfaces', 'groups'] as const;
const sides = fc.oneof(
  fc.constantFrom(...comparable).chain((report) => {
    const rows = fc.array(rowOf[report] as fc.Arbitrary<Row>, { maxLength: 8 });
    return fc.tuple(fc.constant<ComparedReport>(report), rows, rows);
  }),
  fc.tuple(
    fc.constant<ComparedReport>('sockets'),
    fc.array(alike as fc.Arbitrary<Row>, { maxLength: 12 }),
    fc.array(alike as fc.Arbitrary<Row>, { maxLength: 12 }),
  ),
);

const between = (report: ComparedReport, a: readonly Row[], b: readonly Row[]) =>
  differenceOf(report, a as never, b as never) as Difference<ComparedReport>;

describe('any rows', () => {
  it('do not differ from themselves', () => {
    fc.assert(
      fc.property(sides, ([report, rows]) => {
        expect(linesOf(between(report, rows, rows))).toEqual([]);
      }),
    );
  });

  it('differ the other way round where the two sides are exchanged', () => {
    fc.assert(
      fc.property(sides, ([report, a, b]) => {
        const { added, removed, changed, replaced, ...rest } = between(report, a, b);
        const mirrored = changed.map(({ fields, before, after }) => ({
          fields: fields.map(({ field, before: old, after: fresh }) => {
            return { field, before: fresh, after: old };
          }),
          before: after,
          after: before,
        }));
        expect(between(report, b, a)).toEqual({
          ...rest,
          added: removed,
          removed: added,
          changed: mirrored,
          replaced: replaced.map(({ before, after }) => ({ before: after, after: before })),
        });
      }),
    );
  });

  it('differ the same in whatever order they come', () => {
    fc.assert(
      fc.property(sides, fc.infiniteStream(fc.nat()), ([report, a, b], numbers) => {
        const shuffled = (rows: readonly Row[]) =>
          rows
            .map((row) => ({ row, at: numbers.next().value as number }))
            .sort((x, y) => x.at - y.at)
            .map(({ row }) => row);
        expect(between(report, shuffled(a), shuffled(b))).toEqual(between(report, a, b));
      }),
    );
  });

  it('are all accounted for: what is removed was there before, what is added is there now', () => {
    fc.assert(
      fc.property(sides, ([report, a, b]) => {
        const { added, removed, changed, replaced } = between(report, a, b);
        const pairs = [...changed, ...replaced];
        for (const row of [...removed, ...pairs.map(({ before }) => before)]) {
          expect(a).toContain(row);
        }
        for (const row of [...added, ...pairs.map(({ after }) => after)]) expect(b).toContain(row);
        for (const { fields } of changed) expect(fields.length).toBeGreaterThan(0);
      }),
    );
  });

  it('are compared in linear time: each row is looked at a fixed number of times', () => {
    /** How often the owners of rows are read, where all are of one place and each is another. */
    const looks = (size: number) => {
      let count = 0;
      const rows = (start: number) =>
        Array.from({ length: size }, (_, i) => {
          const row = server('0.0.0.0:80', [`program${start + i}`]);
          const { owners } = row;
          Object.defineProperty(row, 'owners', {
            enumerable: true,
            get: () => {
              count++;
              return owners;
            },
          });
          return row;
        });
      differenceOf('sockets', rows(0), rows(size));
      return count / size;
    };
    expect(looks(2_000)).toBeLessThanOrEqual(looks(20) * 1.5);
  });
});

describe('several machines', () => {
  const on = (host: string, at: string, program = 'nginx') => ({ ...server(at, [program]), host });

  it('rows are compared with those of their own machine', () => {
    const before = [on('a', '0.0.0.0:80'), on('b', '0.0.0.0:80')];
    const after = [on('b', '0.0.0.0:80', 'evil'), on('a', '0.0.0.0:80')];
    const { changed, added, removed } = differenceOf('sockets', before, after);
    expect(changed.map((one) => [one.after.host, one.fields[0]?.after])).toEqual([['b', 'evil']]);
    expect([added, removed]).toEqual([[], []]);
  });

  it('a server that is gone on one and came on another has not moved', () => {
    const difference = differenceOf('sockets', [on('a', '127.0.0.1:80')], [on('b', '0.0.0.0:80')]);
    expect(linesOf(difference)).toEqual(['- 127.0.0.1:80', '+ 0.0.0.0:80']);
  });

  it.each([
    ['routes', route()],
    ['interfaces', netInterface('eth0')],
    ['groups', group('lo', '224.0.0.1', 1)],
  ] as const)('%s too', (report, row) => {
    const [a, b] = [
      { ...row, host: 'a' },
      { ...row, host: 'b' },
    ];
    expect(differenceOf(report, [a, b] as never, [b, a] as never)).toMatchObject({
      ...{ added: [], removed: [], changed: [] },
    });
    const gone = differenceOf(report, [a, b] as never, [b] as never);
    expect(gone.removed).toEqual([a]);
  });
});
