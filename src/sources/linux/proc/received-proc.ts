import { NetstatError } from '../../../errors.ts';
import { mostDescriptors } from '../../../model/machine/limits.ts';
import { orderOf } from './capture-order.ts';
import type { DescriptorLinks } from './descriptor-links.ts';
import { machineIsLittleEndian } from './live-proc.ts';
import type { Proc, TableFile, Task } from './proc.ts';

/** Why something cannot be read, as the code of the system call. */
export type ReceivedRefusal = 'ENOENT' | 'EACCES';

/** What another machine sent about itself. */
export interface ReceivedMachine {
  /** The name of its /proc in messages. */
  readonly root: string;
  /** Files by path below /proc; only what was asked for. */
  readonly files: ReadonlyMap<string, Buffer | ReceivedRefusal>;
  /** Every process that was read, with its descriptors in the form of `parseDescriptors`. */
  readonly descriptors: ReadonlyMap<number, Buffer | ReceivedRefusal>;
  /** The executables of processes. */
  readonly executables: ReadonlyMap<number, string | ReceivedRefusal>;
  /** Processes whose executable was removed and replaced by a file of the same name, as they see it. */
  readonly replaced: ReadonlySet<number>;
  /** Links of the sending process, by path below its folder. */
  readonly links: ReadonlyMap<string, string>;
  readonly hasNet: boolean;
}

/** Why the files of another machine lack facts that a live one has. */
const unavailableThere =
  'they require a tsnetstat that is installed there; the files of /proc lack them';

/**
 * Parses descriptors: a line for each with its number and the inode of its socket; 0: not a socket; no inode: its
 * link may not be read. That applies to all of a process or to none: if some can be read, the others have been
 * closed.
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

/** A /proc in memory, as another machine sent it. */
export function receivedProc(machine: ReceivedMachine): Proc {
  const { root, files, descriptors, executables, links } = machine;
  const fileAt = (path: string): Buffer => {
    const found = files.get(path) ?? 'ENOENT';
    return typeof found === 'string' ? fail(`${root}/${path}`, found) : found;
  };
  const stated = executableOrder(files.get(ownExecutable));
  const order =
    stated === null
      ? orderOf(fileAt, { stated, fallback: machineIsLittleEndian })
      : () => ({ littleEndian: stated === 'little', doubt: null });
  /** The descriptors of the last process asked about: processes are visited one by one. */
  let last: { readonly of: Task; readonly found: ReadonlyMap<string, number | null> } | null = null;
  const descriptorsOf = (of: Task): ReadonlyMap<string, number | null> => {
    if (last?.of === of) return last.found;
    const listed = descriptors.get(Number(of)) ?? 'ENOENT';
    if (typeof listed === 'string') return fail(`${root}/${of}/fd`, listed);
    last = { of, found: parseDescriptors(listed) };
    return last.found;
  };
  /** A socket's inode; 0: not a socket. */
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
    whyUnavailable: unavailableThere,
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
      const executable = name === 'exe' ? executables.get(Number(of)) : undefined;
      if (executable === undefined || executable === 'ENOENT' || executable === 'EACCES') {
        return fail(`${root}/${of}/${name}`, executable ?? 'ENOENT');
      }
      return executable;
    },
    openLinks: (of): DescriptorLinks => ({
      read: (fd) => inodeAt(of, fd) || otherFile,
      close() {},
    }),
    isThere: (of) => machine.replaced.has(Number(of)),
  };
}

/** Stands for any target that is not a socket: it is not sent. */
const otherFile = 'anon_inode:';

/** The file whose header shows the machine's byte order. */
export const ownExecutable = 'self/exe';

/** The byte order in an executable's header (EI_DATA of elf(5)); null: not an executable. */
function executableOrder(file: Buffer | ReceivedRefusal | undefined): 'little' | 'big' | null {
  if (file === undefined || typeof file === 'string') return null;
  if (file.toString('latin1', 0, 4) !== '\x7fELF') return null;
  return file[5] === 1 ? 'little' : file[5] === 2 ? 'big' : null;
}

function fail(path: string, code: ReceivedRefusal): never {
  throw Object.assign(new Error(`${code}: ${path}`), { code });
}

/** Bytes in memory, read piece by piece. */
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

/** @throws NetstatError `unreadable` if the machine has no /proc with tables */
export function requireNetwork({ root, hasNet }: ReceivedMachine): void {
  if (hasNet) return;
  const message = `${root}: no /proc is mounted there, or it shows no network`;
  throw new NetstatError('unreadable', message, { path: root });
}
