import { expect, test } from 'vitest';
import { programTest } from '../../src/select/owners.ts';

test.each<[pattern: string, program: string, fits: boolean]>([
  ['nginx', 'nginx: worker process', true],
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
