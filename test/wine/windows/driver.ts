/**
 * One session in the Windows node.exe: starts the processes that hold sockets, runs every command of
 * session.json, leaves what each printed in files of its own, and ends what it started.
 * Everything goes through files: Wine cannot do with pipes.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Holder, Result, Session } from './session.ts';

const session: Session = JSON.parse(readFileSync('session.json', 'utf8'));
/** Milliseconds for a holder to be ready, and for a command to end. */
const patience = 600_000;
const facts: Record<string, Record<string, unknown>> = {};
const holders: ChildProcess[] = [];

/** Starts a holder, in a copy of node.exe of its own where it asks for one. */
function start({ name, scene, executable }: Holder): ChildProcess {
  if (executable !== null) {
    mkdirSync(dirname(executable), { recursive: true });
    copyFileSync(process.execPath, executable);
  }
  const log = openSync(`${name}.log`, 'w');
  const script = join('windows', 'holder.mjs');
  const holder = spawn(executable ?? process.execPath, [script, scene, `${name}.json`], {
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  holders.push(holder);
  return holder;
}

async function ready(name: string, holder: ChildProcess): Promise<void> {
  for (const until = Date.now() + patience; !existsSync(`${name}.json`); await setTimeout(20)) {
    if (holder.exitCode !== null || Date.now() > until) {
      throw new Error(`${name} holds no sockets:\n${readFileSync(`${name}.log`, 'utf8')}`);
    }
  }
  facts[name] = JSON.parse(readFileSync(`${name}.json`, 'utf8'));
}

/** `{zoo.pid}` in an argument is what the holder named zoo told. */
function filledIn(argument: string): string {
  return argument.replace(/\{(\w+)\.(\w+)\}/g, (_, name, key) => String(facts[name]?.[key]));
}

function runCommand(args: readonly string[], index: number): Result {
  const out = openSync(join('out', `${index}.out`), 'w');
  const err = openSync(join('out', `${index}.err`), 'w');
  const [first = '', ...rest] = args.map(filledIn);
  const command: [string, string[]] = first.endsWith('.exe')
    ? [first, rest]
    : [process.execPath, [first, ...rest]];
  const { status, error } = spawnSync(...command, {
    stdio: ['ignore', out, err],
    timeout: patience,
  });
  closeSync(out);
  closeSync(err);
  return { status, error: error?.message ?? null };
}

mkdirSync('out', { recursive: true });
let failure: string | null = null;
let results: readonly Result[] = [];
try {
  const started = session.holders.map((holder) => ({ name: holder.name, process: start(holder) }));
  for (const { name, process } of started) await ready(name, process);
  results = session.commands.map(runCommand);
} catch (error) {
  failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
} finally {
  for (const holder of holders) holder.kill();
}
writeFileSync('results.json', JSON.stringify({ failure, facts, results }));
process.exit(0);
