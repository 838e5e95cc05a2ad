import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';

const script = fileURLToPath(new URL('../../scripts/ci-summary.js', import.meta.url));
const folder = temporaryFolder('ci-summary-');

interface FileReport {
  readonly name: string;
  readonly status: 'passed' | 'failed';
  readonly message?: string;
  readonly assertionResults: readonly {
    readonly fullName: string;
    readonly status: string;
    readonly failureMessages: readonly string[];
  }[];
}

/** What vitest reports of one file of tests, whose outcomes these are. */
function fileReport(...outcomes: readonly string[]): FileReport {
  return {
    name: 'samples.test.ts',
    status: outcomes.every((outcome) => outcome !== 'failed') ? 'passed' : 'failed',
    assertionResults: outcomes.map((status, at) => {
      const failureMessages = status === 'failed' ? ['expected 1\n  at the sample'] : [];
      return { fullName: `a sample ${at}`, status, failureMessages };
    }),
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

/** Vitest keeps what the first try said. Of the stack only the project's own calls are worth a line. */
const unsteady = {
  fullName: 'a sample',
  status: 'passed',
  failureMessages: [
    'expected 1\n    at the sample\n    at file:///x/node_modules/@vitest/runner/dist/a.js:1:2\n    at new Promise (<anonymous>)',
  ],
};

const unread: FileReport = {
  name: 'broken.test.ts',
  status: 'failed',
  message: 'no such module',
  assertionResults: [],
};

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
    `
failed: samples.test.ts: a sample 1
    expected 1
      at the sample
1 passed, 1 failed
`,
  ],
  [
    'one passed when it was tried again, which is named',
    [[{ ...fileReport(), assertionResults: [unsteady] }]],
    0,
    `
unsteady: samples.test.ts: a sample
    expected 1
        at the sample
1 passed, 0 failed
`,
  ],
  [
    'a file that could not be read',
    [[fileReport('passed'), unread]],
    1,
    `
failed: broken.test.ts: as a whole
    no such module
1 passed, 1 failed
`,
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
      stdout: [
        'skipped, which is not allowed here: samples.test.ts: a sample 1\n',
        '1 passed, 1 failed, 1 skipped\n',
      ].join(''),
      stderr: '',
    });
  },
);
