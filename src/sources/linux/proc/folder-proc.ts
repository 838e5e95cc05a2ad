import { readdirSync, readlinkSync } from 'node:fs';
import { readHead, readPlain } from '../files/plain-file.ts';
import { openPlainTable } from '../files/table-file.ts';
import { pathExists } from '../path-exists.ts';
import { decodeText } from '../text.ts';
import { headsAt, orderOf } from './capture-order.ts';
import { liveProc, machineIsLittleEndian, processIdsAmong } from './live-proc.ts';
import { isFolder } from './net-place.ts';
import { errnoOf, type Proc } from './proc.ts';

/**
 * A folder in the form of a /proc, with links where a /proc has links: a copy, or another machine's over a network.
 * No property of a real /proc is assumed.
 */
export function folderProc(root: string): Proc {
  const ofInit = `${root}/1/net`;
  const net = pathExists(`${ofInit}/dev`) ? ofInit : `${root}/net`;
  const place = (path: string) =>
    path.startsWith('net/') ? `${net}${path.slice(3)}` : `${root}/${path}`;
  const order = orderOf(headsAt(place), { stated: null, fallback: machineIsLittleEndian });
  return {
    ...plainFiles(root, place),
    isOwn: false,
    // Only tables were copied: there is no machine without processes.
    hidesProcesses: (pids) => pids.length === 0,
    hasNet: () => isFolder(net),
    get littleEndian() {
      return order().littleEndian;
    },
    get orderDoubt() {
      return order().doubt;
    },
  };
}

/** What is mounted at /proc if it is not procfs: read as this machine's own, as netstat does. */
export function coveredProc(root: string): Proc {
  return plainFiles(root, (path) => `${root}/${path}`);
}

function plainFiles(root: string, place: (path: string) => string): Proc {
  return {
    ...liveProc(root),
    isKernels: () => false,
    openTable: (path) => openPlainTable(place(path)),
    readFile: (path, most) =>
      most === undefined ? readPlain(place(path)) : readHead(place(path), most),
    descriptorCount: () => null,
    // Only procfs counts threads in a folder's link count.
    threadIds: (pid) => processIdsAmong(readdirSync(`${root}/${pid}/task`)),
    readLink: (of, name) => linkOrText(`${root}/${of}/${name}`),
  };
}

/** The longest target of a link (PATH_MAX of <linux/limits.h>). */
const longestTarget = 4096;

/** A link's target; if the copy has a file instead, its text (git does that where links are not supported). */
function linkOrText(path: string): string {
  try {
    return readlinkSync(path);
  } catch (error) {
    if (errnoOf(error) !== 'EINVAL') throw error;
    return decodeText(readHead(path, longestTarget)).replace(/\n$/, '');
  }
}
