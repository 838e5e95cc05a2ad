import { expect, it } from 'vitest';
import { longestCommandLine } from '../../../src/model/socket/owner.ts';
import { longestCgroup } from '../../../src/sources/linux/proc-files.ts';
import { askOfHolders } from '../../../src/sources/remote/asks.ts';

const owners = (details: boolean) => ({ all: true, details });

it.each([
  ['a program’s name is the beginning of a command line', { owners: owners(false) }, 4096],
  ['a cgroup', { owners: owners(false), workloads: true }, longestCgroup],
  ['a command line', { owners: owners(true), workloads: true }, longestCommandLine + 1],
])('a machine sends the files of a process as far as they are read: %s', (_, query, most) => {
  expect(askOfHolders(query as never).processes?.most).toBe(most);
  expect(longestCommandLine).toBeGreaterThanOrEqual(longestCgroup);
});
