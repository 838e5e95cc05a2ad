import { expect, test } from 'vitest';
import { programTest } from '../../src/select/owners.ts';

test.each<[pattern: string, program: string, fits: boolean]>([
  ['nginx', 'nginx: worker process', true],
  ['redis-server', 'redis-server *:6379', true],
  ['redis-server', 'redis-server 127.0.0.1:6379', true],
  ['redis-server', 'redis-server 0.0.0.0:6379 [cluster]', true],
  ['redis-server', 'redis-server -::1:6379', true],
  ['valkey-server', 'valkey-server [fd00::1]:6379', true],
  ['redis', 'redis-server *:6379', false],
  ['memcached', 'memcached: 127.0.0.1:11211', true],
  ['memcached:', 'memcached: 127.0.0.1:11211', false],
  ['my', 'my 10:30', false],
  ['my', 'my app 127.0.0.1:80', false],
  ['my', 'my 127.0.0.1:80/x', false],
  ['sidekiq*', 'sidekiq 6.5.1 shop [0 of 10 busy]', true],
  ['Code', 'Code - Insiders', false],
  ['my', 'my app', false],
  ['unicorn', 'unicorn_rails', false],
  ['unicorn worker[0] -c u.rb', 'unicorn worker[0] -c u.rb', true],
  ['unicorn worker*', 'unicorn worker[0] -c u.rb', true],
  ['rake jobs', 'rake jobs: waiting', true],
  ['rake', 'rake jobs: waiting', false],
  ['Plex', 'Plex Media Server', false],
  ['my tool', 'My Tool.exe', true],
  ['my', 'My Tool.exe', false],
])('--program "%s" selects "%s": %s', (pattern, program, fits) => {
  expect(programTest(pattern)({ program })).toBe(fits);
});
