import { execFileSync } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';

/** The hardware and software measured, as sentences. */
export function machineText(programs) {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  const versions = Object.entries(programs)
    .filter(([, { version }]) => version !== null)
    .map(([name, { version }]) => `${names[name] ?? name} ${version}`);
  return [
    `${cpus().length} CPUs (${cpu?.model.trim() ?? 'unknown'}), ${memory} GiB, ${virtualization()}Linux ${release()}.`,
    `${versions.join(', ')}.`,
  ].join('\n');
}

const names = { netstat: 'net-tools', standalone: 'the standalone executable', node: 'Node' };

function virtualization() {
  try {
    execFileSync('grep', ['-qw', 'hypervisor', '/proc/cpuinfo'], { stdio: 'ignore' });
    return 'a virtual machine, ';
  } catch {
    return '';
  }
}
