import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { removeCgroups } from './cgroup.ts';
import { type Output, run } from './command.ts';
import { reasonToSkip } from './requirements.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Why systemd cannot be started here; null if it can. */
export const noSystemd = reasonToSkip({
  platforms: ['linux'],
  root: true,
  programs: ['unshare', 'nsenter', 'systemctl', 'journalctl', '/lib/systemd/systemd'],
});

/** A systemd with its journal, in its own namespaces, including the network. */
export interface Systemd {
  /** Runs a command in its namespaces. */
  inside(...command: readonly string[]): Promise<Output>;
  stop(): Promise<void>;
}

const hierarchies = '/sys/fs/cgroup';
const script = fileURLToPath(new URL('systemd.sh', import.meta.url));

/** Starts the real systemd with only these units: their texts by name. */
export async function startSystemd(units: Readonly<Record<string, string>>): Promise<Systemd> {
  const folder = temporaryFolder('tsnetstat-systemd-');
  for (const [name, text] of Object.entries(units)) writeFileSync(join(folder, name), text);
  const cgroup = basename(folder);
  const outer = spawn('bash', [script, cgroup, folder], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  outer.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const ended = new Promise<void>((resolve) => outer.once('close', () => resolve()));
  const stop = async () => {
    // Only a unit that is stopped loses its private /tmp, which is a folder of this machine's.
    await inside('systemctl', 'stop', '*.service');
    // Killing the first process of a PID namespace kills all others in it; it does not end with its parent.
    const first = childOf(outer);
    if (first !== null) process.kill(Number(first), 'SIGKILL');
    outer.kill('SIGKILL');
    await ended;
    for (const hierarchy of ['', ...readdirSync(hierarchies)]) {
      await removeCgroups(join(hierarchies, hierarchy, cgroup));
    }
  };
  const inside = (...command: readonly string[]) =>
    run(['nsenter', '--target', childOf(outer) ?? '0', '--all', '--', ...command]);
  const isUp = async () => {
    if (childOf(outer) === null) return false;
    return (await inside('systemctl', 'is-active', '--quiet', 'default.target')).code === 0;
  };
  while (outer.exitCode === null) {
    if (await isUp()) return { inside, stop };
    await sleep(100);
  }
  await stop();
  throw new Error(`systemd did not start: ${said}`);
}

/** Returns the PID of a process's only child; null: none yet. */
function childOf({ pid }: ChildProcess): string | null {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim() || null;
  } catch {
    return null;
  }
}
