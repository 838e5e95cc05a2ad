// Adds up what the suites reported, and fails where anything was skipped in CI.
import { readFileSync } from 'node:fs';

let passed = 0;
let failed = 0;
const skipped = [];
for (const path of process.argv.slice(2)) {
  const report = JSON.parse(readFileSync(path, 'utf8'));
  for (const { name: file, status, assertionResults } of report.testResults) {
    if (assertionResults.length === 0 && status === 'failed') failed++;
    for (const { fullName, status: outcome } of assertionResults) {
      if (outcome === 'passed') passed++;
      else if (outcome === 'failed') failed++;
      else skipped.push(`${file}: ${fullName}`);
    }
  }
}
if (process.env.CI) {
  for (const test of skipped) console.error(`skipped, and nothing may skip here: ${test}`);
  failed += skipped.length;
}
const also = skipped.length > 0 ? `, ${skipped.length} skipped` : '';
console.log(`${passed} passed, ${failed} failed${also}`);
process.exitCode = failed > 0 ? 1 : 0;
