import { spawn } from 'node:child_process';

/** The least number of rounds, even for a slow program. */
const fewestRounds = 3;
/** A run of at least this length is not affected by cold caches (ms). */
const longRun = 2_000;
/** A report is complete after this long without output (ms); rounds are 2 s apart. */
const followPause = 700;
const followRounds = 12;

/**
 * Runs programs in turn, A B C A B C …, so that a disturbance affects all of them. Resolves to name → samples, in
 * order; the nth samples of two programs were taken side by side. A program that was killed for being late has a
 * sample with `late`, and no further ones.
 */
export async function measureInTurn(runner, programs, { runs, patience, limit }) {
  const samples = Object.fromEntries(programs.map(({ name }) => [name, []]));
  const begin = Date.now();
  for (let round = 0; round < runs; round++) {
    const spent = (Date.now() - begin) / 1_000;
    if (round >= fewestRounds && spent > patience) break;
    for (const program of programs) {
      const taken = samples[program.name];
      if (taken.at(-1)?.late) continue;
      let sample = await once(runner, program, limit);
      // The very first run has cold caches, which matters for short ones: it is not counted.
      if (round === 0 && sample.wall < longRun) sample = await once(runner, program, limit);
      taken.push(sample);
    }
  }
  return samples;
}

/** One run: wall time (without `waits`) and CPU in ms, peak memory in MiB, output in bytes. */
async function once(runner, { command, anyExitCode, waits = 0 }, limit) {
  const { code, stdout, stderr } = await outputOf([runner, String(limit), ...command]);
  const [wall, user, system, peak, bytes, status] = stdout.trim().split(' ').map(Number);
  if (code !== 0 || status === undefined) {
    throw new Error(`${command.join(' ')} could not be run: ${stderr.trim()}`);
  }
  const late = status === -1;
  if (!late && status !== 0 && !anyExitCode) {
    throw new Error(`${command.join(' ')} ended with ${status}: ${stderr.trim()}`);
  }
  return { wall: wall / 1e6 - waits, cpu: (user + system) / 1e3, peak: peak / 1_024, bytes, late };
}

/** The rounds of a program that repeats its report: CPU in ms and bytes of each, in order. */
export async function measureRounds(follow, { command }, limit) {
  const args = [String(limit), String(followRounds), String(followPause), ...command];
  const { code, stdout, stderr } = await outputOf([follow, ...args]);
  if (code !== 0) {
    const why = stderr.trim() || `${followRounds} rounds took longer than ${limit} s (--limit)`;
    throw new Error(`${command.join(' ')} did not go on: ${why}`);
  }
  return stdout
    .trim()
    .split('\n')
    .map((line) => {
      const [cpu, bytes] = line.split(' ').map(Number);
      return { cpu: cpu / 1e6, bytes };
    });
}

function outputOf([program, ...args]) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}
