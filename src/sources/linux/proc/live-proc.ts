import { readdirSync, readlinkSync, statSync } from 'node:fs';
import { lazily } from '../../../flow/lazily.ts';
import { openTableFile } from '../files/table-file.ts';
import { readBeginning, readWhole } from '../files/whole-file.ts';
import { refused } from '../refused.ts';
import { linkOpener } from './descriptor-links.ts';
import { isProcfs, kernelFiles } from './kernel-files.ts';
import { isFolder, type NetPlace, ownNet } from './net-place.ts';
import type { Proc, Task } from './proc.ts';

const processId = /^[1-9]\d*$/;

/** The names in a folder that are process IDs; a copy of /proc may have others that begin with a digit. */
export function processIdsAmong(names: readonly string[]): number[] {
  const pids: number[] = [];
  for (const name of names) if (processId.test(name)) pids.push(Number(name));
  return pids.sort((a, b) => a - b);
}

function sizeOf(path: string): number {
  try {
    return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  } catch {
    return 0;
  }
}

/** Since Linux 6.2 the size of /proc/PID/fd is the number of its entries; before, it is always 0. */
function descriptorCounter(root: string, isLinux: () => boolean): (of: Task) => number | null {
  const counts = lazily(() => isLinux() && sizeOf(`${root}/self/fd`) > 0);
  return (of) => (counts() ? sizeOf(`${root}/${of}/fd`) : null);
}

/** Byte order of the machine that runs this program. */
export const machineIsLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The link count of `task` with one thread: each thread adds one to the two of every folder. */
const soleThread = 3;

function threadIds(root: string, pid: number): readonly number[] {
  const tasks = `${root}/${pid}/task`;
  const links = statSync(tasks, { throwIfNoEntry: false })?.nlink ?? 0;
  return links <= soleThread ? [] : processIdsAmong(readdirSync(tasks));
}

/**
 * A mounted /proc: this machine's, or another one mounted in a container. `net`: where its tables are; by default,
 * the own network's.
 */
export function liveProc(root: string, net?: NetPlace): Proc {
  const netFolder = lazily(() => (net ?? ownNet(root)).folder);
  const place = (path: string) =>
    path.startsWith('net/') ? `${netFolder()}${path.slice(3)}` : `${root}/${path}`;
  const kernel = kernelFiles(root);
  const openLinks = linkOpener();
  return {
    root,
    littleEndian: machineIsLittleEndian,
    orderDoubt: null,
    isLive: true,
    isOwn: net?.isOwn ?? true,
    warnings: net?.warnings ?? [],
    isKernels: (path) => kernel.has(place(path)),
    hasNet: () => isFolder(netFolder()),
    openTable: (path, hints = {}) => openTableFile(place(path), hints),
    readFile: (path, most) =>
      most === undefined ? readWhole(place(path)) : readBeginning(place(path), most),
    processIds: () => listProcesses(root),
    descriptorCount: descriptorCounter(root, kernel.isLinux),
    descriptors: (of) => readdirSync(`${root}/${of}/fd`),
    threadIds: (pid) => threadIds(root, pid),
    // Every PID namespace has a first process.
    hidesProcesses: (pids) => pids[0] !== 1 && isProcfs(root) === true,
    readLink: (of, name) => readlinkSync(`${root}/${of}/${name}`),
    openLinks: (of, count) => openLinks(`${root}/${of}/fd`, count),
  };
}

/**
 * The processes with a folder in `root`, ascending.
 * @throws NetstatError `unreadable` if it cannot be listed
 */
export function listProcesses(root: string): number[] {
  try {
    return processIdsAmong(readdirSync(root));
  } catch (error) {
    throw refused(root, error);
  }
}
