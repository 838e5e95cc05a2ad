import { errorNaming, type NetstatError } from '../../../errors.ts';
import { lazilyFor } from '../../../flow/lazily.ts';
import { isJsonObject, type JsonObject } from '../../../text/json-object.ts';
import { readHead, readPlain } from '../files/plain-file.ts';
import { openPlainTable } from '../files/table-file.ts';
import { refused } from '../refused.ts';
import { headsAt, orderOf } from './capture-order.ts';
import { listProcesses, machineIsLittleEndian } from './live-proc.ts';
import { isFolder } from './net-place.ts';
import { errnoOf, isForbidden, isGone, type Proc, type Task } from './proc.ts';

/** The file that identifies a captured /proc. */
const captureFile = 'capture.json';
/** The links of a process, as a captured folder has no links of its own. */
const linksFile = 'links.json';

/** The content of `capture.json`. */
interface CaptureFacts {
  readonly version: 1;
  readonly byteOrder: 'little' | 'big';
  /** `uname -r` of the machine. */
  readonly kernel: string;
}

/** The content of `PID/links.json`. */
interface CapturedLinks {
  /** The target of /proc/PID/exe; null: it could not be read. */
  readonly exe: string | null;
  /** Descriptor numbers to their targets; null: the folder could not be read. */
  readonly fd: Readonly<Record<string, string>> | null;
  readonly ns?: Readonly<Record<string, string>>;
}

function missing(path: string, code: 'ENOENT' | 'EACCES'): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}

/**
 * Opens a /proc captured into plain files (`scripts/capture-fixture`), which any file system can hold. null: `root`
 * is not such a folder.
 * @throws NetstatError `unrecognized` if its version or form is unknown; `unreadable` if capture.json cannot be
 * read.
 */
export function openCapture(root: string): Proc | null {
  const facts = readFacts(`${root}/${captureFile}`);
  if (facts === null) return null;
  const place = (path: string) => `${root}/${path}`;
  const order = orderOf(headsAt(place), {
    stated: facts.byteOrder,
    fallback: machineIsLittleEndian,
  });
  const linksOf = lazilyFor((pid: Task) => readLinks(`${root}/${pid}/${linksFile}`));

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
    warnings: [],
    isKernels: () => false,
    hasNet: () => isFolder(`${root}/net`),
    openTable: (path) => openPlainTable(place(path)),
    readFile: (path, most) =>
      most === undefined ? readPlain(place(path)) : readHead(place(path), most),
    processIds: () => {
      const pids = listProcesses(root);
      // Checked before owners are looked up: a broken file would be taken for a process that ended.
      for (const pid of [...pids, 'self'] as const) {
        checkLinks(() => linksOf(pid), `${root}/${pid}/${linksFile}`);
      }
      return pids;
    },
    descriptorCount: () => null,
    descriptors: (pid) => {
      const { fd } = linksOf(pid);
      if (fd === null) throw missing(`${root}/${pid}/fd`, 'EACCES');
      return Object.keys(fd);
    },
    threadIds: () => [],
    // Processes were not captured: there is no machine without any.
    hidesProcesses: (pids) => pids.length === 0,
    readLink: (pid, name) => {
      const { exe, fd, ns } = linksOf(pid);
      const [folder, entry = ''] = name.split('/');
      const target = folder === 'exe' ? exe : entryOf(folder === 'fd' ? fd : ns, entry);
      if (target === null) throw missing(`${root}/${pid}/${name}`, 'EACCES');
      if (target === undefined) throw missing(`${root}/${pid}/${name}`, 'ENOENT');
      return target;
    },
  };
}

/** Ignores the names that every object has. */
function entryOf(
  links: Readonly<Record<string, string>> | null | undefined,
  name: string,
): string | undefined {
  return links != null && Object.hasOwn(links, name) ? links[name] : undefined;
}

/** A process may lack links, and they may be unreadable: that is reported when they are used. */
function checkLinks(links: () => unknown, path: string): void {
  try {
    links();
  } catch (error) {
    const code = errnoOf(error);
    if (!isGone(code) && !isForbidden(code)) throw refused(path, error);
  }
}

/** null: no such file. */
function readFacts(path: string): CaptureFacts | null {
  let text: string;
  try {
    text = readPlain(path).toString('utf8');
  } catch (error) {
    if (isGone(errnoOf(error))) return null;
    throw refused(path, error);
  }
  const facts = fieldsOf(text, path, 'a capture');
  const { version, byteOrder, kernel = '' } = facts;
  if (version !== 1 || (byteOrder !== 'little' && byteOrder !== 'big')) {
    throw unrecognized(
      path,
      `a capture of version ${shown(version)} with byte order ${shown(byteOrder)}; this program reads version 1, little or big`,
    );
  }
  if (typeof kernel !== 'string') {
    throw unrecognized(path, `kernel: expected a string, found ${shown(kernel)}`);
  }
  return { version, byteOrder, kernel };
}

/** @throws the error of the system call if the file cannot be read; NetstatError if its content is wrong */
function readLinks(path: string): CapturedLinks {
  const { exe, fd, ns } = fieldsOf(readPlain(path).toString('utf8'), path, 'links of a capture');
  if (exe !== null && typeof exe !== 'string') {
    throw unrecognized(path, `exe: expected a path or null, found ${shown(exe)}`);
  }
  if (fd !== null && !isTextRecord(fd)) {
    throw unrecognized(path, 'fd: expected descriptors with their targets, or null');
  }
  const odd = Object.keys(fd ?? {}).find((name) => !/^\d{1,10}$/.test(name));
  if (odd !== undefined) throw unrecognized(path, `fd: ${shown(odd)} is not a descriptor`);
  if (ns === undefined) return { exe, fd };
  if (!isTextRecord(ns)) {
    throw unrecognized(path, 'ns: expected namespaces with their targets');
  }
  return { exe, fd, ns };
}

/** The fields of a JSON object. */
function fieldsOf(text: string, path: string, what: string): Readonly<JsonObject> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw unrecognized(path, `not ${what}: it is not JSON`, cause);
  }
  if (isJsonObject(value)) return value;
  throw unrecognized(path, `not ${what}: expected an object, found ${shown(value)}`);
}

function isTextRecord(value: unknown): value is Readonly<Record<string, string>> {
  return isJsonObject(value) && Object.values(value).every((one) => typeof one === 'string');
}

/** A value as shown in a message. */
function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined');
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

function unrecognized(path: string, what: string, cause?: unknown): NetstatError {
  return errorNaming('unrecognized', path, what, { cause });
}
