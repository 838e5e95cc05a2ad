// Adds up what the suites reported, names once more what failed, since thousands of lines may stand between,
// and fails where anything was skipped in CI.
import { readFileSync } from 'node:fs';

const linesOfFailure = 30;

let passed = 0;
let failed = 0;
const skipped = [];

const tellFailure = (file, name, messages) => {
  failed++;
  console.log(`\nfailed: ${file}: ${name}`);
  const lines = messages.join('\n').split('\n');
  for (const line of lines.slice(0, linesOfFailure)) console.log(`    ${line}`);
};

for (const path of process.argv.slice(2)) {
  const report = JSON.parse(readFileSync(path, 'utf8'));
  for (const { name: file, status, message, assertionResults } of report.testResults) {
    if (assertionResults.length === 0 && status === 'failed')
      tellFailure(file, 'as a whole', [message ?? '']);
    for (const { fullName, status: outcome, failureMessages } of assertionResults) {
      if (outcome === 'passed') passed++;
      else if (outcome === 'failed') tellFailure(file, fullName, failureMessages ?? []);
      else skipped.push(`${file}: ${fullName}`);
    }
  }
}
if (process.env.CI) {
  for (const test of skipped) console.log(`skipped, and nothing may skip here: ${test}`);
  failed += skipped.length;
}
const also = skipped.length > 0 ? `, ${skipped.length} skipped` : '';
console.log(`${passed} passed, ${failed} failed${also}`);
process.exitCode = failed > 0 ? 1 : 0;
