import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';

/** Set for the process inside the namespaces; its value does not matter. */
const marker = 'TSNETSTAT_BENCH_INSIDE';

export const isInside = () => process.env[marker] !== undefined;

/**
 * Runs this program again as process 1 of a new network, PID and mount namespace: it sees no process, socket or
 * interface of the machine, and everything that it starts ends with it. Resolves to its exit code.
 *
 * The kernel's hash tables of TCP and UDP sockets that /proc/net is read from are the whole machine's even there,
 * so other people's sockets would cost us time. Where the kernel can give a namespace its own tables
 * (tcp_child_ehash_entries, Linux 6.1; udp_child_hash_entries, 6.2), it gets some of the machine's size.
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
    // When its standard input ends, so does the process inside, even if no signal reached it.
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

/** Inside: loopback up, room for many connections; ends when the outer process does. */
export function prepare() {
  process.stdin.on('close', () => process.exit(130)).resume();
  // A separate /run/netns: the machine's own names of network namespaces stay untouched.
  mkdirSync('/run/netns', { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', 'none', '/run/netns']);
  const ip = (...args) => execFileSync('ip', args, { stdio: ['ignore', 'inherit', 'inherit'] });
  ip('link', 'set', 'lo', 'up');
  ip('-6', 'route', 'add', 'local', 'fd00:7::/64', 'dev', 'lo');
}
