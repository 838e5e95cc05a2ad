import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A resource that a control group can limit. */
export type Controller = 'pids' | 'memory';

/** A control group with a limit, of version 1 or 2. */
export interface Cgroup {
  /** Sets the limit, in threads or bytes. */
  limit(value: number): void;
  /** A command that runs another one in the group. */
  readonly under: readonly string[];
  /** Removes the group; nothing may run in it any more. */
  remove(): void;
}

const limitFile = {
  v1: { pids: 'pids.max', memory: 'memory.limit_in_bytes' },
  v2: { pids: 'pids.max', memory: 'memory.max' },
} as const;

/** Returns where the controller's tree is mounted, and its version. */
function treeOf(controller: Controller): { root: string; version: 'v1' | 'v2' } | null {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  for (const mount of mounts) {
    const [before = '', after = ''] = mount.split(' - ');
    const root = before.split(' ')[4] ?? '';
    const [type, , options = ''] = after.split(' ');
    if (type === 'cgroup' && options.split(',').includes(controller))
      return { root, version: 'v1' };
    if (type !== 'cgroup2') continue;
    const offered = readFileSync(join(root, 'cgroup.controllers'), 'utf8').trim().split(' ');
    if (offered.includes(controller)) return { root, version: 'v2' };
  }
  return null;
}

/**
 * Creates a control group.
 * @throws if this machine has no such controller or does not allow it
 */
export function makeCgroup(controller: Controller): Cgroup {
  const tree = treeOf(controller);
  if (tree === null) throw new Error(`no cgroup controller for ${controller}`);
  const { root, version } = tree;
  if (version === 'v2') writeFileSync(join(root, 'cgroup.subtree_control'), `+${controller}`);
  const folder = mkdtempSync(join(root, 'tsnetstat-'));
  return {
    limit: (value) => writeFileSync(join(folder, limitFile[version][controller]), String(value)),
    under: ['sh', '-c', 'echo 0 > "$0/cgroup.procs" && exec "$@"', folder],
    remove: () => rmdirSync(folder),
  };
}

/** Whether control groups can be created here. */
export function canMakeCgroup(controller: Controller): boolean {
  try {
    makeCgroup(controller).remove();
    return true;
  } catch {
    return false;
  }
}

/** Returns where the tree of version 2 is mounted, alone or beside version 1. */
export function unifiedCgroups(): string {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return mounts.find((line) => line.includes(' - cgroup2 '))?.split(' ')[4] ?? '';
}

/** Removes a cgroup and those in it, once their processes have ended. */
export async function removeCgroups(folder: string): Promise<void> {
  for (let tries = 0; existsSync(folder); tries++) {
    try {
      removeTree(folder);
    } catch (error) {
      // A killed process needs a processor before it is gone.
      if (tries > 1000) throw error;
      await sleep(50);
    }
  }
}

function removeTree(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) removeTree(join(folder, entry.name));
  }
  rmdirSync(folder);
}
