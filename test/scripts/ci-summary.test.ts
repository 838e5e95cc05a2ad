import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const script = fileURLToPath(new URL('../../scripts/ci-summary.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'ci-summary-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface FileReport {
  readonly name: string;
  readonly status: 'passed' | 'failed';
  readonly message?: string;
  readonly assertionResults: readonly {
    readonly fullName: string;
    readonly status: string;
    readonly failureMessages?: readonly string[];
  }[];
}

/** What is said of a test that failed. */
const why = (outcome: string) =>
  outcome === 'failed' ? { failureMessages: ['Error: no\n  at x', 'more'] } : {};

/** What vitest reports of one file of tests, whose outcomes these are. */
function fileReport(...outcomes: readonly string[]): FileReport {
  return {
    name: 'samples.test.ts',
    status: outcomes.every((outcome) => outcome !== 'failed') ? 'passed' : 'failed',
    assertionResults: outcomes.map((status, at) => ({
      fullName: `a sample ${at}`,
      status,
      ...why(status),
    })),
  };
}

function summaryOf(env: NodeJS.ProcessEnv, ...reports: readonly (readonly FileReport[])[]) {
  const paths = reports.map((testResults, at) => {
    const path = join(folder, `${at}.json`);
    writeFileSync(path, JSON.stringify({ testResults }));
    return path;
  });
  const { CI: _, ...without } = process.env;
  const options = { encoding: 'utf8', cwd: folder, env: { ...without, ...env } } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...paths], options);
  return { status, stdout, stderr };
}

const unread: FileReport = {
  ...{ name: 'broken.test.ts', status: 'failed', message: 'Error: no such module' },
  assertionResults: [],
};
const sample = '\nfailed: samples.test.ts: a sample 1\n    Error: no\n      at x\n    more\n';
const broken = '\nfailed: broken.test.ts: as a whole\n    Error: no such module\n';

test.each([
  [
    'all passed, over every report',
    [[fileReport('passed')], [fileReport('passed')]],
    0,
    '2 passed, 0 failed\n',
  ],
  [
    'one failed, which is named',
    [[fileReport('passed', 'failed')]],
    1,
    `${sample}1 passed, 1 failed\n`,
  ],
  [
    'a file that could not be read, which is named',
    [[fileReport('passed'), unread]],
    1,
    `${broken}1 passed, 1 failed\n`,
  ],
  [
    'a skipped test is counted',
    [[fileReport('passed', 'skipped')]],
    0,
    '1 passed, 0 failed, 1 skipped\n',
  ],
  ['so is a pending one', [[fileReport('pending')]], 0, '0 passed, 0 failed, 1 skipped\n'],
])('outside CI: %s', (_, reports, status, stdout) => {
  expect(summaryOf({}, ...reports)).toEqual({ status, stdout, stderr: '' });
});

test.each(['skipped', 'pending', 'todo'])(
  'in CI a %s test fails, whatever it is called',
  (outcome) => {
    expect(summaryOf({ CI: 'true' }, [fileReport('passed', outcome)])).toEqual({
      status: 1,
      stdout:
        'skipped, and nothing may skip here: samples.test.ts: a sample 1\n' +
        '1 passed, 1 failed, 1 skipped\n',
      stderr: '',
    });
  },
);

test('of a failure no more is shown than fits on a screen', () => {
  const failureMessages = [Array.from({ length: 100 }, (_, at) => `line ${at}`).join('\n')];
  const results = [{ fullName: 'a long one', status: 'failed', failureMessages }];
  const { stdout } = summaryOf({}, [
    { name: 'samples.test.ts', status: 'failed', assertionResults: results },
  ]);
  expect(stdout).toContain('    line 29\n0 passed, 1 failed\n');
});
