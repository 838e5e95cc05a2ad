import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const file = fileURLToPath(new URL('../../scripts/tests-node.js', import.meta.url));

/** What the script says to a Node that calls itself this, and its exit code. */
function saidTo(node: string): [string, number | null] {
  const versions = JSON.stringify({ ...process.versions, node });
  const code = `Object.defineProperty(process, 'versions', { value: ${versions} }); await import(${JSON.stringify(file)})`;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
    encoding: 'utf8',
  });
  return [stderr, status];
}

test.each(['20.0.0', '20.12.2', '18.20.0'])('the tests do not start with Node %s', (node) => {
  expect(saidTo(node)).toEqual([`The tests need Node 20.13 or later; this is Node ${node}\n`, 1]);
});

test.each(['20.13.0', '20.20.2', '22.0.0', '26.1.0'])('they start with Node %s', (node) => {
  expect(saidTo(node)).toEqual(['', 0]);
});
