// Sums up the suites' reports, and lists failures again, since thousands of lines may follow them, and tests that
// passed only when retried. Fails if anything failed, or was skipped in CI.
import { readFileSync } from 'node:fs';

const linesOfFailure = 30;
const charactersOfLine = 2000;

/** A stack frame outside the project. */
const isOfRunner = (line) => /^\s+at .*(node_modules|new Promise|node:internal)/.test(line);

let passed = 0;
let failed = 0;
const skipped = [];

const tell = (outcome, file, name, messages) => {
  console.log(`\n${outcome}: ${file}: ${name}`);
  const lines = messages
    .join('\n')
    .split('\n')
    .filter((line) => !isOfRunner(line));
  for (const line of lines.slice(0, linesOfFailure))
    console.log(`    ${line.slice(0, charactersOfLine)}`);
};

for (const path of process.argv.slice(2)) {
  const report = JSON.parse(readFileSync(path, 'utf8'));
  for (const { name: file, status, message, assertionResults } of report.testResults) {
    if (assertionResults.length === 0 && status === 'failed') {
      failed++;
      tell('failed', file, 'as a whole', [message ?? '']);
    }
    for (const { fullName, status: outcome, failureMessages = [] } of assertionResults) {
      if (outcome === 'passed') {
        passed++;
        if (failureMessages.length > 0) tell('unsteady', file, fullName, failureMessages);
      } else if (outcome === 'failed') {
        failed++;
        tell('failed', file, fullName, failureMessages);
      } else skipped.push(`${file}: ${fullName}`);
    }
  }
}
if (process.env.CI) {
  for (const test of skipped) console.log(`skipped, which is not allowed here: ${test}`);
  failed += skipped.length;
}
const also = skipped.length > 0 ? `, ${skipped.length} skipped` : '';
console.log(`${passed} passed, ${failed} failed${also}`);
process.exitCode = failed > 0 ? 1 : 0;
