// npm run fuzz -- [--target NAME] [--runs N] [--seed S] [--minutes M]: hostile input for the parsers.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const number = { runs: /^[1-9]\d*$/, seed: /^\d+$/, minutes: /^\d+(\.\d+)?$/ };

function refuse(message) {
  console.error(`fuzz: ${message}`);
  process.exit(2);
}

let values = {};
try {
  const string = /** @type {const} */ ({ type: 'string' });
  const options = { target: string, runs: string, seed: string, minutes: string };
  ({ values } = parseArgs({ options }));
} catch (error) {
  refuse(error.message);
}
for (const [name, form] of Object.entries(number)) {
  if (values[name] !== undefined && !form.test(values[name])) {
    refuse(`--${name} ${values[name]}: not a number that can be used here`);
  }
}

const env = { ...process.env };
for (const [name, value] of Object.entries(values)) {
  env[`TSNETSTAT_FUZZ_${name.toUpperCase()}`] = value;
}
const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
const { status } = spawnSync(process.execPath, [vitest, 'run', '--project', 'fuzz'], {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  env,
  stdio: 'inherit',
});
process.exit(status ?? 1);
