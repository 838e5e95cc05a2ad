import { existsSync } from 'node:fs';
import { orderOf } from './capture-order.js';
import { liveProc, machineIsLittleEndian } from './live-proc.js';
import { isFolder } from './net-place.js';
import type { Proc } from './proc.js';
import { readPlain } from './reader/plain-file.js';
import { openPlainTable } from './reader/table-file.js';

/**
 * A folder in the form of a /proc, with links where a /proc has links: a copy, or another machine's
 * through a network. Nothing is taken for granted of it.
 */
export function folderProc(root: string): Proc {
  const ofInit = `${root}/1/net`;
  const net = existsSync(`${ofInit}/dev`) ? ofInit : `${root}/net`;
  const place = (path: string) =>
    path.startsWith('net/') ? `${net}${path.slice(3)}` : `${root}/${path}`;
  const order = orderOf(place, { told: null, fallback: machineIsLittleEndian });
  return {
    ...plainFiles(liveProc(root), place),
    isOwn: false,
    hasNet: () => isFolder(net),
    get littleEndian() {
      return order().littleEndian;
    },
    get orderDoubt() {
      return order().doubt;
    },
  };
}

/** What lies at /proc where that is no procfs: read as this machine's own, as netstat does. */
export function coveredProc(root: string): Proc {
  return plainFiles(liveProc(root), (path) => `${root}/${path}`);
}

function plainFiles(proc: Proc, place: (path: string) => string): Proc {
  return {
    ...proc,
    isKernels: () => false,
    openTable: (path) => openPlainTable(place(path)),
    readFile: (path) => readPlain(place(path)),
    descriptorCount: () => null,
  };
}
