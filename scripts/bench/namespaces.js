import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';

/** Set for the process that runs inside; its value does not matter. */
const marker = 'TSNETSTAT_BENCH_INSIDE';

export const isInside = () => process.env[marker] !== undefined;

/**
 * Runs this program again as process 1 of a network, PID and mount namespace of its own: it sees no
 * process, socket or interface of the machine, and what it starts ends with it, however it ends.
 * Resolves to its exit code.
 *
 * The tables of TCP and UDP sockets that the kernel walks for /proc/net are the whole machine's even
 * there, so that other people's sockets would cost us time. Where the kernel can give a namespace
 * tables of its own (tcp_child_ehash_entries, Linux 6.1; udp_child_hash_entries, 6.2), it gets some of
 * the machine's size.
 */
export function runInside(env) {
  const script = `
    for table in tcp_child_ehash_entries:${entries('tcp_ehash_entries')} udp_child_hash_entries:${entries('udp_hash_entries')}; do
      file=/proc/sys/net/ipv4/\${table%:*}
      [ ! -e "$file" ] || [ "\${table#*:}" = 0 ] || echo "\${table#*:}" >"$file"
    done
    exec unshare --net --pid --fork --mount-proc --kill-child -- "$@"`;
  const child = spawn(
    'unshare',
    ['--net', '--', 'sh', '-c', script, 'sh', process.execPath, ...process.argv.slice(1)],
    // The end of its standard input is the end of this process, even where nothing could be said.
    { stdio: ['pipe', 'inherit', 'inherit'], env: { ...process.env, ...env, [marker]: '1' } },
  );
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => child.kill('SIGKILL'));
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 130));
  });
}

function entries(name) {
  try {
    return Math.abs(Number(readFileSync(`/proc/sys/net/ipv4/${name}`, 'utf8')));
  } catch {
    return 0;
  }
}

/** Inside: loopback up, room for many connections; ends when the process outside does. */
export function prepare() {
  process.stdin.on('close', () => process.exit(130)).resume();
  // Names of network namespaces of its own: the machine keeps those that it has.
  mkdirSync('/run/netns', { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', 'none', '/run/netns']);
  const ip = (...args) => execFileSync('ip', args, { stdio: ['ignore', 'inherit', 'inherit'] });
  ip('link', 'set', 'lo', 'up');
  ip('-6', 'route', 'add', 'local', 'fd00:7::/64', 'dev', 'lo');
}
