// node scripts/bench/serve.js: the cost of a scrape of --serve compared with a listing, and what it holds after
// many.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { processCost } from './process-cost.js';

const usage = `node scripts/bench/serve.js [options]     (Linux; as root: with owners)

  --scrapes N     how many, one after the other (default 300)
  --other URL     another exporter to scrape as often, such as node_exporter: http://127.0.0.1:9100/metrics
  --other-pid N   its process
`;

const { values } = parseArgs({
  options: {
    scrapes: { type: 'string', default: '300' },
    other: { type: 'string' },
    'other-pid': { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
});
if (values.help) {
  process.stdout.write(usage);
  process.exit();
}
const count = Number(values.scrapes);
const script = fileURLToPath(new URL('../../bin/tsnetstat.js', import.meta.url));
function used(pid) {
  const { cpu, rss } = processCost(pid);
  return { cpu: cpu * 1000, memory: rss, files: readdirSync(`/proc/${pid}/fd`).length };
}

async function scrape(url, agent) {
  const [response] = await once(get(url, { agent }), 'response');
  let size = 0;
  for await (const chunk of response) size += chunk.length;
  if (response.statusCode !== 200) throw new Error(`${url}: ${response.statusCode}`);
  return size;
}

async function measure(name, url, pid) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const warm = Math.min(50, count);
  for (let i = 0; i < warm; i++) await scrape(url, agent);
  const first = used(pid);
  let size = 0;
  for (let i = 1; i <= count; i++) {
    size = await scrape(url, agent);
    if (i % Math.ceil(count / 6) !== 0 && i !== count) continue;
    const { cpu, memory, files } = used(pid);
    const each = ((cpu - first.cpu) / i).toFixed(1);
    console.log(
      `${name}: ${i} scrapes, ${each} ms of CPU each, ${memory.toFixed(0)} MiB, ${files} descriptors, ${size} bytes`,
    );
  }
  agent.destroy();
}

const child = spawn(process.execPath, [script, '--serve', '0'], {
  stdio: ['ignore', 'inherit', 'pipe'],
});
try {
  const [line] = await once(createInterface({ input: child.stderr }), 'line');
  await measure('tsnetstat', /http:\S+/.exec(line)[0], child.pid);
  if (values.other !== undefined) await measure('the other', values.other, values['other-pid']);
} finally {
  child.kill();
}
const listing = spawnSync(
  'bash',
  [
    ...['-c', 'TIMEFORMAT="%U %S"; time "$@" > /dev/null 2>&1', 'bash'],
    ...[process.execPath, script, '-tuanp'],
  ],
  { encoding: 'utf8' },
);
const cpu = listing.stderr.trim().split(' ').map(Number);
console.log(`-tuanp, with its start: ${((cpu[0] + cpu[1]) * 1000).toFixed(0)} ms of CPU`);
