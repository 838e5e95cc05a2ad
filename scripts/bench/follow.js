// node scripts/bench/follow.js: what --follow costs, and what it misses, during connection churn.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { processCost } from './process-cost.js';

const usage = `node scripts/bench/follow.js [options]     (Linux, root, a C compiler)

  --rate N       connections a second (default 2500: 5,000 sockets close)
  --seconds N    how long, for each way to follow (default 5)
  --soak N       only --follow with the kernel's reports, for N minutes; its memory every half minute
`;

const here = fileURLToPath(new URL('.', import.meta.url));
const program = [process.execPath, join(here, '../../bin/tsnetstat.js')];
const port = 18080;

const following = [...program, '--follow', '-t', '--format', 'csv', '--columns', 'lport,rport'];

/** The ways to follow. ss, which only prints the kernel's messages of closes, in C, is the floor. */
const ways = {
  'kernel, root': following,
  'kernel, nobody': [...['setpriv', '--reuid=65534', '--clear-groups', '--'], ...following],
  'rounds alone': [...following, ...['--source', 'proc']],
  'ss -tnE': ['ss', '-tnEHO'],
};

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Measures one way to follow: the closes that it reports, of either end, and their cost. */
async function follow(command, churn, rate, seconds, onSample = null) {
  const child = spawn(command[0], command.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (text) => {
    said += text;
  });
  let rest = '';
  let told = 0;
  const isClose = new RegExp(`(?:,closed,.*,${port}|:${port})\\b|,closed,.*,${port},`);
  child.stdout.on('data', (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    for (const line of lines) if (isClose.test(line)) told++;
  });
  // The header appears once the first round is read; ss has none.
  if (command[0] === 'ss') await sleep(2000);
  else await once(child.stdout, 'data', { signal: AbortSignal.timeout(60_000) });
  const before = processCost(child.pid);
  const running = spawn(churn, [port, rate, seconds].map(String), {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let counted = '';
  running.stdout.on('data', (text) => {
    counted += text;
  });
  const samples =
    onSample === null ? null : setInterval(() => onSample(processCost(child.pid), told), 30_000);
  await new Promise((resolve) => running.on('close', resolve));
  clearInterval(samples);
  await sleep(3000);
  const after = processCost(child.pid);
  child.kill('SIGINT');
  await new Promise((resolve) => child.on('close', resolve));
  const [count, took] = counted.trim().split(' ').map(Number);
  return { closes: 2 * count, took, told, cpu: after.cpu - before.cpu, rss: after.rss, said };
}

async function inside(churn, { rate, seconds, soak }) {
  execFileSync('ip', ['link', 'set', 'lo', 'up']);
  if (soak !== undefined) {
    const began = Date.now();
    const onSample = ({ cpu, rss }, told) => {
      const minutes = ((Date.now() - began) / 60_000).toFixed(1);
      console.log(
        `${minutes} min: ${rss.toFixed(1)} MiB, ${cpu.toFixed(1)} s of CPU, ${told} closes reported`,
      );
    };
    const { closes, told, said } = await follow(
      ways['kernel, root'],
      churn,
      rate,
      60 * soak,
      onSample,
    );
    console.log(`${closes} sockets closed, ${told} reported\n${said}`);
    return;
  }
  console.log('way             closed/s     told  missed   CPU µs a close  of a core     MiB');
  for (const [name, command] of Object.entries(ways)) {
    if (spawnSync(command[0], ['--version']).error) continue;
    const { closes, took, told, cpu, rss, said } = await follow(command, churn, rate, seconds);
    const missed = `${((100 * Math.max(0, closes - told)) / closes).toFixed(1)} %`;
    const cells = [
      ...[name.padEnd(14), String(Math.round(closes / took)).padStart(9), String(told).padStart(8)],
      ...[missed.padStart(7), ((1e6 * cpu) / Math.max(1, told)).toFixed(0).padStart(15)],
      ...[(cpu / took).toFixed(2).padStart(10), rss.toFixed(0).padStart(7)],
    ];
    console.log(cells.join(' '));
    if (/lost/.test(said)) console.log(`  ${said.trim().split('\n').at(-1)}`);
  }
}

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', short: 'h', default: false },
    rate: { type: 'string', default: '2500' },
    seconds: { type: 'string', default: '5' },
    soak: { type: 'string' },
    churn: { type: 'string' },
  },
});
if (values.help) console.log(usage);
else if (values.churn !== undefined) {
  const { churn, rate, seconds, soak } = values;
  await inside(churn, { rate: Number(rate), seconds: Number(seconds), soak: soak && Number(soak) });
} else {
  const folder = mkdtempSync(join(tmpdir(), 'tsnetstat-follow-'));
  try {
    const churn = join(folder, 'churn');
    execFileSync('cc', ['-O2', '-Wall', '-o', churn, join(here, 'native/churn.c')], {
      stdio: 'inherit',
    });
    const self = [process.execPath, fileURLToPath(import.meta.url), ...process.argv.slice(2)];
    const all = ['--net', '--pid', '--fork', '--mount-proc', '--kill-child', '--', ...self];
    process.exitCode =
      spawnSync('unshare', [...all, '--churn', churn], { stdio: 'inherit' }).status ?? 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
