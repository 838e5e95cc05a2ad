import { existsSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import type { Proc } from './proc.js';
import { openTableFile } from './reader/table-file.js';
import { readWhole } from './reader/whole-file.js';

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
function descriptorCounter(root: string): (pid: number) => number | null {
  let counts: boolean | null = null;
  return (pid) => {
    counts ??= sizeOf(`${root}/self/fd`) > 0;
    return counts ? sizeOf(`${root}/${pid}/fd`) : null;
  };
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

/** A mounted /proc: this machine's, or one that a container was given under another path. */
export function liveProc(root: string): Proc {
  const place = netPlacer(root);
  return {
    root,
    littleEndian: new Uint8Array(Uint16Array.of(1).buffer)[0] === 1,
    isLive: true,
    openTable: (path, hints = {}) => openTableFile(place(path), hints),
    readFile: (path) => readWhole(place(path)),
    processIds: () => processIdsAmong(readdirSync(root)),
    descriptorCount: descriptorCounter(root),
    descriptors: (pid) => readdirSync(`${root}/${pid}/fd`),
    readLink: (pid, name) => readlinkSync(`${root}/${pid}/${name}`),
  };
}
