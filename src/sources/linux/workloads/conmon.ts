import { errnoOf, type Proc } from '../proc/proc.ts';
import { decodeText } from '../text.ts';

/** A process of conmon, which keeps a container of Podman or CRI-O. */
export interface Conmon {
  readonly id: string;
  /** The container's name. */
  readonly name: string;
  /** The folder of its configuration; null: not told. */
  readonly bundle: string | null;
}

/** conmon's options that are looked at, in both spellings. */
const options: Readonly<Record<string, 'id' | 'name' | 'bundle'>> = {
  '-c': 'id',
  '--cid': 'id',
  '-n': 'name',
  '--name': 'name',
  '-b': 'bundle',
  '--bundle': 'bundle',
};

/** Options whose value is another program's argument and may look like an option. */
const quoting: ReadonlySet<string> = new Set([
  ...['--exit-command', '--exit-command-arg', '--runtime-arg', '--runtime-opt'],
]);

/**
 * What a command line of conmon (conmon(8)), as /proc/PID/cmdline has it, tells of its container; null
 * where it is not conmon's, or tells no ID or no name.
 */
export function parseConmon(cmdline: Buffer): Conmon | null {
  const words = cmdline.toString('latin1').split('\0');
  if (!/(?:^|\/)conmon$/.test(words[0] ?? '')) return null;
  const told: Partial<Record<'id' | 'name' | 'bundle', string>> = {};
  for (let i = 1; i < words.length; i++) {
    const word = words[i] as string;
    if (quoting.has(word)) {
      i++;
      continue;
    }
    const [, long, joined] = /^(--\w+)=(.*)$/s.exec(word) ?? [];
    const key = Object.hasOwn(options, long ?? word) ? options[long ?? word] : undefined;
    if (key === undefined) continue;
    const value = joined ?? words[++i];
    if (value !== undefined) told[key] ??= decodeText(Buffer.from(value, 'latin1'));
  }
  const { id, name, bundle } = told;
  return id && name ? { id, name, bundle: bundle || null } : null;
}

/** A container that a process of conmon keeps, and whose process that is. */
export interface KeptContainer extends Conmon {
  /** null: not told. */
  readonly uid: number | null;
}

/** podman's own are some 2 KiB long. */
const longestCommand = 64 * 1024;

/** So many processes are looked at before others get a turn. */
const slice = 256;

/** Every container that is kept by a process of conmon. */
export async function keptContainers(proc: Proc): Promise<readonly KeptContainer[]> {
  const kept: KeptContainer[] = [];
  let looked = 0;
  for (const pid of pidsOf(proc)) {
    looked++;
    if (looked % slice === 0) await proc.pause?.();
    const conmon = conmonOf(proc, pid);
    if (conmon !== null) kept.push({ ...conmon, uid: userOf(proc, pid) });
  }
  return kept;
}

function pidsOf(proc: Proc): readonly number[] {
  try {
    return proc.processIds();
  } catch {
    return [];
  }
}

function conmonOf(proc: Proc, pid: number): Conmon | null {
  try {
    if (!mayBeConmon(proc, pid)) return null;
    return parseConmon(proc.readFile(`${pid}/cmdline`, longestCommand));
  } catch {
    return null;
  }
}

/** By its short name, which costs the kernel least. Who copied a /proc may have left that out. */
function mayBeConmon(proc: Proc, pid: number): boolean {
  try {
    return proc.readFile(`${pid}/comm`, 16).toString('latin1') === 'conmon\n';
  } catch (error) {
    return !proc.isLive && errnoOf(error) === 'ENOENT';
  }
}

function userOf(proc: Proc, pid: number): number | null {
  try {
    const status = proc.readFile(`${pid}/status`, 4096).toString('latin1');
    const [, uid] = /^Uid:\s+(\d+)\s/m.exec(status) ?? [];
    return uid === undefined ? null : Number(uid);
  } catch {
    return null;
  }
}
