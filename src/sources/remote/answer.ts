import type { ReceivedMachine, ReceivedRefusal } from '../linux/proc/received-proc.ts';
import { FrameError, type FrameSink } from './frames.ts';
import { linesIn, ofProcesses, pathIn } from './process-lists.ts';
import { type Ask, otherPrefix } from './script.ts';

/** What a machine has sent so far. */
export interface Answer {
  readonly sink: FrameSink;
  /** The machine's `uname -s`; null: not received yet. */
  readonly system: string | null;
  /** The output of the machine's own tsnetstat, if it succeeded; null: none. */
  readonly own: Buffer | null;
  /** The answer is complete. */
  readonly isWhole: boolean;
  machine(): ReceivedMachine;
  /** Returns a file that is not below /proc, by its full path. */
  other(path: string): Buffer | ReceivedRefusal;
  hasFolder(path: string): boolean;
  /** The machine's output of `ip`; null: none. */
  readonly ip: Buffer | null;
}

/**
 * The most processes that are accepted; the kernel's limit is sixteen times as many (PID_MAX_LIMIT of
 * <linux/threads.h>).
 */
const mostProcesses = 262_144;

/**
 * The most bytes of `ip`'s output that are accepted: a few thousand interfaces. Parsed, they take twenty times the
 * memory.
 */
const mostIp = 4 * 1024 * 1024;

/** A file in /sys of one interface. */
const linkFile = /^file:\/sys\/class\/net\/[\w.@-]{1,64}\/[a-z_/]{1,16}$/;
const processFile = /^(\d{1,10})\/([a-z_/]{1,16})$/;

/**
 * Collects an answer to `ask`. Anything that was not asked for is an error, and ends it. `root`: the name of the
 * machine's /proc.
 */
export function answerTo(ask: Ask, root: string): Answer {
  const received = nothingReceived(ask);
  return {
    sink: {
      line([kind = '', ...words]) {
        if (received.system === null) received.system = words[0] ?? '';
        else if (Object.hasOwn(lines, kind)) lines[kind]?.(received, words);
      },
      file: (path, bytes) => keep(received, path, bytes),
      blob(name, bytes, status) {
        const blob = Object.hasOwn(blobs, name) ? blobs[name] : undefined;
        if (blob === undefined) return;
        requireAsked(blob.isAsked(ask), 'something');
        blob.take(received, bytes, status);
      },
    },
    get system() {
      return received.system;
    },
    get own() {
      return received.own;
    },
    get isWhole() {
      return received.isWhole;
    },
    get ip() {
      return received.ip;
    },
    other: (path) => received.files.get(otherPrefix + path) ?? 'ENOENT',
    hasFolder: (path) => received.folders.has(path),
    machine: () => machineOf(received, root),
  };
}

/** The request, and what has been received. */
interface Received {
  readonly ask: Ask;
  /** The paths of the requested files. */
  readonly wanted: ReadonlySet<string>;
  /** The names of the files requested for each process. */
  readonly ofProcess: ReadonlySet<string>;
  readonly files: Map<string, Buffer | ReceivedRefusal>;
  /** By PID. */
  readonly descriptors: Map<number, Buffer | ReceivedRefusal>;
  readonly executables: Map<number, string | ReceivedRefusal>;
  readonly replaced: Set<number>;
  readonly links: Map<string, string>;
  readonly folders: Set<string>;
  readonly ended: Set<number>;
  /** Processes whose descriptors have been received. */
  readonly listed: Set<number>;
  system: string | null;
  own: Buffer | null;
  ip: Buffer | null;
  hasNet: boolean;
  isWhole: boolean;
  /** Paths are escaped as by `ls -b`. */
  isEscaped: boolean;
}

function nothingReceived(ask: Ask): Received {
  const others = ask.others.map((file) => otherPrefix + file);
  return {
    ask,
    wanted: new Set([...ask.files, ...others, 'self/exe']),
    ofProcess: new Set(ask.processes?.files ?? []),
    ...{ files: new Map(), descriptors: new Map(), executables: new Map(), replaced: new Set() },
    ...{ links: new Map(), folders: new Set(), ended: new Set(), listed: new Set() },
    ...{ system: null, own: null, ip: null, hasNet: false, isWhole: false, isEscaped: false },
  };
}

function requireAsked(isAsked: boolean, what: string): void {
  if (!isAsked) throw new FrameError(`${what} that was not asked for`);
}

function keep(received: Received, path: string, file: Buffer | ReceivedRefusal): void {
  const { ask, wanted, ofProcess, descriptors } = received;
  const [, pid, name = ''] = processFile.exec(path) ?? [];
  const isAsked =
    wanted.has(path) ||
    (pid !== undefined && ofProcess.has(name) && descriptors.has(Number(pid))) ||
    (ask.interfaces && linkFile.test(path));
  requireAsked(isAsked, 'a file');
  received.files.set(path, file);
}

function pidIn(word: string | undefined): number {
  const pid = /^\d{1,10}$/.test(word ?? '') ? Number(word) : 0;
  if (pid === 0) throw new FrameError('a process without a number');
  return pid;
}

/** Parses the PID of a process that was announced. */
function knownPid({ descriptors }: Received, word: string | undefined): number {
  const pid = pidIn(word);
  if (!descriptors.has(pid)) throw new FrameError('a process that was not announced');
  return pid;
}

/** Handlers of lines, by their first word. */
const lines: Readonly<Record<string, (received: Received, words: readonly string[]) => void>> = {
  no: (received, [code, path = '']) =>
    keep(received, path, code === 'EACCES' ? 'EACCES' : 'ENOENT'),
  net(received) {
    received.hasNet = true;
  },
  folder({ ask, folders }, [path = '']) {
    requireAsked(ask.folders.includes(path), 'a folder');
    folders.add(path);
  },
  link({ ask, links }, [path = '', ...target]) {
    requireAsked(ask.processes !== null, 'a link');
    if (path === 'ns/cgroup') links.set(path, target.join(' '));
  },
  escaped(received) {
    received.isEscaped = true;
  },
  pids({ ask, descriptors }, pids) {
    requireAsked(ask.processes !== null, 'a process');
    for (const word of pids) descriptors.set(pidIn(word), Buffer.alloc(0));
    if (descriptors.size > mostProcesses) throw new FrameError('too many processes');
  },
  denied(received, [word]) {
    const pid = knownPid(received, word);
    received.descriptors.set(pid, 'EACCES');
    received.executables.set(pid, 'EACCES');
  },
  gone(received, [word]) {
    received.ended.add(knownPid(received, word));
  },
  bye(received) {
    received.isWhole = true;
  },
};

/** A named block of bytes. */
interface Blob {
  isAsked(ask: Ask): boolean;
  take(received: Received, bytes: Buffer, status: string): void;
}

const blobs: Readonly<Record<string, Blob>> = {
  tsnetstat: {
    isAsked: ({ tsnetstat }) => tsnetstat !== null,
    take(received, bytes, status) {
      if (status === '0') received.own = bytes;
    },
  },
  ip: {
    isAsked: ({ interfaces }) => interfaces,
    take(received, bytes, status) {
      if (status === '0' && bytes.length <= mostIp) received.ip = bytes;
    },
  },
  descriptors: {
    isAsked: ({ processes }) => processes?.descriptors === true,
    take({ descriptors, listed }, bytes) {
      for (const { pid, rest } of ofProcesses(bytes, /^p(\d{1,10})$/)) {
        // An `ls` that does not escape line breaks in names lets a name forge lines. Entries of a process that was
        // denied, or that appears twice, are forged.
        const known = descriptors.get(pid);
        if (known === undefined || known === 'EACCES') continue;
        descriptors.set(pid, listed.has(pid) ? 'EACCES' : rest);
        listed.add(pid);
      }
    },
  },
  executables: {
    isAsked: ({ processes }) => processes?.executable === true,
    take({ descriptors, executables, isEscaped }, bytes) {
      for (const line of linesIn(bytes)) {
        const [, word, target] = /^(\d{1,10})(?: (.+))?$/.exec(line) ?? [];
        if (word === undefined || !descriptors.has(Number(word))) continue;
        const pid = Number(word);
        const executable = target === undefined ? 'ENOENT' : pathIn(target, isEscaped);
        executables.set(pid, executables.has(pid) ? 'EACCES' : executable);
      }
    },
  },
  replaced: {
    isAsked: ({ processes }) => processes?.executable === true,
    take({ descriptors, replaced }, bytes) {
      for (const word of linesIn(bytes)) {
        if (/^\d{1,10}$/.test(word) && descriptors.has(Number(word))) replaced.add(Number(word));
      }
    },
  },
};

function machineOf(received: Received, root: string): ReceivedMachine {
  const { files, descriptors, executables, replaced, links, hasNet } = received;
  for (const pid of received.ended) forget(received, pid);
  for (const [pid, executable] of executables) {
    // Kernel threads have no executable, and no descriptors. If a process has descriptors, its executable could not be
    // read.
    if (executable === 'ENOENT' && isUnreadable(descriptors.get(pid))) {
      executables.set(pid, 'EACCES');
    }
  }
  return { root, files, descriptors, executables, replaced, links, hasNet };
}

/** Removes empty results of a process that ended in the meantime. */
function forget({ files, descriptors, ofProcess }: Received, pid: number): void {
  for (const name of ofProcess) {
    const file = files.get(`${pid}/${name}`);
    if (file !== undefined && file.length === 0) files.set(`${pid}/${name}`, 'ENOENT');
  }
  if (descriptors.get(pid)?.length === 0) descriptors.delete(pid);
}

/** Whether a process has descriptors, none of which may be read. */
function isUnreadable(listing: Buffer | ReceivedRefusal | undefined): boolean {
  if (listing === undefined || typeof listing === 'string' || listing.length === 0) return false;
  return /^(?:\d+\n)+$/.test(listing.toString('latin1', 0, 4096).replace(/[^\n]*$/, ''));
}
