import { expect, it } from 'vitest';
import { lookingUpTyped } from '../../../src/commands/compare/typed-hosts.ts';
import { taskFrom } from '../../../src/options/command-line.ts';
import type { NameResolver } from '../../../src/resolve/index.ts';

/** What is looked up of these names, and what is said of them, if these filters are typed. */
async function lookedUp(typed: string, names: readonly string[]) {
  const task = taskFrom(`-ta ${typed}`.trim().split(' '));
  if (task.kind !== 'list') throw new Error(task.kind);
  const asked: string[] = [];
  const own = {
    serviceNumber: () => undefined,
    userId: () => undefined,
    async hostAddresses(hosts: ReadonlySet<string>) {
      asked.push(...hosts);
      return new Map([...hosts].map((name) => [name, ['192.0.2.1']]));
    },
  } as unknown as NameResolver;
  const resolver = await lookingUpTyped(async () => own, task.listing.query)();
  return { asked, found: await resolver.hostAddresses(new Set(names)) };
}

it.each<[string, readonly string[]]>([
  ['--remote one.test', ['one.test']],
  ['--remote one.test,two.test --local 192.0.2.7', ['one.test', 'two.test']],
  ['dst one.test or src two.test:443', ['one.test', 'two.test']],
  ['--port 22', []],
  ['', []],
])('of the hosts in filters those are looked up that are typed: %j', async (typed, expected) => {
  const { asked, found } = await lookedUp(typed, ['one.test', 'two.test']);
  expect(asked).toEqual(expected);
  for (const name of ['one.test', 'two.test']) {
    const refused = { reason: expect.stringContaining('which a file names') };
    expect(found.get(name)).toEqual(expected.includes(name) ? ['192.0.2.1'] : refused);
  }
});
