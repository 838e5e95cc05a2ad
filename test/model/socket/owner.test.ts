import { describe, expect, it } from 'vitest';
import {
  areOwnersHidden,
  isServiceManager,
  lacks,
  lacksDetail,
  nameWithoutTitle,
  type OwnersFound,
  partBeforeColon,
} from '../../../src/model/socket/owner.ts';
import { owner } from '../../support/builders.ts';

it.each<[string, OwnersFound, boolean]>([
  ['not read', { owners: null, noOwner: null }, false],
  ['hidden', { owners: [], noOwner: 'denied' }, true],
  ['none', { owners: [], noOwner: 'none' }, false],
  ['some that are seen', { owners: [owner(1, 'x')], noOwner: null }, false],
])('owners that are %s: %j, hidden: %s', (_, socket, expected) => {
  expect(areOwnersHidden(socket)).toBe(expected);
});

it.each<[string, number, string | null, string | null, boolean]>([
  ['the first process', 1, 'systemd', null, true],
  ['the first process of another system', 1, 'init', '/sbin/init', true],
  ['the first process of macOS', 1, 'launchd', null, true],
  ["a user's", 812, 'systemd', '/usr/lib/systemd/systemd', true],
  ['what calls itself one', 812, 'systemd', '/tmp/systemd', false],
  ['what calls itself one, of which no more is known', 812, 'init', null, false],
  ['the first process of a container', 1, 'nginx', '/usr/sbin/nginx', false],
  ['a first process without a name', 1, null, null, false],
])('a service manager is what others cannot pretend to be: %s', (_, pid, name, executable, is) => {
  expect(isServiceManager(owner(pid, name, { executable }))).toBe(is);
});

describe('lacks', () => {
  const known = {
    ...{ commandLine: 'x -y', executable: '/bin/x', executableDeleted: false, uid: 0 },
    ...{ startedAt: '2026-01-01T00:00:00.000Z', parents: [{ pid: 1, name: 'init' }] },
  };

  it.each(Object.keys(known) as (keyof typeof known)[])('%s', (fact) => {
    const all = owner(7, 'x', known);
    const without = { ...all, [fact]: null };
    expect([lacks[fact](all), lacksDetail(all)]).toEqual([false, false]);
    expect([lacks[fact](without), lacksDetail(without)]).toEqual([true, true]);
  });

  it('the end of a command line that was cut', () => {
    expect(lacksDetail(owner(7, 'x', { ...known, commandTruncated: true }))).toBe(true);
  });

  it('the name of an ancestor, and all that was not asked for', () => {
    const hidden = owner(7, 'x', { ...known, parents: [{ pid: 1, name: null }] });
    expect([lacks.parents(hidden), lacksDetail(hidden)]).toEqual([true, true]);
    const bare = owner(7, 'x');
    expect(Object.values(lacks).map((lacksIt) => lacksIt(bare))).not.toContain(false);
  });
});

describe('the name of a program', () => {
  it.each<[shown: string, name: string]>([
    ['nginx: worker process', 'nginx'],
    ['sshd: root@pts/0', 'sshd'],
    ['postgres: 15/main: user db 198.51.100.1(4242) idle', 'postgres'],
    ['puma: cluster worker 0: 812 [shop]', 'puma'],
    ['puma 5.6.4 (tcp://0.0.0.0:9292) [shop]', 'puma'],
    ['unicorn master -c u.rb', 'unicorn'],
    ['unicorn worker[0] -c u.rb', 'unicorn'],
    ['sidekiq 6.5.1 shop [0 of 10 busy]', 'sidekiq'],
    ['redis-server *:6379', 'redis-server'],
    ['redis-server 127.0.0.1:6379 [cluster]', 'redis-server'],
    ['dovecot/imap [user1 198.51.100.1 IDLE, TLS]', 'dovecot/imap'],
    ['amavisd (ch3-avail)', 'amavisd'],
    ['uWSGI worker 1', 'uWSGI'],
    ['mongrel_rails [8000/0/3]: handling 198.51.100.1', 'mongrel_rails'],
    ['[celeryd: celery@host:MainProcess] -active-', '[celeryd'],
    ['worker pid=7', 'worker'],
    ['worker[7]', 'worker'],
    ['Worker 7', 'Worker'],
    ['Passenger AppPreloader: /srv/app', 'Passenger AppPreloader'],
    ['Google Chrome Helper (Renderer)', 'Google Chrome Helper'],
  ])('%s is without its title %s', (shown, name) => {
    expect(nameWithoutTitle(shown)).toBe(name);
  });

  it.each(['', 'a', 'x:y', '-bash', '(squid-1)', '(sd-pam)', 'Plex Media Server', 'my tool.exe'])(
    '%s has no title',
    (name) => {
      expect([nameWithoutTitle(name), partBeforeColon(name)]).toEqual([name, name]);
    },
  );
});
