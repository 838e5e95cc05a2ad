/** Tables of any valid content must look the same from both programs. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asNetTools } from './deviations.ts';
import { writeProc } from './proc-folder.ts';
import { commonTables, type ProcTree, procTree, sctpTables } from './proc-tables.ts';
import { skipReason, startZoo, type Zoo } from './zoo.ts';

const flags = fc
  .record({
    protocols: fc.subarray([...'tuUwxS'], { minLength: 0 }),
    which: fc.constantFrom('', 'l', 'a'),
    display: fc.subarray([...'epo']),
    families: fc.subarray([...'46']),
    numbers: fc.constantFrom('-n', '--numeric-hosts', '--numeric-ports', '--numeric-users', ''),
    wide: fc.boolean(),
  })
  .map(({ protocols, which, display, families, numbers, wide }) => {
    const bundle = [...protocols, which, ...display, ...families, wide ? 'W' : ''].join('');
    return [numbers, bundle && `-${bundle}`].filter((arg) => arg !== '');
  });

describe.skipIf(skipReason)(`any valid tables ${skipReason ?? ''}`, () => {
  let zoo: Zoo;
  let made = 0;

  beforeAll(async () => {
    zoo = await startZoo('empty');
  });
  afterAll(() => zoo?.stop());

  /** The -W program column is a deliberate difference: its owners, as the normaliser knows them. */
  function programsOf(tree: ProcTree): [number, string][] {
    return Object.entries(tree.files)
      .filter(([name]) => name.endsWith('/cmdline'))
      .map(([name, text]) => [Number.parseInt(name, 10), text.split('\0', 1)[0] ?? '']);
  }

  async function compare(tree: ProcTree, args: readonly string[]): Promise<void> {
    made += 1;
    const proc = join(zoo.folder, `proc-${made}`);
    writeProc(proc, tree);
    try {
      const theirs = await zoo.netstat(args, { proc });
      const ours = await zoo.tsnetstat(['--proc-root', proc, ...args]);
      const printed = asNetTools(ours.stdout.toString('latin1'), args, programsOf(tree));
      expect(printed, args.join(' ')).toBe(theirs.stdout.toString('latin1'));
      expect(theirs.code).toBe(0);
      expect(ours.code, ours.stderr).toBe(0);
    } finally {
      rmSync(proc, { recursive: true });
    }
  }

  it.each([
    ['TCP, UDP, UDP-Lite, raw and UNIX', procTree(commonTables, 12)],
    ['SCTP', procTree(sctpTables, 6)],
  ])('%s: everything there is to show', async (_, trees) => {
    await fc.assert(
      fc.asyncProperty(trees, (tree) => compare(tree, ['-tuUwSxanepo'])),
      { numRuns: 20, interruptAfterTimeLimit: 60_000 },
    );
  });

  it.each([
    ['TCP, UDP, UDP-Lite, raw and UNIX', procTree(commonTables, 8)],
    ['SCTP', procTree(sctpTables, 6)],
  ])('%s: any flags', async (_, trees) => {
    await fc.assert(fc.asyncProperty(trees, flags, compare), {
      numRuns: 30,
      interruptAfterTimeLimit: 60_000,
    });
  });
});
