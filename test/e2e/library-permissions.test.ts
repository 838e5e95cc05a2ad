import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { because, reasonToSkip } from '../support/requirements.ts';
import { root } from './support/built-bin.ts';

const reason = reasonToSkip({ platforms: ['linux'] });
const flag = process.allowedNodeEnvironmentFlags.has('--permission')
  ? '--permission'
  : '--experimental-permission';

/** Asks everything; for each question prints `ok`, or the name of the error. */
const program = `
  const ended = async (ask) => ask().then(() => 'ok', ({ name }) => name);
  import(${JSON.stringify(join(root, 'dist/library.js'))}).then(async (library) => {
    const asked = [];
    for (const ask of [
      () => library.snapshot({ owners: true, peers: true, workloads: true, socketInfo: true }),
      () => library.snapshot({ protocols: ['tcp'], exposure: true }),
      () => library.snapshot({ protocols: ['tcp'], user: 0 }),
      () => library.interfaces(),
      () => library.statistics(),
      () => library.diagnose(),
      () => library.diagnose({ port: 22 }),
      () => library.metrics(),
      () => library.whoHolds(22),
    ]) asked.push(await ended(ask));
    console.log(JSON.stringify([...new Set(asked)]));
  });`;

/** What Node allows to read. */
function answersWith(allowed: readonly string[]): unknown {
  const flags = [flag, ...allowed.map((place) => `--allow-fs-read=${place}`)];
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [...flags, '--input-type=commonjs', '-e', program],
    { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } },
  );
  expect(stdout, stderr).not.toBe('');
  return JSON.parse(stdout);
}

describe.skipIf(reason !== null)(`the library under Node's permissions${because(reason)}`, () => {
  it('needs to read only /proc', () => {
    expect(answersWith([join(root, '*'), '/proc/*'])).toEqual(['ok']);
  });

  it('throws its own errors if it may not read that', () => {
    expect(answersWith([join(root, '*')])).toEqual(['NetstatError']);
  });
});
