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

async function inside(folder) {
  const load = (name) => import(join(folder, 'node_modules', name, entryOf(folder, name)));
  const ours = await import(join(root, 'dist/library.js'));
  const [getPort, detectPort, pidPort, findProcess, si] = await Promise.all(
    ['get-port', 'detect-port', 'pid-port', 'find-process', 'systeminformation'].map(load),
  );
  const server = await holder(listening(9302, '127.0.0.1'));
  const longer = await holder(listening(49_302, '127.0.0.1'));
  const client = await holder(connected(9302));
  const six = await holder(listening(9306, '::1'));
  const both = await holder(listening(9304, '::'));
  const udp = await holder(receiving(9305));
  const all = { server, longer, client, six, both, udp };
  const names = new Map(Object.entries(all).map(([name, { pid }]) => [pid, name]));
  const named = (pids) => [...new Set(pids)].map((pid) => names.get(Number(pid)) ?? '?').sort();

  const si9302 = async (port, protocol) =>
    (await si.default.networkConnections())
      .filter((one) => one.localPort === String(port) && one.protocol.startsWith(protocol))
      .filter((one) => protocol === 'udp' || one.state === 'LISTEN')
      .map(({ pid }) => pid);
  const found = async (port) => (await findProcess.default('port', port)).map(({ pid }) => pid);
  const owned = async (port, options) =>
    (await ours.whoHolds(port, options)).holders.flatMap(({ owners }) =>
      (owners ?? []).map(({ pid }) => pid),
    );
  const questions = [
    {
      title: 'who listens on TCP 9302 (another listens on 49302, a client is connected)',
      right: 'server',
      ask: {
        tsnetstat: () => owned(9302),
        'pid-port': async () => [await pidPort.portToPid(9302)],
        'find-process': () => found(9302),
        systeminformation: () => si9302(9302, 'tcp'),
      },
    },
    {
      title: 'who listens on `[::1]:9306`',
      right: 'six',
      ask: {
        tsnetstat: () => owned(9306),
        'pid-port': async () => [await pidPort.portToPid(9306)],
        'find-process': () => found(9306),
        systeminformation: () => si9302(9306, 'tcp'),
      },
    },
    {
      title: 'who has UDP 9305',
      right: 'udp',
      ask: {
        tsnetstat: () => owned(9305, { protocol: 'udp' }),
        'pid-port': async () => [await pidPort.portToPid({ port: 9305, protocol: 'udp' })],
        'find-process': () => found(9305),
        systeminformation: () => si9302(9305, 'udp'),
      },
    },
  ];
  const free = [
    {
      title: 'is TCP 9304 free at 127.0.0.1 (something listens on `::`)',
      right: 'no',
      ask: {
        tsnetstat: () => ours.isFree(9304, '127.0.0.1'),
        'get-port': async () => (await getPort.default({ port: 9304, host: '127.0.0.1' })) === 9304,
        'detect-port': async () =>
          (await detectPort.detect({ port: 9304, hostname: '127.0.0.1' })) === 9304,
      },
    },
    {
      title: 'is TCP 9302 free at 127.0.0.2 (something listens on 127.0.0.1)',
      right: 'yes',
      ask: {
        tsnetstat: () => ours.isFree(9302, '127.0.0.2'),
        'get-port': async () => (await getPort.default({ port: 9302, host: '127.0.0.2' })) === 9302,
        'detect-port': async () =>
          (await detectPort.detect({ port: 9302, hostname: '127.0.0.2' })) === 9302,
      },
    },
    {
      title: 'is UDP 9305 free',
      right: 'no',
      ask: { tsnetstat: () => ours.isFree(9305, undefined, { protocol: 'udp' }) },
    },
  ];
  const tools = [
    'tsnetstat',
    'pid-port',
    'find-process',
    'systeminformation',
    'get-port',
    'detect-port',
  ];
  const rows = [];
  const time = new Map(tools.map((tool) => [tool, 0]));
  for (const { title, right, ask, tell } of [
    ...questions.map((one) => ({ ...one, tell: (pids) => named(pids).join(', ') || 'nobody' })),
    ...free.map((one) => ({ ...one, tell: (is) => (is ? 'yes' : 'no') })),
  ]) {
    const cells = [];
    for (const tool of tools) {
      if (ask[tool] === undefined) {
        cells.push('–');
        continue;
      }
      const start = performance.now();
      const answer = await ask[tool]().then(tell, () => 'an error');
      time.set(tool, time.get(tool) + performance.now() - start);
      cells.push(answer === right ? answer : `**${answer}**`);
    }
    rows.push(`| ${title} | ${right} | ${cells.join(' | ')} |`);
  }

  // Last, since it kills the processes that it finds.
  const killPort = await load('kill-port');
  await killPort.default(9302, 'tcp').catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 500));
  const ended = Object.entries(all)
    .filter(([, child]) => child.signalCode !== null || child.exitCode !== null)
    .map(([name]) => name);
  for (const child of Object.values(all)) child.kill('SIGKILL');

  const versions = packages.map((spec) => {
    const name = spec.replace(/@\d+$/, '');
    const { version } = JSON.parse(
      readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8'),
    );
    return `${name} ${version}`;
  });
  console.log(
    [
      `| question | right | ${tools.join(' | ')} |`,
      `| --- | --- | ${tools.map(() => '---').join(' | ')} |`,
      ...rows,
      '',
      `\`kill-port 9302\` ended: ${ended.join(', ') || 'nobody'} (right: server).`,
      '',
      `Measured with ${versions.join(', ')} on Linux, Node ${process.versions.node}.`,
    ].join('\n'),
  );
  process.exit();
}

/** A package's entry file. */
function entryOf(folder, name) {
  const { exports, module, main } = JSON.parse(
    readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8'),
  );
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
