// driver.js: one session in the Windows node.exe. Starts the processes that hold sockets, runs every
// command of session.json, leaves what each printed in a file of its own, and ends what it started.
// Everything goes through files: Wine cannot do with pipes.
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, copyFileSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const session = JSON.parse(readFileSync('session.json', 'utf8'));
const patience = 120_000;
const facts = {};
const holders = [];

function start({ name, scene, executable }) {
  const program = executable ?? process.execPath;
  if (executable !== undefined) {
    mkdirSync(dirname(executable), { recursive: true });
    copyFileSync(process.execPath, executable);
  }
  const log = openSync(`${name}.log`, 'w');
  const holder = spawn(program, [join('windows', 'holder.js'), scene, `${name}.json`], {
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  holders.push(holder);
  return holder;
}

async function ready({ name }, holder) {
  for (const until = Date.now() + patience; !existsSync(`${name}.json`); await setTimeout(20)) {
    if (holder.exitCode !== null || Date.now() > until) {
      throw new Error(`${name} holds no sockets:\n${readFileSync(`${name}.log`, 'utf8')}`);
    }
  }
  facts[name] = JSON.parse(readFileSync(`${name}.json`, 'utf8'));
}

/** `{zoo.pid}` in an argument is what the holder named zoo told. */
function filledIn(argument) {
  return argument.replace(/\{(\w+)\.(\w+)\}/g, (_, name, key) => String(facts[name][key]));
}

function runCommand({ args, env = {} }, index) {
  const out = openSync(join('out', `${index}.out`), 'w');
  const err = openSync(join('out', `${index}.err`), 'w');
  const began = performance.now();
  const { status, error } = spawnSync(process.execPath, args.map(filledIn), {
    stdio: ['ignore', out, err],
    env: { ...process.env, ...env },
    timeout: patience,
  });
  closeSync(out);
  closeSync(err);
  return { status, error: error?.message ?? null, milliseconds: performance.now() - began };
}

mkdirSync('out', { recursive: true });
let failure = null;
let results = [];
try {
  const started = session.holders.map((holder) => [holder, start(holder)]);
  for (const [holder, child] of started) await ready(holder, child);
  results = session.commands.map(runCommand);
} catch (error) {
  failure = error.stack;
} finally {
  for (const holder of holders) holder.kill();
}
writeFileSync('results.json', JSON.stringify({ failure, facts, results }));
process.exit(0);
