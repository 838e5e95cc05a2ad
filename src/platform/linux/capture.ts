import { readdirSync, readFileSync } from 'node:fs';
import { NetstatError } from '../../errors.js';
import { processIdsAmong } from './live-proc.js';
import type { Proc, Task } from './proc.js';
import { openTableFile } from './reader/table-file.js';
import { readBeginning } from './reader/whole-file.js';

/** The file that tells a captured /proc from a mounted one. */
export const captureFile = 'capture.json';
/** Per process: its links, as a captured folder has none of its own. */
export const linksFile = 'links.json';

/** What `capture.json` says of the machine. */
export interface CaptureFacts {
  readonly version: 1;
  readonly byteOrder: 'little' | 'big';
  /** `uname -r` of the machine. */
  readonly kernel: string;
}

/** What `PID/links.json` says of a process. */
export interface CapturedLinks {
  /** Where /proc/PID/exe leads; null where it could not be read. */
  readonly exe: string | null;
  /** Descriptor number to where it leads; null where the folder could not be read. */
  readonly fd: Readonly<Record<string, string>> | null;
  readonly ns?: Readonly<Record<string, string>>;
}

function missing(path: string, code: 'ENOENT' | 'EACCES'): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}

/**
 * A /proc captured into plain files (`scripts/capture-fixture`), which any file system can hold.
 * null when `root` is not such a folder.
 * @throws NetstatError `unrecognized` when it is one, of a version that this one does not know.
 */
export function openCapture(root: string): Proc | null {
  let text: string;
  try {
    text = readFileSync(`${root}/${captureFile}`, 'utf8');
  } catch {
    return null;
  }
  const facts = readFacts(text, `${root}/${captureFile}`);
  const links = new Map<Task, CapturedLinks>();

  const linksOf = (pid: Task): CapturedLinks => {
    let found = links.get(pid);
    if (found === undefined) {
      found = JSON.parse(readFileSync(`${root}/${pid}/${linksFile}`, 'utf8')) as CapturedLinks;
      links.set(pid, found);
    }
    return found;
  };

  return {
    root,
    littleEndian: facts.byteOrder === 'little',
    isLive: false,
    openTable: (path) => openTableFile(`${root}/${path}`, {}),
    readFile: (path, most) =>
      most === undefined ? readFileSync(`${root}/${path}`) : readBeginning(`${root}/${path}`, most),
    processIds: () => processIdsAmong(readdirSync(root)),
    descriptorCount: () => null,
    descriptors: (pid) => {
      const { fd } = linksOf(pid);
      if (fd === null) throw missing(`${root}/${pid}/fd`, 'EACCES');
      return Object.keys(fd);
    },
    threadIds: () => [],
    hidesProcesses: () => false,
    readLink: (pid, name) => {
      const { exe, fd, ns } = linksOf(pid);
      const [folder, entry = ''] = name.split('/');
      const target = folder === 'exe' ? exe : (folder === 'fd' ? fd : ns)?.[entry];
      if (target === null) throw missing(`${root}/${pid}/${name}`, 'EACCES');
      if (target === undefined) throw missing(`${root}/${pid}/${name}`, 'ENOENT');
      return target;
    },
  };
}

function readFacts(text: string, path: string): CaptureFacts {
  let facts: Partial<CaptureFacts>;
  try {
    facts = JSON.parse(text) as Partial<CaptureFacts>;
  } catch (cause) {
    throw new NetstatError('unrecognized', `${path}: not a capture: it is not JSON`, {
      path,
      cause,
    });
  }
  if (facts.version !== 1 || (facts.byteOrder !== 'little' && facts.byteOrder !== 'big')) {
    throw new NetstatError(
      'unrecognized',
      `${path}: a capture of version ${String(facts.version)} with byte order ${String(facts.byteOrder)}; this program reads version 1, little or big`,
      { path },
    );
  }
  return { version: 1, byteOrder: facts.byteOrder, kernel: facts.kernel ?? '' };
}
