import type { ToldMachine, ToldRefusal } from '../linux/proc/told-proc.ts';
import { decodeText } from '../linux/text.ts';
import { FrameError, type FrameSink } from './frames.ts';
import { type Ask, otherPrefix } from './script.ts';

/** What a machine has answered so far. */
export interface Answer {
  readonly sink: FrameSink;
  /** What `uname -s` says there; null: it has not come. */
  readonly system: string | null;
  /** What a tsnetstat there has answered, which ended without an error; null: nothing. */
  readonly own: Buffer | null;
  /** All of it has come. */
  readonly isWhole: boolean;
  machine(): ToldMachine;
  /** Files of the machine that are not below /proc, by their whole paths. */
  other(path: string): Buffer | ToldRefusal;
  hasFolder(path: string): boolean;
  /** What `ip` says there; null: nothing. */
  readonly ip: Buffer | null;
}

/** No machine has more processes (PID_MAX_LIMIT of <linux/threads.h> is sixteen times as many). */
const mostProcesses = 262_144;

/** So much of `ip`'s output is taken: some thousand interfaces. As values it takes twenty times the room. */
const mostIp = 4 * 1024 * 1024;

/** What is told of one interface by /sys, by its name and the file. */
const linkFile = /^file:\/sys\/class\/net\/[\w.@-]{1,64}\/[a-z_/]{1,16}$/;
const processFile = /^(\d{1,10})\/([a-z_/]{1,16})$/;

/**
 * Takes an answer to `ask`. What was not asked for is no answer to it, and ends it. `root`: what the machine's /proc
 * is called.
 */
export function answerTo(ask: Ask, root: string): Answer {
  const wanted = new Set([...ask.files, ...ask.others.map((file) => otherPrefix + file)]);
  wanted.add('self/exe');
  const ofProcess = new Set(ask.processes?.files ?? []);
  const files = new Map<string, Buffer | ToldRefusal>();
  const descriptors = new Map<number, Buffer | ToldRefusal>();
  const executables = new Map<number, string | ToldRefusal>();
  const replaced = new Set<number>();
  const links = new Map<string, string>();
  const folders = new Set<string>();
  const ended = new Set<number>();
  /** Processes whose descriptors have come. */
  const listed = new Set<number>();
  let system: string | null = null;
  let own: Buffer | null = null;
  let ip: Buffer | null = null;
  let hasNet = false;
  let isWhole = false;
  let isEscaped = false;

  function keep(path: string, told: Buffer | ToldRefusal): void {
    const [, pid, file = ''] = processFile.exec(path) ?? [];
    const isAsked =
      wanted.has(path) ||
      (pid !== undefined && ofProcess.has(file) && descriptors.has(Number(pid))) ||
      (ask.interfaces && linkFile.test(path));
    if (!isAsked) throw new FrameError('a file that was not asked for');
    files.set(path, told);
  }

  function pidIn(word: string | undefined): number {
    const pid = /^\d{1,10}$/.test(word ?? '') ? Number(word) : 0;
    if (pid === 0) throw new FrameError('a process without a number');
    return pid;
  }
  /** Of processes that are told of. */
  function knownPid(word: string | undefined): number {
    const pid = pidIn(word);
    if (!descriptors.has(pid)) throw new FrameError('a process that was not told of');
    return pid;
  }
  function requireAsked(isAsked: boolean | undefined, what: string): void {
    if (isAsked !== true) throw new FrameError(`${what} that was not asked for`);
  }

  const lines: Readonly<Record<string, (words: readonly string[]) => void>> = {
    no: ([code, path = '']) => keep(path, code === 'EACCES' ? 'EACCES' : 'ENOENT'),
    net: () => {
      hasNet = true;
    },
    folder: ([path = '']) => {
      requireAsked(ask.folders.includes(path), 'a folder');
      folders.add(path);
    },
    link: ([path = '', ...target]) => {
      requireAsked(ask.processes !== null, 'a link');
      if (path === 'ns/cgroup') links.set(path, target.join(' '));
    },
    escaped: () => {
      isEscaped = true;
    },
    pids: (pids) => {
      requireAsked(ask.processes !== null, 'a process');
      for (const word of pids) descriptors.set(pidIn(word), Buffer.alloc(0));
      if (descriptors.size > mostProcesses) throw new FrameError('too many processes');
    },
    denied: ([word]) => {
      const pid = knownPid(word);
      descriptors.set(pid, 'EACCES');
      executables.set(pid, 'EACCES');
    },
    gone: ([word]) => {
      ended.add(knownPid(word));
    },
    bye: () => {
      isWhole = true;
    },
  };

  const { processes } = ask;
  const blobs: Readonly<Record<string, Blob>> = {
    tsnetstat: {
      isAsked: ask.tsnetstat !== null,
      take(bytes, status) {
        if (status === '0') own = bytes;
      },
    },
    ip: {
      isAsked: ask.interfaces,
      take(bytes, status) {
        if (status === '0' && bytes.length <= mostIp) ip = bytes;
      },
    },
    descriptors: {
      isAsked: processes?.descriptors === true,
      take(bytes) {
        for (const { pid, rest } of ofProcesses(bytes, /^p(\d{1,10})$/)) {
          // An `ls` that writes line breaks of names as they are shows whatever a name makes of them: of a process
          // that was denied, or is there twice, it is forged.
          const known = descriptors.get(pid);
          if (known === undefined || known === 'EACCES') continue;
          descriptors.set(pid, listed.has(pid) ? 'EACCES' : rest);
          listed.add(pid);
        }
      },
    },
    executables: {
      isAsked: processes?.executable === true,
      take(bytes) {
        for (const line of linesIn(bytes)) {
          const [, word, target] = /^(\d{1,10})(?: (.+))?$/.exec(line) ?? [];
          if (word === undefined || !descriptors.has(Number(word))) continue;
          const pid = Number(word);
          const told = target === undefined ? 'ENOENT' : pathIn(target, isEscaped);
          executables.set(pid, executables.has(pid) ? 'EACCES' : told);
        }
      },
    },
    replaced: {
      isAsked: processes?.executable === true,
      take(bytes) {
        for (const word of linesIn(bytes)) {
          if (/^\d{1,10}$/.test(word) && descriptors.has(Number(word))) replaced.add(Number(word));
        }
      },
    },
  };

  return {
    sink: {
      line([kind = '', ...words]) {
        if (system === null) system = words[0] ?? '';
        else if (Object.hasOwn(lines, kind)) lines[kind]?.(words);
      },
      file: keep,
      blob(name, bytes, status) {
        const blob = Object.hasOwn(blobs, name) ? blobs[name] : undefined;
        if (blob === undefined) return;
        requireAsked(blob.isAsked, 'something');
        blob.take(bytes, status);
      },
    },
    get system() {
      return system;
    },
    get own() {
      return own;
    },
    get isWhole() {
      return isWhole;
    },
    get ip() {
      return ip;
    },
    other: (path) => files.get(otherPrefix + path) ?? 'ENOENT',
    hasFolder: (path) => folders.has(path),
    machine() {
      for (const pid of ended) forget(pid);
      for (const [pid, told] of executables) {
        // The kernel's threads have none, and no descriptors; of others it may not be told.
        if (told === 'ENOENT' && isUnreadable(descriptors.get(pid))) executables.set(pid, 'EACCES');
      }
      return { root, files, descriptors, executables, replaced, links, hasNet };
    },
  };

  /** What ended meanwhile told nothing, where it told nothing. */
  function forget(pid: number): void {
    for (const name of ofProcess) {
      const told = files.get(`${pid}/${name}`);
      if (told !== undefined && told.length === 0) files.set(`${pid}/${name}`, 'ENOENT');
    }
    if (descriptors.get(pid)?.length === 0) descriptors.delete(pid);
  }
}

/** Bytes under a name. */
interface Blob {
  readonly isAsked: boolean;
  take(bytes: Buffer, status: string): void;
}

/** Lines one by one, as characters that stand for bytes: together they may be very many. */
function* linesIn(bytes: Buffer): Generator<string> {
  for (let at = 0; at < bytes.length; ) {
    const found = bytes.indexOf(0x0a, at);
    const end = found < 0 ? bytes.length : found;
    if (end > at) yield bytes.toString('latin1', at, end);
    at = end + 1;
  }
}

/** Whether a process has descriptors and none of them may be looked at. */
function isUnreadable(told: Buffer | ToldRefusal | undefined): boolean {
  if (told === undefined || typeof told === 'string' || told.length === 0) return false;
  return /^(?:\d+\n)+$/.test(told.toString('latin1', 0, 4096).replace(/[^\n]*$/, ''));
}

/** The lines below each process's own, which `header` finds. */
function* ofProcesses(
  bytes: Buffer,
  header: RegExp,
): Generator<{ readonly pid: number; readonly rest: Buffer }> {
  let pid = 0;
  let begin = 0;
  let at = 0;
  while (at < bytes.length) {
    const end = bytes.indexOf(0x0a, at);
    const next = end < 0 ? bytes.length : end + 1;
    if (bytes[at] === 0x70) {
      const word = header.exec(bytes.toString('latin1', at, end < 0 ? bytes.length : end))?.[1];
      if (word !== undefined) {
        if (pid !== 0) yield { pid, rest: bytes.subarray(begin, at) };
        pid = Number(word);
        begin = next;
      }
    }
    at = next;
  }
  if (pid !== 0) yield { pid, rest: bytes.subarray(begin) };
}

const escapes: Readonly<Record<string, string>> = {
  ...{ a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' },
};

/** A path as `ls -b` writes it where `isEscaped`, else as it is; its characters stand for bytes. */
function pathIn(text: string, isEscaped: boolean): string {
  const bytes = isEscaped
    ? text.replace(/\\(?:([0-7]{3})|(.))/g, (_, octal?: string, character = '') =>
        octal === undefined
          ? (escapes[character] ?? character)
          : String.fromCharCode(Number.parseInt(octal, 8) & 0xff),
      )
    : text;
  return decodeText(Buffer.from(bytes, 'latin1'));
}
