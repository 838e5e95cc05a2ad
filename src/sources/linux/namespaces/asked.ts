import { readlinkSync, statfsSync } from 'node:fs';
import { NetstatError } from '../../../errors.ts';
import { netnsText, ownNetnsWords } from '../../../model/machine/netns.ts';
import { pathExists } from '../path-exists.ts';
import { errnoOf, type Proc } from '../proc/proc.ts';
import type { Door } from './door.ts';
import {
  type FoundNamespaces,
  findNamespaces,
  inodeOfFile,
  inodeOfProcess,
  keyOfProcess,
  type Namespace,
  type NetnsPlace,
  netnsPlace,
} from './find-namespaces.ts';
import type { HeldNamespace } from './held.ts';

/** The namespace that the user meant: by its number or, if this user may not read that, by its key. */
interface AskedNamespace {
  readonly inode: number | null;
  readonly key: number | null;
  readonly pids: readonly number[];
  readonly files: readonly string[];
}

/**
 * The network namespace that `--netns` names: by its name in `ip netns`, which has precedence, as it does there;
 * the PID of a process in it; the path of a file that leads to it; its number; or `own`. If it cannot be entered
 * through its file, or the process hides its number, another process in it is looked for.
 * @throws NetstatError `usage` if there is none
 */
export function namespaceAsked(
  proc: Proc,
  asked: string,
  canEnter: (door: Door) => boolean,
): FoundNamespaces {
  const place = netnsPlace(proc);
  const meant = namespaceMeant(proc, asked, place.held);
  const isMeant = ({ inode, file }: HeldNamespace) =>
    inode === null ? meant?.files.includes(file) : inode === meant?.inode;
  const names = place.held.filter(isMeant).flatMap(({ name }) => name ?? []);
  if (meant !== null) {
    const { inode, pids, files } = meant;
    const isEnough = files.some((file) => inode !== null && canEnter({ file, inode }));
    if ((pids.length > 0 && inode !== null) || isEnough) return only(place.describe(meant, names));
  }
  const found = findNamespaces(proc);
  const wanted = meant === null ? numberIn(asked) : meant.inode;
  const wantsOwn = meant === null && ownNetnsWords.has(asked);
  const one = found.namespaces.find(
    ({ netns, key }) =>
      (wantsOwn && netns.own) ||
      (wanted !== null && netns.inode === wanted) ||
      (meant !== null && meant.inode === null && meant.key !== null && key === meant.key),
  );
  if (one !== undefined) return only(one);
  if (meant !== null) return only(place.describe(meant, names));
  throw unknownNamespace(asked, found.namespaces);
}

function only(namespace: Namespace): FoundNamespaces {
  const areSomeNumberless = namespace.netns.inode === null;
  return { namespaces: [namespace], areSomeHidden: false, areSomeNumberless };
}

function namespaceMeant(
  { root }: Proc,
  asked: string,
  held: NetnsPlace['held'],
): AskedNamespace | null {
  if (asked.includes('/')) return namespaceAtPath(asked);
  const named = held.find(({ name }) => name === asked);
  if (named !== undefined) {
    return { inode: named.inode, key: null, pids: [], files: [named.file] };
  }
  const pid = processIn(asked);
  if (pid === null || !pathExists(`${root}/${pid}`)) return null;
  const [inode, key] = [inodeOfProcess(root, pid), keyOfProcess(root, pid)];
  // A zombie is in no namespace.
  return inode === null && key === null ? null : { inode, key, pids: [pid], files: [] };
}

/** The kernel's largest PID is 2^22 (PID_MAX_LIMIT); namespace numbers are larger. */
const mostPid = 4_194_304;

function wholeNumber(text: string): number | null {
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

function processIn(asked: string): number | null {
  const number = wholeNumber(asked);
  return number !== null && number <= mostPid ? number : null;
}

function numberIn(asked: string): number | null {
  const number = wholeNumber(asked);
  return number !== null && number > mostPid ? number : null;
}

const whyNot: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  ERR_INVALID_ARG_VALUE: 'not a path',
};

const denied = 'permission denied (EACCES)';

/** What needs no permission for the file: the tables in a process's folder are everybody's to read. */
function withoutPermission(path: string): string {
  const pid = /^\/proc\/(\d+)\/ns\/net$/.exec(path)?.[1];
  return pid === undefined ? 'the PID of a process in it needs none' : `--netns ${pid} needs none`;
}

/** NSFS_MAGIC of <linux/magic.h>. */
const nsfsMagic = 0x6e73_6673;

/** @throws NetstatError `usage` if the path does not lead to a network namespace */
function namespaceAtPath(path: string): AskedNamespace {
  let type: number;
  try {
    type = statfsSync(path).type;
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'EACCES') throw unusable(path, `${denied}; ${withoutPermission(path)}`);
    throw noNamespace(path, whyNot[code] ?? code);
  }
  if (type !== nsfsMagic) throw noNamespace(path, 'not a namespace file');
  const kind = kindOf(path);
  if (kind !== null && kind !== 'net') throw noNamespace(path, `a namespace of type ${kind}`);
  return { inode: inodeOfFile(path), key: null, pids: [], files: [path] };
}

/** The kind of namespace that a link of /proc/PID/ns leads to, such as `net`; null: not such a link. */
function kindOf(path: string): string | null {
  try {
    return /^([a-z_]+):\[\d+\]$/.exec(readlinkSync(path))?.[1] ?? null;
  } catch {
    return null;
  }
}

function noNamespace(path: string, what: string): NetstatError {
  return unusable(path, `${what}; such files are /run/netns/NAME and /proc/PID/ns/net`);
}

function unusable(path: string, why: string): NetstatError {
  return new NetstatError('usage', `--netns ${path}: ${why}`, { path: 'netns', about: 'netns' });
}

/** The most names that a message offers. */
const mostNames = 20;

/** The error for an unknown name, with the names that exist: of namespaces, and the labels of what lives in them. */
export function unknownNamespace(
  asked: string,
  namespaces: readonly Namespace[],
  labels: readonly string[] = [],
): NetstatError {
  const texts = namespaces.map(({ netns }) => netnsText(netns)).filter((text) => text !== '');
  const names = [...new Set([...texts, ...labels])];
  const shown = names.slice(0, mostNames).join(', ');
  const rest = names.length > mostNames ? ' and others' : '';
  const what =
    processIn(asked) === null
      ? 'there is no network namespace with that name'
      : 'there is neither a network namespace with that name nor a process with that ID';
  return new NetstatError('usage', `--netns ${asked}: ${what}; there are ${shown}${rest}`, {
    path: 'netns',
    about: 'netns',
  });
}
