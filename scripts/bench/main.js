// npm run bench: compares tsnetstat with its peers, under loads that the benchmark sets up.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startLoad } from './load.js';
import { machineText } from './machine.js';
import { measureInTurn, measureRounds } from './measure.js';
import { writeResults } from './measurements-page.js';
import { isInside, prepare, runInside } from './namespaces.js';
import { buildNative } from './native.js';
import { optionsFrom, usage } from './options.js';
import { findPrograms } from './programs.js';
import { markdown, plainText, tableOf } from './report.js';
import { worldsFor } from './worlds.js';

/** Where the compiled programs are, for the process inside. */
const nativeVariable = 'TSNETSTAT_BENCH_NATIVE';

/** Outside: builds what is needed, then runs everything else in namespaces. */
async function outside() {
  if (process.platform !== 'linux') throw new Error('this needs Linux: /proc and namespaces');
  if (process.getuid() !== 0) throw new Error('this needs root, for namespaces of its own');
  const dist = fileURLToPath(new URL('../../dist', import.meta.url));
  if (!existsSync(dist)) throw new Error('dist/ is missing: npm run build');
  const { folder, ...native } = buildNative();
  try {
    return await runInside({ [nativeVariable]: JSON.stringify(native) });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Inside: one world after another, with the cases of each. */
async function inside(options) {
  prepare();
  // Node reads these certificates whenever it starts: many of them take half of the start time.
  delete process.env.NODE_EXTRA_CA_CERTS;
  const native = JSON.parse(process.env[nativeVariable]);
  const programs = findPrograms(native);
  const machine = machineText(programs);
  console.log(`${machine}\n`);
  const tables = [];
  for (const world of worldsFor(options.cases, options.sizes, options.processes)) {
    const load = await startLoad(native.opener, world);
    for (const one of world.cases) {
      if (one.before !== undefined) ask(programs.tsnetstat, one.before.ask);
      const measured = await measure(one, native, programs, options);
      if (one.before !== undefined) rmSync(one.before.file);
      const table = tableOf(one, world, measured, programs);
      console.log(plainText(table));
      tables.push(table);
    }
    await load.end();
  }
  if (options.markdown) writeResults([machine, ...tables.map(markdown)].join('\n\n'));
  return 0;
}

/** Runs a program once, unmeasured. */
function ask({ command: [program, ...args] }, more) {
  const { status, stderr } = spawnSync(program, [...args, ...more], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${more.join(' ')}: ${stderr}`);
}

/** name → samples, or rounds, for every installed program of a case. */
async function measure(one, native, programs, options) {
  const asked = Object.entries(one.ask)
    .filter(([name]) => programs[name] !== undefined)
    .map(([name, args]) => ({
      ...programs[name],
      name,
      command: [...programs[name].command, ...args],
      waits: one.waits?.[name] ?? 0,
    }));
  if (!one.follow) return measureInTurn(native.runner, asked, options);
  const measured = {};
  for (const program of asked) {
    measured[program.name] = await measureRounds(native.follow, program, options.limit);
  }
  return measured;
}

try {
  const options = optionsFrom(process.argv.slice(2));
  if (options.help) console.log(usage);
  else process.exit(await (isInside() ? inside(options) : outside()));
} catch (error) {
  console.error(`bench: ${error.message}`);
  process.exit(1);
}
