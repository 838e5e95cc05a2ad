import { NetstatError } from '../../../errors.ts';
import { orderOf } from './capture-order.ts';
import type { DescriptorLinks } from './descriptor-links.ts';
import { machineIsLittleEndian } from './live-proc.ts';
import type { Proc, TableFile, Task } from './proc.ts';

/** Why something is not there to be read, by the code of the system call. */
export type ToldRefusal = 'ENOENT' | 'EACCES';

/** What another machine told of itself: all that is known of it. */
export interface ToldMachine {
  /** What its /proc is called in messages. */
  readonly root: string;
  /** By their paths below /proc; what was not asked for is not there. */
  readonly files: ReadonlyMap<string, Buffer | ToldRefusal>;
  /** Each process that was looked into, with its descriptors as `parseDescriptors` reads them. */
  readonly descriptors: ReadonlyMap<number, Buffer | ToldRefusal>;
  /** Where the executable of a process is. */
  readonly executables: ReadonlyMap<number, string | ToldRefusal>;
  /** Executables that were removed where a file of the same name is there again, as that process sees it. */
  readonly replaced: ReadonlySet<number>;
  /** Links of the process that told, by their paths below its folder. */
  readonly links: ReadonlyMap<string, string>;
  readonly hasNet: boolean;
}

/** Why the files of another machine do not tell what a live one tells. */
const untoldThere =
  'only a tsnetstat that is installed there tells them, and the files of /proc do not';

/** Nobody may have more open unless root raised fs.nr_open. */
const mostDescriptors = 1_048_576;

/**
 * Reads descriptors: a line for each, its number, and the inode of the socket that it is; 0: it is none; no inode:
 * where it leads may not be read. That holds for all of a process or for none: where some can be read, the others
 * were closed meanwhile.
 */
export function parseDescriptors(bytes: Buffer): ReadonlyMap<string, number | null> {
  const found = new Map<string, number | null>();
  for (const [, fd = '', inode] of bytes
    .toString('latin1')
    .matchAll(/^(\d{1,10})(?: (\d{1,15}))?$/gm)) {
    found.set(fd, inode === undefined ? null : Number(inode));
    if (found.size >= mostDescriptors) break;
  }
  const isReadable = [...found.values()].some((inode) => inode !== null);
  if (isReadable) for (const [fd, inode] of found) if (inode === null) found.delete(fd);
  return found;
}

/** A /proc that another machine told of, in memory. */
export function toldProc(machine: ToldMachine): Proc {
  const { root, files, descriptors, executables, links } = machine;
  const fileAt = (path: string): Buffer => {
    const found = files.get(path) ?? 'ENOENT';
    return typeof found === 'string' ? fail(`${root}/${path}`, found) : found;
  };
  const told = executableOrder(files.get(ownExecutable));
  const order =
    told === null
      ? orderOf(fileAt, { told, fallback: machineIsLittleEndian })
      : () => ({ littleEndian: told === 'little', doubt: null });
  /** Of the process that was asked about last: one after another is walked through. */
  let last: { readonly of: Task; readonly found: ReadonlyMap<string, number | null> } | null = null;
  const descriptorsOf = (of: Task): ReadonlyMap<string, number | null> => {
    if (last?.of === of) return last.found;
    const told = descriptors.get(Number(of)) ?? 'ENOENT';
    if (typeof told === 'string') return fail(`${root}/${of}/fd`, told);
    last = { of, found: parseDescriptors(told) };
    return last.found;
  };
  /** A socket's inode; 0: it is none. */
  const inodeAt = (of: Task, fd: string): number => {
    const inode = descriptorsOf(of).get(fd);
    if (inode === undefined) return fail(`${root}/${of}/fd/${fd}`, 'ENOENT');
    return inode ?? fail(`${root}/${of}/fd/${fd}`, 'EACCES');
  };
  return {
    root,
    get littleEndian() {
      return order().littleEndian;
    },
    get orderDoubt() {
      return order().doubt;
    },
    isLive: false,
    isOwn: false,
    isElsewhere: true,
    whyUntold: untoldThere,
    warnings: [],
    isKernels: () => false,
    hasNet: () => machine.hasNet,
    openTable: (path) => tableOf(fileAt(path)),
    readFile: (path, most) => fileAt(path).subarray(0, most),
    processIds: () => [...descriptors.keys()].sort((a, b) => a - b),
    descriptorCount: () => null,
    descriptors: (of) => [...descriptorsOf(of).keys()],
    threadIds: () => [],
    // Every PID namespace has a first process.
    hidesProcesses: () => descriptors.size > 0 && !descriptors.has(1),
    readLink(of, name) {
      if (of === 'self') return links.get(name) ?? fail(`${root}/self/${name}`, 'ENOENT');
      if (name.startsWith('fd/')) {
        const inode = inodeAt(of, name.slice(3));
        return inode === 0 ? otherFile : `socket:[${inode}]`;
      }
      const told = name === 'exe' ? executables.get(Number(of)) : undefined;
      if (told === undefined || told === 'ENOENT' || told === 'EACCES') {
        return fail(`${root}/${of}/${name}`, told ?? 'ENOENT');
      }
      return told;
    },
    openLinks: (of): DescriptorLinks => ({
      read: (fd) => inodeAt(of, fd) || otherFile,
      close() {},
    }),
    isThere: (of) => machine.replaced.has(Number(of)),
  };
}

/** Stands for what a descriptor leads to that is no socket: it is not sent. */
const otherFile = 'anon_inode:';

/** The file by whose beginning the machine's byte order is told. */
export const ownExecutable = 'self/exe';

/** The byte order that the header of an executable tells (EI_DATA of elf(5)); null: it is none. */
function executableOrder(told: Buffer | ToldRefusal | undefined): 'little' | 'big' | null {
  if (told === undefined || typeof told === 'string') return null;
  if (told.toString('latin1', 0, 4) !== '\x7fELF') return null;
  return told[5] === 1 ? 'little' : told[5] === 2 ? 'big' : null;
}

function fail(path: string, code: ToldRefusal): never {
  throw Object.assign(new Error(`${code}: ${path}`), { code });
}

/** Bytes that are all there, a piece at a time. */
function tableOf(bytes: Buffer): TableFile {
  let at = 0;
  return {
    read(buffer, offset) {
      const taken = bytes.subarray(at, at + buffer.length - offset);
      buffer.set(taken, offset);
      at += taken.length;
      return taken.length;
    },
    close() {},
  };
}

/** @throws NetstatError `unreadable` where the machine showed no /proc with tables */
export function requireTold({ root, hasNet }: ToldMachine): void {
  if (hasNet) return;
  const message = `${root}: no /proc is mounted there, or it shows no network`;
  throw new NetstatError('unreadable', message, { path: root });
}
