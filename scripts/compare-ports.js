// Writes the table in docs/ports.md: what npm packages answer to questions about ports, compared with this library,
// on the same sockets. They are fetched into a temporary folder. Needs Linux, root (for a network namespace of its
// own), lsof and netstat.
//   node scripts/compare-ports.js
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const packages = [
  ...['get-port@7', 'detect-port@2', 'pid-port@2', 'find-process@2', 'kill-port@2'],
  'systeminformation@5',
];
/** Those that are asked, in the order of the columns. */
const tools = [
  ...['tsnetstat', 'pid-port', 'find-process', 'systeminformation', 'get-port'],
  'detect-port',
];

/** Starts a process that opens sockets with a line of script; resolves once they are open. */
function holder(script) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve) => child.stdout.once('data', () => resolve(child)));
}

const listening = (port, host) => `
  import net from 'node:net';
  net.createServer(() => {}).listen(${port}, ${JSON.stringify(host)}, () => console.log('ready'));`;
const receiving = (port) => `
  import dgram from 'node:dgram';
  const socket = dgram.createSocket('udp4');
  socket.bind(${port}, '127.0.0.1', () => console.log('ready'));`;
const connected = (port) => `
  import net from 'node:net';
  net.connect(${port}, '127.0.0.1', () => console.log('ready'));`;

/** Processes that hold the sockets that the questions are about, by name. */
async function startHolders() {
  const server = await holder(listening(9302, '127.0.0.1'));
  return {
    server,
    longer: await holder(listening(49_302, '127.0.0.1')),
    client: await holder(connected(9302)),
    six: await holder(listening(9306, '::1')),
    both: await holder(listening(9304, '::')),
    udp: await holder(receiving(9305)),
  };
}

/**
 * What is asked, the right answer, and how each tool is asked. Owners are answered as process ids, which are told as
 * names of holders; whether a port is free is told as yes or no.
 */
function questionsAbout({ getPort, detectPort, pidPort, findProcess, si }, ours) {
  const siOwners = async (port, protocol) =>
    (await si.default.networkConnections())
      .filter((one) => one.localPort === String(port) && one.protocol.startsWith(protocol))
      .filter((one) => protocol === 'udp' || one.state === 'LISTEN')
      .map(({ pid }) => pid);
  const found = async (port) => (await findProcess.default('port', port)).map(({ pid }) => pid);
  const owned = async (port, options) =>
    (await ours.whoHolds(port, options)).holders.flatMap(({ owners }) =>
      (owners ?? []).map(({ pid }) => pid),
    );
  const freeFor = (port, host) => ({
    tsnetstat: () => ours.isFree(port, host),
    'get-port': async () => (await getPort.default({ port, host })) === port,
    'detect-port': async () => (await detectPort.detect({ port, hostname: host })) === port,
  });
  return [
    {
      title: 'who listens on TCP 9302 (another listens on 49302, a client is connected)',
      right: 'server',
      ask: {
        tsnetstat: () => owned(9302),
        'pid-port': async () => [await pidPort.portToPid(9302)],
        'find-process': () => found(9302),
        systeminformation: () => siOwners(9302, 'tcp'),
      },
    },
    {
      title: 'who listens on `[::1]:9306`',
      right: 'six',
      ask: {
        tsnetstat: () => owned(9306),
        'pid-port': async () => [await pidPort.portToPid(9306)],
        'find-process': () => found(9306),
        systeminformation: () => siOwners(9306, 'tcp'),
      },
    },
    {
      title: 'who has UDP 9305',
      right: 'udp',
      ask: {
        tsnetstat: () => owned(9305, { protocol: 'udp' }),
        'pid-port': async () => [await pidPort.portToPid({ port: 9305, protocol: 'udp' })],
        'find-process': () => found(9305),
        systeminformation: () => siOwners(9305, 'udp'),
      },
    },
    {
      title: 'is TCP 9304 free at 127.0.0.1 (something listens on `::`)',
      right: 'no',
      ask: freeFor(9304, '127.0.0.1'),
    },
    {
      title: 'is TCP 9302 free at 127.0.0.2 (something listens on 127.0.0.1)',
      right: 'yes',
      ask: freeFor(9302, '127.0.0.2'),
    },
    {
      title: 'is UDP 9305 free',
      right: 'no',
      ask: { tsnetstat: () => ours.isFree(9305, undefined, { protocol: 'udp' }) },
    },
  ];
}

/** An answer as the table tells it. */
function answerText(answer, holders) {
  if (typeof answer === 'boolean') return answer ? 'yes' : 'no';
  const nameOf = (pid) =>
    Object.keys(holders).find((name) => holders[name].pid === Number(pid)) ?? '?';
  return [...new Set(answer)].map(nameOf).sort().join(', ') || 'nobody';
}

/** A line of the table for each question; answers that are not right stand out. */
async function answerRows(questions, holders) {
  const rows = [];
  for (const { title, right, ask } of questions) {
    const cells = [];
    for (const tool of tools) {
      if (ask[tool] === undefined) {
        cells.push('–');
        continue;
      }
      const answer = await ask[tool]().then(
        (value) => answerText(value, holders),
        () => 'an error',
      );
      cells.push(answer === right ? answer : `**${answer}**`);
    }
    rows.push(`| ${title} | ${right} | ${cells.join(' | ')} |`);
  }
  return rows;
}

/** The names of the holders that kill-port ends when it is given the server's port. */
async function killedBy(killPort, holders) {
  await killPort.default(9302, 'tcp').catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 500));
  return Object.entries(holders)
    .filter(([, child]) => child.signalCode !== null || child.exitCode !== null)
    .map(([name]) => name);
}

/** The table and what stands below it, in Markdown. */
function tableText(rows, ended, folder) {
  const versions = packages.map((spec) => {
    const name = spec.replace(/@\d+$/, '');
    return `${name} ${manifestOf(folder, name).version}`;
  });
  return [
    `| question | right | ${tools.join(' | ')} |`,
    `| --- | --- | ${tools.map(() => '---').join(' | ')} |`,
    ...rows,
    '',
    `\`kill-port 9302\` ended: ${ended.join(', ') || 'nobody'} (right: server).`,
    '',
    `Measured with ${versions.join(', ')} on Linux, Node ${process.versions.node}.`,
  ].join('\n');
}

/** Prints the table. Runs in a network namespace of its own; the packages are in the folder. */
async function inside(folder) {
  const load = (name) => import(join(folder, 'node_modules', name, entryOf(folder, name)));
  const ours = await import(join(root, 'dist/library.js'));
  const asked = {
    getPort: await load('get-port'),
    detectPort: await load('detect-port'),
    pidPort: await load('pid-port'),
    findProcess: await load('find-process'),
    si: await load('systeminformation'),
  };
  const killPort = await load('kill-port');

  const holders = await startHolders();
  const rows = await answerRows(questionsAbout(asked, ours), holders);
  // Last, since it kills the processes that it finds.
  const ended = await killedBy(killPort, holders);
  for (const child of Object.values(holders)) child.kill('SIGKILL');
  console.log(tableText(rows, ended, folder));
  process.exit();
}

function manifestOf(folder, name) {
  return JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8'));
}

/** A package's entry file. */
function entryOf(folder, name) {
  const { exports, module, main } = manifestOf(folder, name);
  let entry = typeof exports === 'object' ? (exports['.'] ?? exports) : exports;
  while (typeof entry === 'object' && entry !== null) entry = entry.import ?? entry.default;
  return entry ?? module ?? main ?? 'index.js';
}

if (process.argv[2] === 'inside') {
  await inside(process.argv[3]);
} else {
  const folder = mkdtempSync(join(tmpdir(), 'compare-ports-'));
  try {
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    execFileSync('npm', ['install', '--ignore-scripts', '--silent', ...packages], { cwd: folder });
    const script = `ip link set lo up && exec "$0" "$1" inside "$2"`;
    const args = [
      '-n',
      'sh',
      '-c',
      script,
      process.execPath,
      fileURLToPath(import.meta.url),
      folder,
    ];
    const table = execFileSync('unshare', args, { encoding: 'utf8' });
    const page = join(root, 'docs/ports.md');
    const marks = /(<!-- table -->\n)[\s\S]*(<!-- end -->)/;
    writeFileSync(page, readFileSync(page, 'utf8').replace(marks, `$1\n${table}\n$2`));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
