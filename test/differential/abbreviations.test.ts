import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { expandLongOptions } from '../../src/options/expand.ts';
import { allFlags } from '../../src/options/flag-table.ts';
import { spellings } from '../../src/options/flags.ts';
import { because, reasonToSkip } from '../support/requirements.ts';

const reason = reasonToSkip({ platforms: ['linux'], programs: ['/usr/bin/netstat'] });

/** net-tools' long options. */
const netTools = allFlags
  .filter(({ own }) => !own)
  .flatMap(spellings)
  .filter((name) => name.startsWith('--'));

/** Every beginning of one, with a letter at least. */
const beginnings = [
  ...new Set(
    netTools.flatMap((name) => Array.from(name.slice(3), (_, at) => name.slice(0, at + 3))),
  ),
].sort();

/** Whether net-tools takes it; one that takes no value then shows its version. */
function isTakenByNetTools(option: string): boolean {
  const options = { encoding: 'utf8', timeout: 10_000 } as const;
  const { status, stdout } = spawnSync('/usr/bin/netstat', [option, '--version'], options);
  return status === 0 && stdout.startsWith('net-tools');
}

/** What is no abbreviation here; `--program`, netstat's `--programs`, may have a value. */
const complete = new Set(allFlags.flatMap(spellings));

/** The option that it is here; null: none, or it may be several. */
function takenHere(option: string): string | null {
  try {
    const [taken = ''] = expandLongOptions([option], allFlags);
    return taken === option ? null : taken;
  } catch {
    return null;
  }
}

/** The deviations that docs/differences.md names. */
const differences = new Map([
  ['--ne', '--netns'],
  ['--net', '--netns'],
  ['--ine', null],
  ['--b', '--bound-inactive'],
]);

describe.skipIf(reason !== null)(`abbreviated long options${because(reason)}`, () => {
  it('that net-tools takes are the same option here, also where this program has others', () => {
    const taken = beginnings.filter(isTakenByNetTools);
    expect(taken).toEqual(expect.arrayContaining(['--d', '--e', '--lis', '--verb']));
    for (const beginning of taken) {
      if (complete.has(beginning)) continue;
      const expected = differences.has(beginning)
        ? differences.get(beginning)
        : netTools.find((name) => name.startsWith(beginning) && isTakenByNetTools(name));
      expect.soft([beginning, takenHere(beginning)]).toEqual([beginning, expected]);
    }
  });
});
