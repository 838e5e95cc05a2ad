import { existsSync, readdirSync, readlinkSync, statfsSync, statSync } from 'node:fs';
import type { Proc, TableHints, Task } from './proc.js';
import { openEarly } from './reader/early-table.js';
import { openTableFile } from './reader/table-file.js';
import { readBeginning, readWhole } from './reader/whole-file.js';

/** The names in a folder that are process IDs. */
export function processIdsAmong(names: readonly string[]): number[] {
  const pids: number[] = [];
  for (const name of names) {
    const first = name.charCodeAt(0);
    if (first >= 48 && first <= 57) pids.push(Number(name));
  }
  return pids.sort((a, b) => a - b);
}

function sizeOf(path: string): number {
  try {
    return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  } catch {
    return 0;
  }
}

/** The size of /proc/PID/fd counts its entries since Linux 6.2; before, it is always 0. */
function descriptorCounter(root: string): (of: Task) => number | null {
  let counts: boolean | null = null;
  return (of) => {
    counts ??= sizeOf(`${root}/self/fd`) > 0;
    return counts ? sizeOf(`${root}/${of}/fd`) : null;
  };
}

/** `task` has a link for each thread, beside the two that every folder has. */
const soleThread = 3;

function threadIds(root: string, pid: number): readonly number[] {
  const tasks = `${root}/${pid}/task`;
  const links = statSync(tasks, { throwIfNoEntry: false })?.nlink ?? 0;
  return links <= soleThread ? [] : processIdsAmong(readdirSync(tasks));
}

/** PROC_SUPER_MAGIC of <linux/magic.h>. */
const procfs = 0x9fa0;

function isProcfs(root: string): boolean {
  try {
    return statfsSync(root).type === procfs;
  } catch {
    return false;
  }
}

/** Where this machine's /proc is mounted. */
const own = '/proc';

/**
 * `net` of a /proc leads to the network of whoever reads it. What a container was given of its host
 * is wanted for the host's, which is that of its first process.
 */
function netPlacer(root: string): (path: string) => string {
  const ofInit = `${root}/1/net`;
  const isHost = root !== own && existsSync(`${ofInit}/dev`);
  return (path) =>
    isHost && path.startsWith('net/') ? `${ofInit}${path.slice(3)}` : `${root}/${path}`;
}

/**
 * A mounted /proc: this machine's, or one that a container was given under another path.
 * `isOwnProcess`: Node's threads may be used; in somebody else's process they may be busy for long.
 */
export function liveProc(root: string, isOwnProcess = false): Proc {
  const place = netPlacer(root);
  return {
    root,
    littleEndian: new Uint8Array(Uint16Array.of(1).buffer)[0] === 1,
    isLive: true,
    openTable: (path, hints = {}) => openTableFile(place(path), hints),
    ...(isOwnProcess && {
      openTableEarly: (path: string, hints: TableHints) => openEarly(place(path), hints),
    }),
    readFile: (path, most) =>
      most === undefined ? readWhole(place(path)) : readBeginning(place(path), most),
    processIds: () => processIdsAmong(readdirSync(root)),
    descriptorCount: descriptorCounter(root),
    descriptors: (of) => readdirSync(`${root}/${of}/fd`),
    threadIds: (pid) => threadIds(root, pid),
    // Every PID namespace has a first process.
    hidesProcesses: (pids) => pids[0] !== 1 && isProcfs(root),
    readLink: (of, name) => readlinkSync(`${root}/${of}/${name}`),
  };
}
