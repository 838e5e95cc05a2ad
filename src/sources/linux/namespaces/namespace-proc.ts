import { closeSync, openSync } from 'node:fs';
import { errnoName, stale } from '../errno-name.ts';
import { tableOf } from '../files/table-file.ts';
import { beginningOf, wholeOf } from '../files/whole-file.ts';
import { loadLibc } from '../libc.ts';
import { deviceNamer } from '../netlink/device-name.ts';
import { NetlinkError, sockDiag } from '../netlink/diag-file.ts';
import { headerSize, messageType } from '../netlink/sock-diag.ts';
import { kernelFiles } from '../proc/kernel-files.ts';
import { errnoOf, isGone, type Proc, type SockDiag } from '../proc/proc.ts';
import { closeForeign } from '../threads/close-foreign.ts';
import { onlyFiles } from '../warnings.ts';
import type { Door } from './door.ts';
import { isThere, livesIn, type Namespace } from './find-namespaces.ts';
import type { Inside, Outside } from './inside.ts';

/** Why no namespace is entered; `elsewhere`: only the given /proc is read. */
export type NotEntered = Outside | 'elsewhere';

const reasons: Readonly<Record<NotEntered, string>> = {
  rights: 'that requires root (CAP_SYS_ADMIN)',
  native: "koffi's native part, which that requires, could not be loaded",
  thread: 'the thread for that could not be started',
  elsewhere: 'with --proc-root only files are read',
};

/** What enters namespaces; null: nothing does. */
export function enteringOf(inside: Inside | NotEntered): Inside | null {
  return typeof inside === 'string' ? null : inside;
}

/** How other network namespaces are read. */
export interface OtherWays {
  /** What enters them; or why nothing does, so that only /proc/PID/net is read, as far as this user may. */
  readonly inside: Inside | NotEntered;
  /** Tables for which the kernel does not answer sock_diag: the same in every namespace. */
  readonly unanswered: Set<string>;
  /** An unused sock_diag socket, to be reused in its namespace. */
  readonly idle: IdleSocket;
}

/** Keeps one socket for its namespace, until one of another namespace replaces it. */
export interface IdleSocket {
  /** null: there is none for this namespace. */
  take(door: Door): number | null;
  keep(door: Door, descriptor: number): void;
  /** Closes the socket, if there is one. */
  drop(): void;
}

/** Keeps none yet. */
export function idleSocket(): IdleSocket {
  let kept: { readonly inode: number; readonly descriptor: number } | null = null;
  const drop = () => {
    if (kept !== null) closeForeign(kept.descriptor);
    kept = null;
  };
  return {
    take({ inode }) {
      if (kept?.inode !== inode) return null;
      const { descriptor } = kept;
      kept = null;
      return descriptor;
    },
    keep({ inode }, descriptor) {
      drop();
      kept = { inode, descriptor };
    },
    drop,
  };
}

/** A /proc that shows the tables of another network namespace; or why there is none. */
export type NamespaceProc = { readonly proc: Proc; readonly door: Door | null } | Refused;

/** Why a namespace cannot be read. */
export interface Refused {
  readonly refusal: string;
  /** Nothing leads to it any more. What has its number afterwards is another one: the kernel reuses numbers. */
  readonly hasEnded: boolean;
}

/** An open file, and what closes it. */
interface Opened {
  readonly fd: number;
  close(fd: number): void;
}

/** The /proc of `namespace`; everything but its tables is `base`'s. */
export function namespaceProc(base: Proc, namespace: Namespace, ways: OtherWays): NamespaceProc {
  const { root } = base;
  const { pids } = namespace;
  const inside = enteringOf(ways.inside);
  const way = doorTo(namespace, ways.inside, root);
  const [door, refused] = 'refusal' in way ? [null, way] : [way, null];
  if (refused !== null && !pids.some((pid) => livesIn(root, pid, namespace))) return refused;

  const kernel = kernelFiles(root);
  const isInside = () => door !== null && inside?.isLost === false;
  const open = (path: string): Opened => {
    if (!path.startsWith('net/') && !path.startsWith('sys/net/')) {
      return { fd: openSync(`${root}/${path}`, 'r'), close: closeSync };
    }
    return door !== null && inside !== null && isInside()
      ? { fd: inside.openFile(door, path), close: closeForeign }
      : { fd: openByProcess(root, namespace, path), close: closeSync };
  };
  const proc: Proc = {
    ...base,
    isOwn: false,
    entersNet: door !== null,
    warnings: [],
    whyUnavailable: whyUnavailable(base, ways.inside, refused),
    // What is mounted over /proc/net covers that of one process.
    isKernels: (path) =>
      isInside() ? kernel.isLinux() : pids.some((pid) => kernel.has(`${root}/${pid}/${path}`)),
    hasNet: () => isThere(root, namespace),
    openTable(path, hints = {}) {
      const { fd, close } = open(path);
      return tableOf(fd, hints, close);
    },
    readFile(path, most) {
      const { fd, close } = open(path);
      return most === undefined ? wholeOf(fd, close) : beginningOf(fd, most, close);
    },
    ...(base.sockDiag === undefined || door === null || inside === null
      ? { sockDiag: undefined, deviceName: undefined }
      : {
          sockDiag: askInside(inside, door, ways),
          deviceName: deviceNamer((_, timeout) => inside.openSockDiag(door, timeout)),
        }),
  };
  return { proc, door };
}

/** Why facts that only netlink provides are not known of a namespace, if they are not. */
function whyUnavailable(
  { sockDiag, whyUnavailable }: Proc,
  inside: Inside | NotEntered,
  refused: Refused | null,
): string {
  if (typeof inside === 'string') {
    return `other network namespaces have to be entered for that: ${reasons[inside]}`;
  }
  if (sockDiag === undefined) return whyUnavailable ?? onlyFiles('--source proc');
  if (refused !== null) {
    return `only files of a process in the namespace are read: ${refused.refusal}`;
  }
  return 'the kernel does not answer sock_diag there';
}

/** Nothing leads to a namespace any more. */
export const ended: Refused = { refusal: 'it has ended', hasEnded: true };

/** The first file through which a namespace can be entered; or why there is none. */
function doorTo(
  { netns: { inode }, files, pids }: Namespace,
  inside: Inside | NotEntered,
  root: string,
): Door | Refused {
  if (typeof inside === 'string') {
    const refusal = `no process is known to be in it, and it cannot be entered: ${reasons[inside]}`;
    return { refusal, hasEnded: false };
  }
  if (inode === null) {
    const refusal = 'what its file leads to may not be examined';
    return files.length > 0 ? { refusal, hasEnded: false } : ended;
  }
  for (const file of [...files, ...pids.map((pid) => `${root}/${pid}/ns/net`)]) {
    const answer = inside.enter({ file, inode });
    if (answer >= 0) return { file, inode };
    const code = errnoName(answer);
    if (isGone(code) || answer === stale) continue;
    // Any other file would be refused for the same reason.
    return { refusal: `it cannot be entered (${code})`, hasEnded: false };
  }
  return ended;
}

/** Opens a table through the first process that lives in a namespace. */
function openByProcess(root: string, namespace: Namespace, path: string): number {
  let failed: unknown = new NetlinkError('ESRCH');
  for (const pid of namespace.pids) {
    let fd: number;
    try {
      fd = openSync(`${root}/${pid}/${path}`, 'r');
    } catch (error) {
      failed = error;
      if (isGone(errnoOf(error)) && !livesIn(root, pid, namespace)) continue;
      throw error;
    }
    // The PID of a process that has ended may be reused.
    if (livesIn(root, pid, namespace)) return fd;
    closeSync(fd);
  }
  throw failed;
}

/** Errors for a kind of socket that the kernel does not list. */
const unknownTable = new Set(['ENOENT', 'EINVAL', 'EOPNOTSUPP', 'EPROTONOSUPPORT']);

/**
 * As `Proc.sockDiag`, for a namespace that can be entered. There the kernel is always asked, since it makes a file
 * of /proc from all sockets of the machine.
 */
function askInside(
  inside: Inside,
  door: Door,
  { unanswered, idle }: Pick<OtherWays, 'unanswered' | 'idle'>,
): Proc['sockDiag'] {
  const ask = sockDiag({
    openSockDiag: (timeout) => idle.take(door) ?? inside.openSockDiag(door, timeout),
    keep: (descriptor) => idle.keep(door, descriptor),
    // Whoever reads need not be in the namespace.
    readAhead: (descriptor) => loadLibc()?.readAhead(descriptor) ?? null,
  });
  return (path) => {
    if (inside.isLost || unanswered.has(path)) return null;
    return notingRefusal(ask, () => unanswered.add(path));
  };
}

/** Calls `onRefusal` if the kernel answers that it has no such table. */
function notingRefusal(ask: SockDiag, onRefusal: () => void): SockDiag {
  return (request, isBig) => {
    const file = ask(request, isBig);
    let isFirst = true;
    return {
      read(buffer, offset) {
        const got = file.read(buffer, offset);
        if (isFirst && isRefusal(buffer, offset, got)) onRefusal();
        isFirst = false;
        return got;
      },
      close: file.close,
    };
  };
}

function isRefusal(buffer: Uint8Array, offset: number, length: number): boolean {
  if (length < headerSize + 4) return false;
  const message = new DataView(buffer.buffer, buffer.byteOffset + offset, length);
  const type = message.getUint16(4, true);
  if (type !== messageType.error && type !== messageType.done) return false;
  const error = message.getInt32(headerSize, true);
  return error < 0 && unknownTable.has(errnoName(error));
}
